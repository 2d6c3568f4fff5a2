"""Where a call may lead: countries as dialling permissions divide the world, and the costly numbers in each.

The United States and Canada are one destination, as on the platform (voice reference 10.1). Costly are the numbers
that a numbering plan sets apart as premium or at shared cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

from .countries import NAMES
from .line_type import line_type
from .number import region_of
from .plan import NOWHERE, graph

_CONTINENTS = """
AFRICA AC AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA
NE NG RE RW SC SD SH SL SN SO SS ST SZ TA TD TG TN TZ UG YT ZA ZM ZW
ASIA AE AF AM AZ BD BH BN BT CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS
QA SA SG SY TH TJ TL TM TR TW UZ VN YE
EUROPE AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK
MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK
NORTH_AMERICA AG AI AW BB BL BM BQ BS BZ CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC
TT US VC VG VI
OCEANIA AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PW SB TK TO TV VU WF WS
SOUTH_AMERICA AR BO BR CL CO EC FK GF GY PE PY SR UY VE
"""

COSTLY = {"premium": "premium_rate", "sharedCost": "shared_cost"}
"""Kinds of lines, and where numbering plans have them."""

MERGED = {"CA": "US"}
WIDE = 8
"""Of ten digits: when so many may follow, what stands before them is a prefix."""
DEEPEST = 6
"""Digits of a prefix after the country code."""


def _read() -> dict[str, str]:
    found, continent = {}, ""
    for word in _CONTINENTS.split():
        if len(word) > 2:
            continent = word
        else:
            found[word] = continent
    return found


CONTINENTS = _read()
"""By ISO 3166 letters; every destination is in one."""


def name_of(country: str) -> str:
    return "United States/Canada" if country == "US" else NAMES[country]


def calling_codes(country: str) -> list[str]:
    """`+1`; several where a destination has several."""
    return [f"+{phonenumbers.country_code_for_region(country)}"]


def destination_of(e164: str) -> str:
    """The country as permissions name it, "" where a number belongs to none."""
    region = region_of(e164)
    return MERGED.get(region, region)


def is_costly(e164: str) -> bool:
    return line_type(e164) in COSTLY


@lru_cache(maxsize=256)
def costly_prefixes(country: str) -> tuple[str, ...]:
    """What the costly numbers of a country begin with, sorted: `+1900`."""
    metadata = PhoneMetadata.metadata_for_region(country)
    found: set[str] = set()
    for kind in COSTLY.values():
        plan = getattr(metadata, kind, None)
        if plan and plan.national_number_pattern:
            for length in plan.possible_length:
                numbers = graph(plan.national_number_pattern, length)
                found |= set(_prefixes(numbers.follows, numbers.start, ""))
    (code,) = calling_codes(country)
    shortest = [one for one in found if not any(one != other and one.startswith(other) for other in found)]
    return tuple(sorted(code + one for one in shortest))


def _prefixes(follows: list[tuple[int, ...]], node: int, before: str) -> Iterator[str]:
    if node == NOWHERE:
        return
    after = [digit for digit, following in enumerate(follows[node]) if following != NOWHERE]
    if before and (len(after) >= WIDE or len(before) == DEEPEST or not after):
        yield before
        return
    for digit in after:
        yield from _prefixes(follows, follows[node][digit], f"{before}{digit}")
