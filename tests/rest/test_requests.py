"""How every resource is asked, whatever it is: paths, hosts, methods, strangers' sids, accounts, broken bodies, 429."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.rest.kit import DELETE, FETCH, LIST
from hoyhoy.rest.kit.form import LARGEST_BODY, MOST_PARAMETERS

from . import specimens
from .world import ACCOUNT, OTHER, OTHER_TOKEN, SHARED, SUB, SUB_TOKEN

pytestmark = SHARED
specimen = specimens.specimen

SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


async def bodies(specimen):
    return [(await specimen.ask("GET", path)).json() for path in specimen.readable]


# Paths, hosts, methods (4.1, 4.3, 4.10) ---------------------------------------------------------


async def test_paths_have_one_spelling(specimen):
    for path in specimen.readable:
        wrong = [path + "/", "/" + path, path.replace("/", "//", 3), path + "/" + "x" * 40]
        segments = path.split("/")
        for i, literal in enumerate(specimen.pattern.split("/")):
            if literal != literal.lower() and not literal.startswith("{") and i < len(segments):
                wrong.append("/".join([*segments[:i], literal.lower(), *segments[i + 1 :]]))
        for one in wrong:
            answer = await specimen.ask("GET", one)
            assert (answer.status_code, answer.json()["code"]) == (404, 20404), one


async def test_segments_may_be_percent_encoded(specimen):
    """A `+` in a path is itself, never a blank (trap 23)."""
    for path, body in zip(specimen.readable, await bodies(specimen), strict=True):
        encoded = "/".join("".join(f"%{ord(c):02x}" for c in part) for part in path.split("/"))
        for one in (encoded, path.replace("+", "%2B"), re.sub("[A-Z]", lambda m: f"%{ord(m[0]):X}", path, count=3)):
            answer = await specimen.ask("GET", one)
            assert answer.status_code == 200, one
            assert answer.json().keys() == body.keys()


async def test_regional_hosts_lead_to_the_same(specimen):
    product = specimen.kind.product
    for path, body in zip(specimen.readable, await bodies(specimen), strict=True):
        path = path if product == "api" else path.removeprefix("/" + product)
        for host in (f"{product}.dublin.ie1.twilio.com", f"{product}.twilio.com:443", f"{product.upper()}.TWILIO.COM."):
            answer = await specimen.ask("GET", path, headers={"Host": host})
            assert answer.status_code == 200, host
            if "url" in body:
                assert answer.json()["url"].partition("?")[0] == f"https://{host}{path}"
        elsewhere = await specimen.ask("GET", path, headers={"Host": "nothing.twilio.com"})
        assert elsewhere.status_code == 404


async def test_head_and_options(specimen):
    for path in specimen.readable:
        got, head = [await specimen.ask(method, path) for method in ("GET", "HEAD")]
        assert head.status_code == 200 and head.content == b""
        for name in ("Content-Type", "Content-Length", "Access-Control-Allow-Origin"):
            assert head.headers[name] == got.headers[name]
    options = await specimen.ask("OPTIONS", specimen.path, auth=None)
    assert options.status_code == 200 and "POST" in options.headers["Access-Control-Allow-Methods"]


async def test_methods_that_are_not_offered(specimen):
    for path in {specimen.path, specimen.collection}:
        for method in ("GET", "POST", "DELETE", "PATCH", "TRACE"):
            offered = methods_at(specimen, path)
            if method not in offered:
                answer = await specimen.ask(method, path)
                expected = (405, 20004) if offered else (404, 20404)
                assert (answer.status_code, answer.json()["code"]) == expected, (method, path)
    assert set(methods_at(specimen, specimen.path)) >= set(specimen.operations.values())


def methods_at(specimen, path):
    """What this class offers at a path, or another: two may share one when their methods differ."""
    router = specimen.exchange.http._transport.app._router
    product = specimen.kind.product
    found = router.find(product, path if product == "api" else path.removeprefix("/" + product))
    return list(found[0]) if found else []


async def test_the_method_in_the_query_is_a_matter_of_2008(specimen):  # 8.1
    if DELETE in specimen.operations and FETCH in specimen.operations:
        await specimen.exchange.request("POST", f"{specimen.path}{specimen.suffix}?_method=DELETE")
        assert (await specimen.ask("GET", specimen.path)).status_code == 200


# Strangers' sids (3.2, 4.8) -----------------------------------------------------------------------


def forged(value):
    """What might stand in a path in place of a sid: unknown, of another kind, too short, too long, no sid at all."""
    yield value[:2] + "f" * 32
    yield "ZZ" + value[2:]
    yield value[:-1]
    yield value + "0"
    if value[2:] != value[2:].upper():
        yield value[:2] + value[2:].upper()
    yield value.lower()
    yield from ("x" * 10_000, "%00", "%0A", "%ff", "..%2f..", "'%20or%201=1", "%F0%9F%98%80")


async def test_a_sid_of_nobody_leads_nowhere(specimen):
    before = await bodies(specimen)
    for name, value in specimen.variables.items():
        for other in forged(value):
            for method in specimen.operations.values():
                answer = await specimen.ask(method, specimen.at(**{name: other}))
                told = (name, method, other[:60], answer.text)
                if not SID.fullmatch(value):
                    assert answer.status_code < 500, told
                elif other in ("%00", "%0A"):  # of control characters nothing is even looked up
                    assert answer.status_code == 404, told
                elif name == "account_sid":
                    assert (answer.status_code, answer.json()["code"]) == (401, 20003), told
                else:
                    assert (answer.status_code, answer.json()["code"]) == (404, 20404), told
    assert await bodies(specimen) == before


async def test_other_accounts_find_nothing_of_it(specimen):
    sids = [value for value in specimen.variables.values() if value != ACCOUNT and SID.fullmatch(value)]
    before = await bodies(specimen)
    for method in {"GET", *specimen.operations.values()}:
        for auth in ((OTHER, OTHER_TOKEN), (SUB, SUB_TOKEN)):
            if ACCOUNT in specimen.path:
                answer = await specimen.ask(method, specimen.path, auth=auth)
                assert answer.status_code in (401, 404, 405), (method, auth, answer.text)
            theirs = specimen.path.replace(ACCOUNT, auth[0])
            if method == "GET" or sids:
                answer = await specimen.ask(method, theirs, auth=auth)
                if sids and method in specimen.operations.values():
                    assert (answer.status_code, answer.json()["code"]) == (404, 20404), (method, auth, answer.text)
                assert answer.status_code in (200, 404, 405)
                assert not any(sid in answer.text for sid in sids) or answer.status_code != 200
    for sub in {specimen.path.replace(ACCOUNT, SUB)} - {specimen.path}:
        if sids:
            for method in specimen.operations.values():
                assert (await specimen.ask(method, sub)).status_code == 404, "not found below a subaccount either"
    assert await bodies(specimen) == before


async def test_sids_of_other_accounts_lead_nowhere_in_any_place(specimen):
    """One of the path's sids at a time is a row of the same table, but somebody else's."""
    kind, exchange = specimen.kind, specimen.exchange
    tables = {**kind.within, "sid": getattr(kind, "lists", kind.table_name)}  # a mapped list has its own sid
    for name, value in specimen.variables.items():
        table = tables.get(name, "")
        if not table or table == "accounts" or not SID.fullmatch(value):
            continue
        row = await exchange.database.rows.fetch(table, value)
        del row["id"], row["sid"]
        theirs = exchange.write(table, value[:2] + "e" * 32, OTHER, **{**row, "account_sid": OTHER})
        for method in specimen.operations.values():
            answer = await specimen.ask(method, specimen.at(**{name: theirs}))
            assert (answer.status_code, answer.json()["code"]) == (404, 20404), (name, method)
        if LIST in kind.offers and name != "sid":
            collection = specimen.collection.replace(value, theirs)
            assert (await specimen.ask("GET", collection)).status_code == 404
        exchange.database.journal.record(
            theirs, OTHER, ResourceChanged(table=table, change="deleted"), (Row(table, theirs, None),)
        )


# Accounts (3.1) -------------------------------------------------------------------------------------


@asynccontextmanager
async def status(exchange, value, sid=ACCOUNT):
    def change(to):
        row = Row("accounts", sid, {"status": to})
        exchange.database.journal.record(sid, sid, ResourceChanged(table="accounts", change="updated"), (row,))

    change(value)
    try:
        yield
    finally:
        change("active")


async def test_suspended_and_closed_accounts(specimen):
    before = await bodies(specimen)
    for value in ("suspended", "closed"):
        async with status(specimen.exchange, value):
            for path in specimen.readable:
                answer = await specimen.ask("GET", path)
                assert answer.status_code == 200 if value == "suspended" else answer.json()["code"] == 20005
            for method, path in specimen.writable:
                answer = await specimen.ask(method, path)
                assert answer.status_code in (401, 403) and answer.json()["code"] == 20005, (value, method)
    if specimen.name != "Account":
        assert await bodies(specimen) == before


async def test_the_main_account_does_not_reach_into_a_closed_one(specimen):
    if ACCOUNT not in specimen.collection:
        return
    collection = specimen.collection.replace(ACCOUNT, SUB)
    methods = methods_at(specimen, specimen.collection)
    for value, refused in (("suspended", {"POST"}), ("closed", {"GET", "POST"})):
        async with status(specimen.exchange, value, SUB):
            for method in refused.intersection(methods):
                assert (await specimen.ask(method, collection)).json()["code"] == 20005, (value, method)


# Too many at once (4.9) -------------------------------------------------------------------------------


async def test_one_too_many_is_told_when_to_try_again_and_does_nothing(specimen):
    exchange, kind = specimen.exchange, specimen.kind
    rows = exchange.database.rows
    before = await bodies(specimen), kind.table_name and await rows.tally(kind.table_name)
    limit = exchange.services.settings.concurrency
    object.__setattr__(exchange.services.settings, "concurrency", 0)
    try:
        for method, path in [("GET", one) for one in specimen.readable] + specimen.writable:
            answer = await specimen.ask(method, path)
            assert (answer.status_code, answer.json()["code"]) == (429, 20429), (method, path)
            assert int(answer.headers["Retry-After"]) > 0
    finally:
        object.__setattr__(exchange.services.settings, "concurrency", limit)
    assert (await bodies(specimen), kind.table_name and await rows.tally(kind.table_name)) == before


# Bodies (4.2); last, because what is not refused is done -------------------------------------------------

BROKEN = {
    "not UTF-8": b"FriendlyName=\xff\xfe",
    "not UTF-8, encoded": b"FriendlyName=%ff",
    "a name that is not UTF-8": b"\xe4\xf6=1",
    "NUL": b"FriendlyName=a%00b",
    "NUL, plain": b"FriendlyName=\x00",
    "too many": b"&".join(b"a%d=b" % i for i in range(MOST_PARAMETERS + 1)),
}


async def test_broken_bodies(specimen):
    before = await bodies(specimen)
    for method, path in specimen.writable:
        for content in BROKEN.values():
            answer = await specimen.ask(method, path, content=content)
            assert (answer.status_code, answer.json()["code"]) == (400, 20001)
        answer = await specimen.ask(method, path, content=b"FriendlyName=" + b"a" * LARGEST_BODY)
        assert (answer.status_code, answer.json()["code"]) == (413, 20413)
    assert await bodies(specimen) == before


async def test_put_is_post(specimen):  # 4.1
    for method, path in specimen.writable:
        if method == "POST":
            answer = await specimen.ask("PUT", path, content=b"FriendlyName=%ff")
            assert answer.status_code == 400


async def test_a_form_is_read_whatever_its_type_and_json_is_no_form(specimen):
    for method, path in specimen.writable:
        if method != "POST" or not any(specimen.kind.asked.values()):
            continue
        answers = [
            await specimen.ask(method, path, content=content, headers={"Content-Type": content_type})
            for content, content_type in (
                (b"", "application/x-www-form-urlencoded"),
                (b'{"FriendlyName": "x", "To": "+14155550123"}', "application/json"),
                (b"[" * 100_000, "text/plain"),
            )
        ]
        assert (
            len({(answer.status_code, answer.status_code >= 400 and answer.json()["code"]) for answer in answers}) == 1
        )
        assert answers[0].status_code < 500
