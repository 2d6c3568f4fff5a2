"""What every resource answers, whatever it is: the form of each property, JSON, XML, paths that lead nowhere."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import pytest

from hoyhoy.rest import resources
from hoyhoy.rest.kit import DELETE, FETCH, LIST, UPDATE

from . import official
from .specimens import specimens
from .test_shape import KNOWN, OURS_ALONE

SPECIMENS = specimens()
NAMES = sorted(SPECIMENS)

every_kind = pytest.mark.parametrize("name", NAMES)


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
    known = KNOWN[name].shown | MISDECLARED
    return {
        key: (value, known[key]) for key, value in body.items() if key in known and not is_in_form(value, known[key])
    }


def collection_of(kind, path):
    """The path of the list in which the instance at `path` is found."""
    return path.rpartition("/")[0] if FETCH in kind.offers and not kind.single else path


def suffix(kind):
    return ".json" if kind.style.xml else ""


@every_kind
async def test_every_property_has_the_form_that_the_official_client_reads(exchange, name):
    kind, make = SPECIMENS[name]
    path = await make(exchange)
    bodies = []
    if FETCH in kind.offers:
        answer = await exchange.request("GET", path + suffix(kind))
        assert answer.status_code == 200, answer.text
        bodies.append(answer.json())
    if LIST in kind.offers:
        answer = await exchange.request("GET", collection_of(kind, path) + suffix(kind))
        assert answer.status_code == 200, answer.text
        assert answer.json()[kind.key], "the specimen is not in its list"
        bodies += answer.json()[kind.key]
    for body in bodies:
        assert wrong_forms(name, body) == {}
        if name not in OURS_ALONE:
            assert body.keys() - official.ENVELOPE - KNOWN[name].shown.keys() == set(), "unknown to the client"


@every_kind
async def test_a_sid_of_nobody_leads_nowhere(exchange, name):
    kind, make = SPECIMENS[name]
    path = await make(exchange)
    if FETCH not in kind.offers or kind.single:
        return
    strange = re.sub(r"[0-9a-f]{32}$", "f" * 32, path)
    for method, operation in (("GET", FETCH), ("POST", UPDATE), ("DELETE", DELETE)):
        answer = await exchange.request(method, strange + suffix(kind))
        assert answer.status_code == (404 if operation in kind.offers else 405), (method, answer.text)
        assert answer.json()["code"] == (20404 if operation in kind.offers else 20004)


def test_every_resource_has_a_specimen():
    assert sorted(kind.__name__ for kind in resources()) == NAMES
