"""What every resource answers, whatever it is: JSON as the official client reads it, XML, CSV, errors in each."""

from __future__ import annotations

import csv
import io
import re
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest

from hoyhoy.rest import resources
from hoyhoy.rest.kit import FETCH, LIST, RootResource
from hoyhoy.rest.kit.properties import pascal

from . import official, specimens
from .test_shape import KNOWN, OURS_ALONE
from .world import SHARED

pytestmark = SHARED
specimen = specimens.specimen


def is_rfc2822(value):
    return isinstance(value, str) and value.endswith(" +0000") and parsedate_to_datetime(value) is not None


FORMS = {
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "decimal": lambda value: isinstance(value, str),
    "rfc2822_datetime": is_rfc2822,
    "iso8601_datetime": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value),
    "iso8601_date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\d", value),
}


MISDECLARED = {"capabilities": "Dict"}
"""What the client says is text and hands on as the object that it is (voice reference 9)."""


def is_in_form(value, form):
    """Whether the official client reads a value without losing it (messaging reference 4.4)."""
    if value is None or form in ("object", "Any"):
        return True
    if form.startswith(("List", "list")):
        return isinstance(value, list)
    if form.startswith(("Dict", "dict")):
        return isinstance(value, dict)
    return FORMS.get(form, FORMS["str"])(value)


def wrong_forms(name, body):
    known = {key: MISDECLARED.get(key, form) if form == "str" else form for key, form in KNOWN[name].shown.items()}
    return {
        key: (value, known[key]) for key, value in body.items() if key in known and not is_in_form(value, known[key])
    }


async def read(specimen, path, suffix=None, query=""):
    answer = await specimen.ask("GET", path, suffix=suffix, query=query)
    assert answer.status_code == 200, answer.text
    return answer


async def test_every_property_has_the_form_that_the_official_client_reads(specimen):
    kind, bodies = specimen.kind, []
    if FETCH in kind.offers:
        bodies.append((await read(specimen, specimen.path)).json())
    if LIST in kind.offers:
        listed = (await read(specimen, specimen.collection)).json()[kind.key]
        assert listed, "the specimen is not in its list"
        bodies += listed
    for body in bodies:
        assert wrong_forms(specimen.name, body) == {}
        if specimen.name not in OURS_ALONE:
            assert body.keys() - official.ENVELOPE - KNOWN[specimen.name].shown.keys() == set(), "unknown to the client"


async def test_every_resource_has_a_specimen():
    assert sorted(kind.__name__ for kind in resources()) == specimens.NAMES


# XML (4.1, 4.4) -----------------------------------------------------------------------------


def bare(value):
    """Text as XML has it: paths without suffix."""
    return value.replace(".json", "") if value.startswith("/2010-04-01/") else value


def assert_same(element, value, tag):
    assert element.tag == tag
    if value is None or value == "" or value == [] or value == {}:
        assert len(element) == 0 and element.text is None
    elif isinstance(value, dict):
        assert [child.tag for child in element] == [pascal(key) for key in value]
        for child, (key, one) in zip(element, value.items(), strict=True):
            assert_same(child, one, pascal(key))
    elif isinstance(value, list):
        for child, one in zip(element, value, strict=True):
            assert_same(child, one, "Item")
    elif isinstance(value, bool):
        assert element.text == str(value).lower()
    else:
        assert element.text == bare(str(value))


async def test_xml_says_what_json_says(specimen):
    kind = specimen.kind
    for path in specimen.readable:
        body = (await read(specimen, path)).json()
        if not kind.style.xml:
            assert (await read(specimen, path, ".json")).json() == body, ".json is taken and stripped (4.1)"
            for suffix in (".xml", ".csv"):
                assert (await specimen.ask("GET", path, suffix=suffix)).status_code == 404
            continue
        for suffix in ("", ".xml"):
            if not suffix and path == specimen.path and kind.on_fetch is not RootResource.on_fetch:
                continue  # of a file the bytes are asked for so
            answer = await read(specimen, path, suffix)
            assert answer.headers["Content-Type"] == "application/xml"
            root = ElementTree.fromstring(answer.content)
            assert root.tag == "TwilioResponse" and len(root) == 1
            if path == specimen.collection and LIST in kind.offers:
                assert_list(root[0], kind, body, suffix)
            else:
                assert_same(root[0], body, kind.element)


def assert_list(element, kind, body, suffix):
    assert element.tag == kind.plural or pascal(kind.key)
    attributes = dict(element.attrib)
    for name in ("uri", "firstpageuri", "nextpageuri", "previouspageuri"):
        address = attributes.pop(name)
        assert ".json" not in address and ".xml" not in address.partition("?")[0]
        long = name if name == "uri" else name.replace("page", "_page_")
        assert address == bare(body[long] or "")
    assert attributes == {
        "page": str(body["page"]),
        "pagesize": str(body["page_size"]),
        "start": str(body["start"]),
        "end": str(body["end"]),
    }
    for child, item in zip(element, body[kind.key], strict=True):
        assert_same(child, item, kind.element)


# CSV (4.1) ------------------------------------------------------------------------------------


async def test_csv_has_a_row_for_each_item(specimen):
    kind = specimen.kind
    if not kind.style.xml:
        return
    for path in specimen.readable:
        body = (await read(specimen, path)).json()
        answer = await read(specimen, path, ".csv")
        assert answer.headers["Content-Type"] == "text/csv"
        header, *rows = list(csv.reader(io.StringIO(answer.text)))
        items = body[kind.key] if path == specimen.collection and LIST in kind.offers else [body]
        assert header == [pascal(key) for key in items[0]] and len(rows) == len(items)
        for row, item in zip(rows, items, strict=True):
            for cell, value in zip(row, item.values(), strict=True):
                if isinstance(value, str):
                    assert cell.removeprefix("'").replace("\r\n", "\n") == bare(value).replace("\r\n", "\n")
                elif not isinstance(value, dict | list):
                    assert cell == ("" if value is None else str(value).lower())


async def test_the_header_of_an_empty_list_is_that_of_a_full_one(specimen):
    kind = specimen.kind
    if kind.style.xml and kind.table_name and LIST in kind.offers:
        full = await read(specimen, specimen.collection, ".csv")
        empty = await read(specimen, specimen.collection, ".csv", "Page=9999")
        assert empty.text.splitlines() == full.text.splitlines()[:1]


# Errors (4.6) ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 404, 405, 400])
async def test_errors_are_written_as_the_suffix_asks(specimen, status):
    path, method, options = specimen.path, "GET", {}
    code = {401: 20003, 404: 20404, 405: 20004, 400: 20001}[status]
    if status == 401:
        options = {"auth": None}
    elif status == 404:
        path += "/Nothing/Nothing/Nothing"
    elif status == 405:
        method, path = "PATCH", specimen.readable[-1] if specimen.readable else path
    elif not specimen.writable:
        return
    else:
        method, path = specimen.writable[0]
        if method == "DELETE":
            return
        options = {"content": b"Name=\xff"}
    for suffix in (".json", "", ".xml", ".csv") if specimen.kind.style.xml else ("",):
        answer = await specimen.ask(method, path, suffix=suffix, **options)
        assert answer.status_code == status
        if suffix == ".json" or not specimen.kind.style.xml:
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.json().keys() == {"code", "message", "more_info", "status"}
            assert (answer.json()["code"], answer.json()["status"]) == (code, status)
        else:
            assert answer.headers["Content-Type"] == "application/xml"
            error = ElementTree.fromstring(answer.content)[0]
            assert error.tag == "RestException"
            assert [child.tag for child in error] == ["Code", "Message", "MoreInfo", "Status"]
            assert (error[0].text, error[3].text) == (str(code), str(status))
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
