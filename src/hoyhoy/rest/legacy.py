"""2008-08-01, the first version of the API: a thin view over today's resources (messaging reference 8.1).

A request is asked of the same classes after its parameters got today's names, and what they answer
is shown as it was then (`legacy_forms`): XML unless there is a suffix, or JSON with CamelCase names
and nothing but text, and lists that say how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from hoyhoy.wire import inventory
from hoyhoy.wire import number as numbers
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.inventory import Kind

from .api2010.calls import Call
from .kit import CREATE, FETCH, LIST, UPDATE, Answer, Context, RootResource, text
from .kit.conventions import Listing
from .kit.endpoint import Endpoint
from .kit.filters import Condition, conditions
from .kit.form import Form
from .kit.paging import Turn
from .kit.render import CSV, JSON, XML, page_to_xml, to_csv, to_json, to_xml
from .kit.resource import Act
from .kit.router import split_suffix
from .legacy_forms import CALL, CALL_FLAGS, CALL_STATUS, FORMS, NUMBER, OF, ROOT, SMS, VALIDATION, Body, Old

TODAY = "/2010-04-01"
PAGING = {"num": "PageSize", "page": "Page"}

LONGEST_SMS = 160
LONGEST_RING = 600
"""Seconds; then it was 999."""

MOST = 1_000_000
"""Rows that are read to be counted."""

FACTORIES = ("Local", "TollFree")
"""Lists of numbers at which any number of their kind could be bought."""


class OldCall(Call):
    """A call that is searched for by the numbers of statuses, each of which was several of today's."""

    table_name, element = "calls", "Call"
    offers: ClassVar[tuple[str, ...]] = (LIST, FETCH, CREATE, UPDATE)
    status: str = text()

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        wanted = [("account_sid", "=", ctx.account.sid)]
        if code := ctx.query.get("Status", [""])[-1]:
            statuses = [status for status, number in CALL_STATUS.items() if str(number) == code]
            if not statuses:
                raise Fault(20001, "Parameter 'Status' must be a whole number from 0 to 5.")
            return [*wanted, ("status", "in", statuses)]
        return [*wanted]


class Segment(OldCall):
    """What a call dialled; today calls of their own."""

    path = f"{TODAY}{OF}/Calls/{{call_sid}}/Segments"
    table_name, element = "calls", "Call"
    within = {"call_sid": "calls"}
    offers = (LIST, FETCH)

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        return [*super().where(ctx), ("parent_call_sid", "=", ctx.scope["call_sid"])]

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        return (row["account_sid"], row["parent_call_sid"]) == (ctx.account.sid, ctx.scope["call_sid"])


class Legacy:
    """The view (rest.kit.view)."""

    root = ROOT

    def routes(
        self, kinds: Iterable[type[RootResource]]
    ) -> Iterator[tuple[type[RootResource], str, Mapping[str, Act]]]:
        served: list[type[RootResource]] = [*kinds, Segment]
        for kind in served:
            shown: type[RootResource] = OldCall if kind is Call else kind
            for path, methods in Endpoint(shown).routes():
                tail = path.removeprefix(TODAY).removesuffix("/{sid}")
                form = VALIDATION if kind.element == VALIDATION.element else FORMS.get(tail)
                if form is not None and path.startswith(TODAY):
                    offered = form.methods if path.endswith("/{sid}") or form.creates else ("GET",)
                    allowed = {name: act for name, act in methods.items() if name in offered}
                    acts = {name: _as_it_was(shown, form, act) for name, act in allowed.items()}
                    if acts:
                        yield shown, ROOT + path.removeprefix(TODAY), acts

    def method(self, method: str, query: bytes) -> str:
        """Browsers' forms could not say PUT and DELETE: a POST may mean them."""
        if method == "POST" and b"_method" in query:
            meant = parse_qs(query.decode("latin-1")).get("_method", [""])[-1].upper()
            return meant if meant in ("PUT", "DELETE") else method
        return method

    def refusal(self, fault: Mapping[str, Any], suffix: str) -> tuple[bytes, str]:
        message = str(fault["message"])
        for then, today in PAGING.items():
            message = message.replace(f"'{today}'", f"'{then}'")
        told = {"Status": str(fault["status"]), "Message": message}
        if fault["status"] == 400:
            told |= {"Code": str(fault["code"]), "MoreInfo": fault["more_info"]}
        return _one("RestException", told, "" if suffix == ".csv" else suffix)


def _as_it_was(kind: type[RootResource], form: Old, act: Act) -> Act:
    async def asked(ctx: Context) -> Answer:
        old_query = ctx.query
        ctx.query = _today(old_query, {**form.given, **PAGING})
        if ctx.method != "GET":
            ctx.form = _written(ctx, form)
        answer = await act(ctx)
        suffix = split_suffix(ctx.path)[1]
        if isinstance(answer.body, Listing):
            items = [await _shown(form, item, ctx) for item in answer.body.items]
            page = await _Page.of(answer.body, kind, ctx, old_query)
            body, content_type = _many(form, items, page, suffix)
            return Answer(200, body, content_type=content_type)
        if not isinstance(answer.body, dict):
            return Answer(200, b"", content_type=XML)  # what is deleted; 204 came later
        body, content_type = _one(form.element, await _shown(form, answer.body, ctx), suffix)
        headers = {"Location": ctx.base + _address(answer.body)} if answer.status == 201 else {}
        return Answer(answer.status, body, content_type=content_type, headers=headers)

    return asked


# Parameters ------------------------------------------------------------------------------------


def _today(given: Form, names: Mapping[str, str]) -> Form:
    """With today's names, also of bounds (`StartTime>`); what had no name then, and has one now, is read as well."""
    renamed: Form = {}
    for name, values in given.items():
        if names.get(name, name):
            renamed.setdefault(names.get(name, name), []).extend(values)
    return renamed


def _written(ctx: Context, form: Old) -> Form:
    given = _today(ctx.form, form.given)
    for name in form.numbers:
        if name in given:
            given[name] = [_e164(value) for value in given[name]]
    if form is CALL and given.get("Timeout", [""])[-1].isdecimal():
        given["Timeout"] = [str(min(int(given["Timeout"][-1][:9]), LONGEST_RING))]
    if form is SMS and len(given.get("Body", [""])[-1]) > LONGEST_SMS:
        raise Fault(21605)
    if form is NUMBER and not ctx.sid:
        kind = ctx.pattern.rpartition("/")[2]
        if kind in FACTORIES and "PhoneNumber" not in given:
            given["PhoneNumber"] = [_any_number(ctx, Kind(kind), given.pop("AreaCode", [""])[-1])]
    return given


def _any_number(ctx: Context, kind: Kind, area_code: str) -> str:
    """Nobody said which number, only its kind and perhaps its area. Fault 21451 or 21452: no such area, none there."""
    try:
        prefixes = {inventory.area_prefix("US", area_code)} if area_code else None
    except ValueError:
        raise Fault(21451, f"{area_code[:20]} is not an area code.") from None
    owned = ctx.services.directory.number
    for number in inventory.offers("US", kind, 1, lambda one: owned(one) is not None, prefixes=prefixes):
        return number
    raise Fault(21452, f"No {kind} phone number is available in area code {area_code}.")


def _e164(number: str) -> str:
    """As the United States are taken for granted; what cannot be read is left for the resource to refuse."""
    try:
        return numbers.parse(number)
    except ValueError:
        return number


# Answers ---------------------------------------------------------------------------------------


def _address(body: Body) -> str:
    """Where what was created is; a number says so with today's version, wherever it was bought."""
    return ROOT + str(body["uri"]).removeprefix(ROOT).removeprefix(TODAY)


async def _shown(form: Old, body: Body, ctx: Context) -> dict[str, str]:
    if form is CALL and body["parent_call_sid"]:  # what a call dialled keeps the flags of that call
        parent = await ctx.services.rows.fetch("calls", body["parent_call_sid"])
        body = {**body, "flags": CALL_FLAGS.get((parent or {}).get("direction", ""), 0)}
    return {name: _text(show(body)) for name, show in form.shows.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


async def _total(kind: type[RootResource], ctx: Context) -> int:
    """How many there are on all pages. A class that chooses rows one by one has few enough of them to read."""
    wanted, _ = conditions(ctx.query, kind.properties.values())
    if getattr(kind.page, "__func__", None) is not getattr(RootResource.page, "__func__", None):
        return len(await kind.page(ctx, wanted, Turn(0, MOST)))
    counted = await ctx.services.rows.tally(kind.table_name, [*kind.where(ctx), *wanted])
    return int(counted[0]["count"])


class _Page(dict[str, str]):
    """The attributes of a list."""

    @classmethod
    async def of(cls, listing: Listing, kind: type[RootResource], ctx: Context, asked: Form) -> _Page:
        total = await _total(kind, ctx)
        pages = -(-total // listing.page_size)
        kept = [(name, one) for name, values in asked.items() for one in values]
        kept = [(name, one) for name, one in kept if name not in (*PAGING, "PageToken")]

        def address(today: str | None) -> str:
            """Today's address of a page with the names of then."""
            if today is None:
                return ""
            parts = urlsplit(today)
            at = {name: value for name, value in parse_qsl(parts.query) if name in ("Page", "PageSize", "PageToken")}
            turn = [(then, at.pop(now)) for then, now in PAGING.items()]
            return f"{parts.path}?{urlencode([*kept, *turn, *at.items()], quote_via=quote)}"

        last = f"{listing.here.partition('?')[0]}?PageSize={listing.page_size}&Page={max(pages - 1, 0)}"
        return cls(
            page=str(listing.page),
            numpages=str(pages),
            pagesize=str(listing.page_size),
            total=str(total),
            start=str(listing.start),
            end=str(listing.end),
            uri=address(listing.here),
            firstpageuri=address(listing.first),
            previouspageuri=address(listing.previous),
            nextpageuri=address(listing.next),
            lastpageuri=address(last),
        )


def _one(element: str, shown: Mapping[str, str], suffix: str) -> tuple[bytes, str]:
    if suffix == ".json":
        return to_json({"TwilioResponse": {element: shown}}), JSON
    if suffix == ".csv":
        return to_csv([shown]), CSV
    return to_xml(element, shown), XML


def _many(form: Old, items: list[dict[str, str]], page: _Page, suffix: str) -> tuple[bytes, str]:
    if suffix == ".json":
        return to_json({"TwilioResponse": {form.plural: [{form.element: item} for item in items]}}), JSON
    if suffix == ".csv":
        return to_csv(items, list(form.shows)), CSV
    return page_to_xml(form.plural, page, form.element, items), XML
