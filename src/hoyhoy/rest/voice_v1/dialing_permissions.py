"""Dialling permissions: the countries to which an account lets its calls go (voice reference 10.1).

All are open until somebody closes them. A subaccount has those of its main account unless its settings
say otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hoyhoy.rest.kit import CREATE, FETCH, LIST, V1, Context, Resource, boolean, computed, not_found, place, text
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.paging import Turn, cut
from hoyhoy.wire import destinations
from hoyhoy.wire.errors import Fault

COUNTRIES = "/v1/DialingPermissions/Countries"
TABLE = "dialing_permissions"
FLAGS = (
    "low_risk_numbers_enabled",
    "high_risk_special_numbers_enabled",
    "high_risk_tollfraud_numbers_enabled",
)
WORDS = {"true": True, "false": False}
LONGEST = 64_000
"""Characters of a request: more than it takes to name every country."""


class DialingPermissionsCountry(Resource):
    """What of a country may be called: its usual numbers, and its costly ones. Which numbers serve fraud is in no
    public list, so that permission stands for nothing here."""

    path, prefix, key = COUNTRIES, "CC", "content"
    product, style, table_name = "voice", V1, ""
    offers = (LIST, FETCH)
    below = {"highrisk_special_prefixes": "HighRiskSpecialPrefixes"}

    iso_code: str = text(default="", find="=", search_as=str.upper)
    name: str = computed()
    continent: str = text(default="", find="=", search_as=str.upper)
    country_codes: list[str] = computed()
    country_code: str = computed(on=(LIST,), shown=False)
    low_risk_numbers_enabled: bool = boolean(default=True, find="=")
    high_risk_special_numbers_enabled: bool = boolean(default=True, find="=")
    high_risk_tollfraud_numbers_enabled: bool = boolean(default=True, find="=")

    sid: str = computed(shown=False)
    account_sid: str = computed(shown=False)
    date_created: float = computed(shown=False)
    date_updated: float = computed(shown=False)

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        closed = await _permissions(ctx)
        code = (ctx.asked.get("country_code") or "").strip().removeprefix("+")
        found = [_country(iso, closed.get(iso, {})) for iso in sorted(destinations.CONTINENTS)]
        return cut(
            [
                one
                for one in found
                if all(one[column] == value for column, _, value in wanted)
                if not code or f"+{code}" in one["country_codes"]
            ],
            turn,
        )

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        iso = sid.upper()
        if iso not in destinations.CONTINENTS:
            return None
        return _country(iso, (await _permissions(ctx)).get(iso, {}))

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        return True

    def address(self, ctx: Context) -> str:
        return f"{place(ctx)}/{self.iso_code}"


class HighRiskSpecialPrefix(Resource):
    """What the costly numbers of a country begin with."""

    path, prefix, key = COUNTRIES + "/{iso_code}/HighRiskSpecialPrefixes", "CC", "content"
    product, style, table_name = "voice", V1, ""
    offers = (LIST,)
    has_address = False

    prefix_: str = computed()

    sid: str = computed(shown=False)
    account_sid: str = computed(shown=False)
    date_created: float = computed(shown=False)
    date_updated: float = computed(shown=False)

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        iso = ctx.scope["iso_code"].upper()
        if iso not in destinations.CONTINENTS:
            raise not_found(ctx.path)
        return cut([{"prefix": one} for one in destinations.costly_prefixes(iso)], turn)


class DialingPermissionsUpdate(Resource):
    """A change to several countries at once: a JSON list of objects with an `iso_code` and what is permitted there.

    What an object does not name stays as it is. Everything is changed, or nothing.
    """

    path, prefix, key = "/v1/DialingPermissions/BulkCountryUpdates", "CC", "content"
    product, style, table_name = "voice", V1, TABLE
    offers = (CREATE,)
    has_address = False

    update_count: int = computed()
    update_request: str = computed(on=(CREATE,), required=20001)

    sid: str = text(shown=False)
    account_sid: str = text(shown=False)
    iso_code: str = text(shown=False)
    low_risk_numbers_enabled: bool = boolean(shown=False)
    high_risk_special_numbers_enabled: bool = boolean(shown=False)
    high_risk_tollfraud_numbers_enabled: bool = boolean(shown=False)
    date_created: float = computed(shown=False)
    date_updated: float = computed(shown=False)

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        account, changes = ctx.account.sid, _changes(self.update_request)
        if ctx.services.directory.permits_from(account) != account:
            raise Fault(
                20001,
                "This subaccount has the dialling permissions of its main account: "
                "set DialingPermissionsInheritance to false first.",
            )
        async with ctx.services.turns("accounts", account):
            known = await _permissions(ctx)
            for iso, values in changes.items():
                is_new = iso not in known
                change = "created" if is_new else "updated"
                columns = {"account_sid": account, "iso_code": iso, **values} if is_new else values
                self.write(ctx, f"{account}.{iso}", change, columns, new=is_new)
        return {"update_count": len(changes), "update_request": self.update_request}


async def _permissions(ctx: Context) -> dict[str, dict[str, Any]]:
    """By country, where somebody changed them: those of the account that decides."""
    owner = ctx.services.directory.permits_from(ctx.account.sid)
    rows = await ctx.services.rows.page(TABLE, [("account_sid", "=", owner)], limit=len(destinations.CONTINENTS))
    return {row["iso_code"]: row for row in rows}


def _country(iso: str, permissions: Mapping[str, Any]) -> dict[str, Any]:
    flags = {name: True if permissions.get(name) is None else bool(permissions[name]) for name in FLAGS}
    return {
        "iso_code": iso,
        "name": destinations.name_of(iso),
        "continent": destinations.CONTINENTS[iso],
        "country_codes": destinations.calling_codes(iso),
        **flags,
    }


def _changes(raw: str) -> dict[str, dict[str, bool]]:
    """By country. Fault 20001 says what is wrong with the request."""
    try:
        asked = json.loads(raw) if len(raw) <= LONGEST else None
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise Fault(20001, 'UpdateRequest must be a JSON list of objects like {"iso_code": "GB", ...}.')
    found: dict[str, dict[str, bool]] = {}
    for one in asked:
        iso = str(one.get("iso_code", "")).upper()
        if iso not in destinations.CONTINENTS:
            raise Fault(20001, f"UpdateRequest: {iso[:10]!r} is no country that calls can go to.")
        values = {name: _flag(name, one[name]) for name in FLAGS if name in one}
        found.setdefault(iso, {}).update(values)
    return found


def _flag(name: str, raw: object) -> bool:
    value = raw if isinstance(raw, bool) else WORDS.get(str(raw).lower())
    if value is None:
        raise Fault(20001, f"UpdateRequest: {name} must be true or false.")
    return value
