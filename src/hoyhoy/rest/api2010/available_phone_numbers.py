"""Numbers that can be bought, out of the simulated network's stock (voice reference 9).

Every filter leaves out numbers, and what is not known of a number fits no filter: outside North America
nothing is known of where numbers are. PageSize only trims the list; there is no next page.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hoyhoy.rest.kit import FETCH, LIST, Context, Resource, boolean, computed, integer, not_found, place
from hoyhoy.rest.kit.addresses import part_of_number
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn, cut
from hoyhoy.wire import inventory, localities
from hoyhoy.wire import number as numbers
from hoyhoy.wire.countries import NAMES
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.inventory import Kind
from hoyhoy.wire.localities import Locality
from hoyhoy.wire.plan import Sought

COUNTRIES = "/2010-04-01/Accounts/{account_sid}/AvailablePhoneNumbers"
BELOW = COUNTRIES + "/{country_code}"
SUBRESOURCES = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower(): kind for kind in Kind}

FEWEST_SIGNS = 2
USUAL_DISTANCE, LARGEST_DISTANCE = 25, 500
"""Miles."""
POSTAL_DISTRICT = 3
"""So many characters of a postal code are the same in a whole city or district."""

Fits = Callable[[Locality], bool]

_IN = {"in_region": "region", "in_rate_center": "rate_center", "in_lata": "lata", "in_locality": "name"}
_POINT = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*")


class AvailablePhoneNumberCountry(Resource):
    """A country in which numbers can be bought."""

    path, prefix, key = COUNTRIES, "PN", "countries"
    table_name, element = "", "Country"
    offers = (LIST, FETCH)
    has_address = False
    page_size = 1000

    country_code: str = computed()
    country: str = computed()
    uri: str = computed()
    beta: bool = computed()
    subresource_uris: dict[str, str] = computed()

    sid: str = computed(shown=False)
    account_sid: str = computed(shown=False)
    date_created: float = computed(shown=False)
    date_updated: float = computed(shown=False)

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        codes = await asyncio.to_thread(inventory.countries)  # all numbering plans are read when it is first asked
        return cut([_country(ctx, code) for code in codes], turn)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        code = _capitals(sid)
        return _country(ctx, code) if inventory.kinds(code) else None


def _capitals(code: str) -> str:
    """As countries are spelled; what is not Latin is left as it is, for its capitals may be others' letters."""
    return code.upper() if code.isascii() else code


def _country(ctx: Context, code: str) -> dict[str, Any]:
    path = f"{place(ctx)}/{code}"
    below = {name: kind for name, kind in SUBRESOURCES.items() if kind in inventory.kinds(code)}
    return {
        "account_sid": ctx.account.sid,
        "country_code": code,
        "country": NAMES[code],
        "uri": path + ctx.suffix,
        "beta": code in inventory.BETA,
        "subresource_uris": {name: f"{path}/{kind}{ctx.suffix}" for name, kind in below.items()},
    }


def asked_text() -> Any:
    return computed(on=(LIST,), shown=False)


def asked_flag() -> Any:
    return boolean(on=(LIST,), shown=False)


class AvailablePhoneNumber(Resource):
    """A number that nobody owns. Its `capabilities` are spelled as documented and as always answered (`SMS`)."""

    path, prefix, key = BELOW + "/Local", "PN", "available_phone_numbers"
    also = tuple(f"{BELOW}/{kind}" for kind in Kind if kind is not Kind.LOCAL)
    table_name = ""
    offers = (LIST,)
    has_address = False

    friendly_name: str = computed()
    phone_number: str = computed()
    lata: str | None = computed()
    locality: str | None = computed()
    rate_center: str | None = computed()
    latitude: str | None = computed()
    longitude: str | None = computed()
    region: str | None = computed()
    postal_code: str | None = computed()
    iso_country: str = computed()
    address_requirements: str = computed()
    beta: bool = boolean(default=False, on=(LIST,))
    """In a search: false leaves out the numbers of countries that are new here."""
    capabilities: dict[str, bool] = computed()

    area_code: str = asked_text()
    """The beginning of a number after the country code; three digits in North America."""
    contains: str = asked_text()
    """At least two of digits, letters (which mean keys) and `*` (any digit); after a `+`, the beginning."""
    sms_enabled: bool = asked_flag()
    mms_enabled: bool = asked_flag()
    voice_enabled: bool = asked_flag()
    fax_enabled: bool = asked_flag()
    exclude_all_address_required: bool = asked_flag()
    exclude_local_address_required: bool = asked_flag()
    exclude_foreign_address_required: bool = asked_flag()
    near_number: str = asked_text()
    near_lat_long: str = asked_text()
    """Degrees north and east: `37.77,-122.42`."""
    distance: int = integer(between=(1, LARGEST_DISTANCE), default=USUAL_DISTANCE, on=(LIST,), shown=False)
    """Miles from `near_number` or `near_lat_long`."""
    in_postal_code: str = asked_text()
    """Fits a whole city or district; like the next four, a phone number stands for where it is."""
    in_region: str = asked_text()
    in_rate_center: str = asked_text()
    in_lata: str = asked_text()
    in_locality: str = asked_text()

    sid: str = computed(shown=False)
    account_sid: str = computed(shown=False)
    date_created: float = computed(shown=False)
    date_updated: float = computed(shown=False)

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        country, kind = _capitals(ctx.scope["country_code"]), Kind(ctx.pattern.rpartition("/")[2])
        if kind not in inventory.kinds(country):
            raise not_found(ctx.path)
        sought, prefixes = _sought(ctx.asked), _prefixes(country, ctx.asked)
        if not _is_asked_for(country, kind, ctx.asked):
            return []
        owned = ctx.services.directory.number
        found = inventory.offers(country, kind, turn.size, lambda e164: owned(e164) is not None, sought, prefixes)
        return cut([_number(country, kind, e164) for e164 in found], turn)


def _number(country: str, kind: Kind, e164: str) -> dict[str, Any]:
    where = localities.locality_of(e164) or Locality("")
    can = inventory.capabilities(country, kind)
    messages = {name: able for small, able in (("sms", can.sms), ("mms", can.mms)) for name in (small.upper(), small)}
    return {
        "friendly_name": numbers.national(e164),
        "phone_number": e164,
        "lata": where.lata or None,
        "locality": where.name or None,
        "rate_center": where.rate_center or None,
        "latitude": _degrees(where.latitude),
        "longitude": _degrees(where.longitude),
        "region": where.region or None,
        "postal_code": where.postal_code or None,
        "iso_country": country,
        "address_requirements": inventory.address_requirement(country, kind),
        "beta": country in inventory.BETA,
        "capabilities": {"voice": can.voice, **messages, "fax": can.fax},
    }


def _degrees(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"


# Filters ------------------------------------------------------------------------------------


def _is_asked_for(country: str, kind: Kind, asked: Mapping[str, Any]) -> bool:
    """Whether the filters that all numbers of a country and kind fit or do not fit let them through."""
    can = inventory.capabilities(country, kind)
    able = {"voice": can.voice, "sms": can.sms, "mms": can.mms, "fax": can.fax}
    if any(asked.get(f"{name}_enabled", value) != value for name, value in able.items()):
        return False
    needed = inventory.address_requirement(country, kind)
    if needed != "none" and asked.get("exclude_all_address_required"):
        return False
    if asked.get(f"exclude_{needed}_address_required"):
        return False
    return not (country in inventory.BETA and asked.get("beta") is False)


def _sought(asked: Mapping[str, Any]) -> Sought | None:
    if "contains" not in asked:
        return None
    pattern = part_of_number(asked["contains"])
    if len(pattern.removeprefix("+")) < FEWEST_SIGNS:
        raise Fault(20001, f"Parameter 'Contains' must have at least {FEWEST_SIGNS} digits, letters or *.")
    try:
        return Sought.read(pattern)
    except ValueError as why:
        raise Fault(20001, f"Parameter 'Contains' cannot be searched for: {why}.") from None


def _prefixes(country: str, asked: Mapping[str, Any]) -> frozenset[str] | None:
    """What numbers may begin with to be in the area and at the place that is asked for; None = anything."""
    areas = _areas(country, asked)
    if "area_code" not in asked:
        return areas
    try:
        area = inventory.area_prefix(country, asked["area_code"].strip())
    except ValueError:
        raise Fault(21451, f"{asked['area_code'][:20]} is not an area code.") from None
    return frozenset((area,)) & (areas if areas is not None else frozenset((area,)))


def _areas(country: str, asked: Mapping[str, Any]) -> frozenset[str] | None:
    """The area codes of the places that are asked for; nobody knows the places of other continents."""
    wanted = [_in(attribute, asked[name]) for name, attribute in _IN.items() if name in asked]
    if "in_postal_code" in asked:
        wanted.append(_in("postal_code", asked["in_postal_code"], POSTAL_DISTRICT))
    miles = asked.get("distance", USUAL_DISTANCE)
    if "near_lat_long" in asked:
        wanted.append(_within(miles, *_point(asked["near_lat_long"])))
    if "near_number" in asked:
        wanted.append(_near(miles, asked["near_number"]))
    if not wanted:
        return None
    if not inventory.is_north_american(country):
        return frozenset()
    return localities.area_codes(lambda locality: all(fits(locality) for fits in wanted))


def _in(attribute: str, value: str, characters: int | None = None) -> Fits:
    """Whether a locality has this, or has it in common with a phone number."""
    value = value.strip()
    if (known := _place_of(value)) is not None:
        value = getattr(known, attribute)
    value = value.replace(" ", "")[:characters].casefold()
    return lambda one: value != "" and getattr(one, attribute).replace(" ", "")[:characters].casefold() == value


def _near(miles: int, raw: str) -> Fits:
    """Within the distance from where a number is; its own area when nobody knows where that is."""
    known = _place_of(raw)
    if known is None:
        return lambda one: False
    if known.latitude is None or known.longitude is None:
        return lambda one: one is known
    return _within(miles, known.latitude, known.longitude)


def _within(miles: int, latitude: float, longitude: float) -> Fits:
    def fits(locality: Locality) -> bool:
        apart = locality.miles_to(latitude, longitude)
        return apart is not None and apart <= miles

    return fits


def _place_of(raw: str) -> Locality | None:
    try:
        return localities.locality_of(numbers.parse(raw))
    except ValueError:
        return None


def _point(raw: str) -> tuple[float, float]:
    match = _POINT.fullmatch(raw)
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        raise Fault(20001, "Parameter 'NearLatLong' must be degrees north and east, like 37.77,-122.42.")
    return float(match[1]), float(match[2])
