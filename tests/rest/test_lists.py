"""Every list, whatever is on it: the envelope, pages, forged tokens, the official client's own pager (4.5).

Voice reference 19, item 26: the next page's address is relative on the classic API, absolute on the newer ones.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from functools import lru_cache
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hoyhoy.exchange.chance import new_sid
from hoyhoy.rest.kit import LIST
from hoyhoy.wire.sid import is_sid

from . import official, specimens
from .world import ACCOUNT, SHARED

pytestmark = SHARED
specimen = specimens.specimen

ENVELOPE = {
    "end",
    "first_page_uri",
    "next_page_uri",
    "last_page_uri",
    "page",
    "page_size",
    "previous_page_uri",
    "total",
    "num_pages",
    "start",
    "uri",
}
"""What the official client takes for the envelope: everything else must be the one list."""


@pytest.fixture
def listed(specimen):
    """The specimen when there is a list of its kind, else None."""
    return specimen if LIST in specimen.kind.offers else None


async def page(specimen, query=""):
    if query.startswith("/"):
        return await specimen.exchange.request("GET", query)
    return await specimen.ask("GET", specimen.collection, query=query.removeprefix("?"))


def following(body):
    """The path of the next page, or None."""
    address = body["meta"]["next_page_url"] if "meta" in body else body["next_page_uri"]
    if address is None:
        return None
    parts = urlsplit(address)
    assert bool(parts.netloc) == ("meta" in body)
    return f"{parts.path}?{parts.query}"


async def test_the_envelope_has_one_list(listed):
    if listed is None:
        return
    answer = await page(listed)
    body, key = answer.json(), listed.kind.key
    assert answer.status_code == 200
    if listed.kind.style.xml:
        assert body.keys() - ENVELOPE == {key} and isinstance(body[key], list)
        assert body.keys() == {key, *ENVELOPE} - {"last_page_uri", "total", "num_pages"}
        for name in ("uri", "first_page_uri"):
            assert body[name].startswith(listed.collection + ".json?")
    else:
        assert body.keys() == {key, "meta"} and body["meta"]["key"] == key
        names = {"key", "page", "page_size", "url", "first_page_url", "next_page_url", "previous_page_url"}
        assert body["meta"].keys() == names
        assert body["meta"]["url"].startswith("http://localhost:8980" + listed.collection)


QUERIES = [
    ("?PageSize=0", 20007),
    ("?PageSize=1001", 20007),
    ("?PageSize=x", 20007),
    ("?PageSize=-5", 20007),
    ("?Page=-1", 20001),
    ("?Page=x", 20001),
    ("?PageToken=x", 20001),
    ("?PageToken=PASM" + "g" * 32, 20001),
    ("?PageToken=" + "x" * 10_000, 20001),
    ("?PageToken=%ff", 20001),
    ("?PageToken=%00", 20001),
    ("?PageSize=1&PageSize=1000&Page=5&Page=0", None),
    ("?Page=3", None),
    ("?Page=2147483648&PageSize=1000", None),
    ("?PageToken=", None),
    ("?PageToken=PASM" + "0" * 32, None),
    ("?PageToken=PASM" + "f" * 32, None),
    ("?PageToken=PBSM" + "f" * 32, None),
    ("?PageToken=PBSM" + "0" * 16 + "f" * 16, None),
    ("?PageToken=PASM" + "8" + "0" * 15 + "8" + "0" * 15 + "&Page=7&PageSize=3", None),
    ("?" + "&".join(f"Unknown{i}=x" for i in range(500)), None),
    ("?=&&&a&%3D=1", None),
]
"""And the code of the fault, None for a page."""


async def test_pages_that_nobody_was_sent_to(listed):
    for query, code in QUERIES if listed else ():
        answer = await page(listed, query)
        if code is None:
            assert answer.status_code == 200, (query, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (400, code), query


STRANGE = ("%27%22--*", "9" * 40, "x" * 5000, "%F0%9F%98%80")


async def test_filters_that_are_repeated_or_strange(listed):
    """The last one counts; what is no value of a filter is refused, never a failure."""
    if listed is None:
        return
    kind = listed.kind
    searched = [prop.param for prop in kind.properties.values() if prop.find]
    for param in dict.fromkeys([*searched, *(param for _, param, _ in kind.asked[LIST])]):
        for query in (f"?{param}%3E=%27", *(f"?{param}=1&{param}={value}" for value in STRANGE)):
            answer = await page(listed, query + "&PageSize=1")
            assert answer.status_code < 500, (query[:80], answer.text)


# To the end --------------------------------------------------------------------------------------------

MORE = 5
SEARCHES = {"available_phone_numbers"}
"""Keys of lists that end with their first page: they find as many as are asked for."""


def size_for(whole):
    """Of pages that are several, but not many."""
    return max(2, len(whole) // 4)


async def more_rows(specimen, count):
    """Rows like the specimen's, under sids of their own; none when its rows are computed."""
    kind, exchange = specimen.kind, specimen.exchange
    sid = specimen.path.rpartition("/")[2]
    if not kind.table_name or kind.table_name == "accounts" or not is_sid(sid):
        return []
    row = await exchange.database.rows.fetch(kind.table_name, sid)
    if row is None:  # found under another sid than its own
        return []
    account = row.get("account_sid") or ""
    del row["id"], row["sid"]
    made = [new_sid(exchange.services.chance, kind.prefix[:2]) for _ in range(count)]
    for one in made:
        exchange.write(kind.table_name, one, account, **row)
    return made


async def test_pages_are_read_to_the_end_whatever_comes_meanwhile(listed):
    if listed is None or listed.kind.key in SEARCHES:
        return
    await more_rows(listed, MORE)
    key = listed.kind.key
    whole = (await page(listed, "?PageSize=1000")).json()[key]
    size = size_for(whole)
    seen, pages, body = [], 0, (await page(listed, f"?PageSize={size}")).json()
    backwards = []
    while True:
        pages += 1
        assert len(body[key]) <= size
        seen += body[key]
        backwards.append(body[key])
        await more_rows(listed, 1)
        if (address := following(body)) is None:
            break
        assert "PageToken=" in address and f"PageSize={size}" in address and f"Page={pages}" in address
        body = (await page(listed, address)).json()
    assert seen == whole, "what came meanwhile shifts nothing"
    assert pages == max(1, -(-len(whole) // size))
    if "previous_page_uri" in body:
        for expected in reversed(backwards[:-1]):
            body = (await page(listed, body["previous_page_uri"])).json()
            assert body[key] == expected
        assert body["previous_page_uri"] is None


@lru_cache
def clients_lists(product):
    """The official client's list classes by path."""
    found = {}
    package = importlib.import_module(f"twilio.rest.{product}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        version = module.name.split(".")[3]
        prefix = "/2010-04-01" if version == "v2010" else "/" + version
        loaded = importlib.import_module(module.name)
        source = Path(loaded.__file__).read_text(encoding="utf-8")
        for match in official._CLASS.finditer(source):
            uri = official._URI.search(source, match.end())
            after = official._CLASS.search(source, match.end())
            is_list = match[2] == "List" and hasattr(getattr(loaded, match[1] + "List"), "stream")
            if is_list and uri and not (after and uri.start() > after.start()):
                found[official.normalised(prefix + uri[1])] = (version, getattr(loaded, match[1] + "List"))
    return found


async def test_the_official_client_reads_it_to_the_end(listed):
    """Its pager follows our addresses and finds every item once, whatever is created while it reads."""
    if listed is None or listed.kind.key in SEARCHES:
        return
    product = "" if listed.kind.product == "api" else "/" + listed.kind.product
    pattern = listed.pattern.removesuffix("/{sid}").removeprefix(product)
    known = clients_lists(listed.kind.product)
    if official.normalised(pattern) not in known:
        assert listed.name == "SmsMessage", "the client of today does not know it"
        return
    version, cls = known[official.normalised(pattern)]
    asked = {"account_sid": ACCOUNT} if listed.name in specimens.ASKED else {}
    values = [value for name, value in listed.variables.items() if name != "sid"]
    await more_rows(listed, MORE)
    whole = (await page(listed, "?PageSize=1000")).json()[listed.kind.key]
    loop, size = asyncio.get_running_loop(), size_for(whole)

    def read(client):
        items = cls(getattr(getattr(client, listed.kind.product), version), *values).stream(**asked, page_size=size)
        first = list(islice(items, size + 1))
        asyncio.run_coroutine_threadsafe(more_rows(listed, 1), loop).result(30)
        return first + list(items)

    seen = await listed.exchange.sdk(read)
    assert len(seen) == len(whole)
    for item, body in zip(seen, whole, strict=True):
        if body.get("sid"):
            assert item.sid == body["sid"]
