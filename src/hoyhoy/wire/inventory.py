"""The numbers that the simulated network has in stock, of every country and kind (voice reference 9).

The stock is made of the numbering plans that `phonenumbers` knows: every valid number that nobody owns is for
sale. What no plan tells (what a kind of number can do, where an address is asked for, what counts as new) is
this network's own choice, near to what is usual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType

from . import line_type
from . import number as numbers
from .countries import NAMES
from .plan import Graph, Search, Sought, graph


class Kind(StrEnum):
    """As the path below a country spells it."""

    LOCAL = "Local"
    TOLL_FREE = "TollFree"
    MOBILE = "Mobile"
    NATIONAL = "National"
    VOIP = "Voip"
    SHARED_COST = "SharedCost"
    MACHINE_TO_MACHINE = "MachineToMachine"


@dataclass(frozen=True, slots=True)
class Capabilities:
    voice: bool = True
    sms: bool = False
    mms: bool = False
    fax: bool = False


_PLANS = {
    Kind.LOCAL: "fixed_line",
    Kind.TOLL_FREE: "toll_free",
    Kind.MOBILE: "mobile",
    Kind.NATIONAL: "uan",
    Kind.VOIP: "voip",
    Kind.SHARED_COST: "shared_cost",
    Kind.MACHINE_TO_MACHINE: "mobile",
}
"""The name of each kind in the metadata. Machines have mobile numbers: hardly a plan sets any apart for them."""

_KINDS = {
    PhoneNumberType.FIXED_LINE: Kind.LOCAL,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Kind.LOCAL,
    PhoneNumberType.MOBILE: Kind.MOBILE,
    PhoneNumberType.TOLL_FREE: Kind.TOLL_FREE,
    PhoneNumberType.SHARED_COST: Kind.SHARED_COST,
    PhoneNumberType.VOIP: Kind.VOIP,
    PhoneNumberType.UAN: Kind.NATIONAL,
}

_LISTS = {kind.lower(): kind for kind in (Kind.LOCAL, Kind.MOBILE, Kind.TOLL_FREE)}

BETA = frozenset(("AR", "CL", "CO", "EG", "ID", "IN", "KE", "NG", "PE", "PH", "TH", "TR", "TW", "VN"))
"""Countries whose numbers are new here."""

_ADDRESSES = {
    "any": frozenset(("AU", "HK", "JP", "SG", "ZA")),
    "local": frozenset(("AT", "CH", "DE", "DK", "ES", "FR", "IT", "NO")),
    "foreign": frozenset(("BR", "MX", "PL")),
}
"""Where whoever buys a local number must have an address: anywhere, in its area, or abroad."""

WELCOME_VOICE = "https://demo.twilio.com/welcome/voice/"
WELCOME_SMS = "https://demo.twilio.com/welcome/sms/reply/"
"""Where a number leads that nobody has told where to lead."""

NORTH_AMERICAN = "1"
USUAL_LENGTH = 9
"""Where a plan knows several lengths, the shortest that has at least so many digits is in stock."""

PATIENCE = 256
"""After so many numbers in a row that are owned already, the steps grow with the way gone in vain. Whoever buys the
first on offer every time owns the beginning of the stock, which every search would else walk through."""


# Countries and kinds ------------------------------------------------------------------------


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """The ISO letters, in their order, of every country that has numbers. The first answer takes 0.3 seconds."""
    return tuple(country for country in sorted(NAMES) if kinds(country))


@lru_cache(maxsize=512)
def kinds(country: str) -> tuple[Kind, ...]:
    """The kinds of numbers that a country has; none when there is no such country."""
    return tuple(kind for kind in Kind if _is_sold(country, kind)) if country in NAMES else ()


@lru_cache(maxsize=4096)
def kind_of(e164: str) -> Kind | None:
    """None for what is not valid, and for kinds that nobody sells: premium, personal, pagers."""
    try:
        return _KINDS.get(phonenumbers.number_type(phonenumbers.parse(e164)))
    except NumberParseException:
        return None


def is_valid(e164: str) -> bool:
    """Whether a numbering plan has it; tutorials use many that none has (messaging reference 7)."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except NumberParseException:
        return False


def capabilities(country: str, kind: Kind | None) -> Capabilities:
    """North American numbers do everything; elsewhere only mobile ones take messages, and none takes media."""
    if is_north_american(country):
        return Capabilities(sms=True, mms=True)
    return Capabilities(sms=kind in (Kind.MOBILE, Kind.MACHINE_TO_MACHINE))


@lru_cache(maxsize=4096)
def capabilities_of(e164: str) -> Capabilities:
    """What a number that somebody owns can do; a number of no plan, as in tutorials, does everything."""
    kind = kind_of(e164)
    return Capabilities(sms=True, mms=True) if kind is None else capabilities(numbers.region_of(e164), kind)


def sold_as(e164: str) -> Kind:
    """The list in which a number that somebody owns is found: what is neither mobile nor toll-free is local."""
    return _LISTS[line_type.sold_as(e164)]


def type_of(e164: str) -> str:
    """local, mobile, tollfree, national, voip or sharedcost."""
    return (kind_of(e164) or Kind.LOCAL).lower()


def is_beta(e164: str) -> bool:
    return numbers.region_of(e164) in BETA


def address_requirement_of(e164: str) -> str:
    """none, any, local or foreign."""
    kind = kind_of(e164)
    return address_requirement(numbers.region_of(e164), kind) if kind else "none"


def address_requirement(country: str, kind: Kind) -> str:
    """none, any, local or foreign."""
    if kind is not Kind.LOCAL:
        return "none"
    return next((wanted for wanted, where in _ADDRESSES.items() if country in where), "none")


def is_north_american(country: str) -> bool:
    return _code(country) == NORTH_AMERICAN


def north_american() -> tuple[str, ...]:
    """The countries that share the area codes of +1, the largest first."""
    return phonenumbers.region_codes_for_country_code(int(NORTH_AMERICAN))


def area_prefix(country: str, area_code: str) -> str:
    """What numbers of an area begin with after the country code. ValueError for what is no area code.

    Elsewhere than in North America people write the trunk prefix before it: 020 is London's 20.
    """
    if not re.fullmatch("[0-9]{1,7}", area_code):
        raise ValueError(f"{area_code!r} is not an area code")
    if is_north_american(country):
        if not re.fullmatch("[2-9][0-9]{2}", area_code):
            raise ValueError(f"{area_code} is not an area code of North America")
        return area_code
    metadata = PhoneMetadata.metadata_for_region(country)
    return area_code.removeprefix((metadata and metadata.national_prefix) or "")


def _code(country: str) -> str:
    return str(phonenumbers.country_code_for_region(country))


def _once_sold(kind: Kind) -> Kind:
    """The kind that its numbers have when somebody owns them."""
    return Kind.MOBILE if kind is Kind.MACHINE_TO_MACHINE else kind


def _is_sold(country: str, kind: Kind) -> bool:
    """Whether the plan sets this kind apart: in North America nobody tells mobile numbers from local ones."""
    description = getattr(PhoneMetadata.metadata_for_region(country), _PLANS[kind])
    if description is None or not description.national_number_pattern or not description.example_number:
        return False
    example = f"+{_code(country)}{description.example_number}"
    try:
        return numbers.parse(example) == example and kind_of(example) is _once_sold(kind)
    except ValueError:  # some national numbers are too short to be called from abroad
        return False


@lru_cache(maxsize=256)
def _stock(country: str, kind: Kind) -> Graph:
    """Every number of one length: nine digits or a little more where the plan leaves a choice."""
    metadata = PhoneMetadata.metadata_for_region(country)
    description = getattr(metadata, _PLANS[kind])
    usual = max(len(description.example_number), USUAL_LENGTH)
    lengths = [length for length in sorted(description.possible_length) if length >= usual]
    longest = 15 - len(_code(country))
    for length in (*lengths, len(description.example_number)):
        if length <= longest:
            found = graph(description.national_number_pattern, length)
            if found.ways[found.start]:
                return found
    return graph(description.national_number_pattern, len(description.example_number))


# Searching ----------------------------------------------------------------------------------


def offers(
    country: str,
    kind: Kind,
    most: int,
    is_owned: Callable[[str], bool],
    sought: Sought | None = None,
    prefixes: Collection[str] | None = None,
) -> list[str]:
    """At most so many E.164 numbers that nobody owns, neighbours far apart, always in the same order.

    `prefixes` are what they may begin with after the country code, None = anything. KeyError for a country that
    is not there or does not have this kind. The work is bounded, whoever owns how much.
    """
    if kind not in kinds(country):
        raise KeyError(f"{country} {kind}")
    code = _code(country)
    search = Search(_stock(country, kind), code, sought or Sought(), prefixes)
    offered: list[str] = []
    turn = hit = 0
    while len(offered) < most and turn < search.size:
        e164 = f"+{code}{search.shuffled(turn)}"
        if not is_owned(e164) and kind_of(e164) is _once_sold(kind):
            offered.append(e164)
            hit = turn
        turn += 1 + (turn - hit) // PATIENCE
    return offered
