"""The official client is the checklist: what it knows of a resource is declared, or missing for a stated reason."""

import inspect
import re

import pytest
from twilio.rest.api.v2010 import account
from twilio.rest.api.v2010.account import call, incoming_phone_number, message, notification

from hoyhoy.rest import resources, tables
from hoyhoy.rest.kit import CREATE, DELETE, FETCH, LIST, UPDATE

ENVELOPE = {"uri", "url", "links", "subresource_uris"}
OFFICIAL = {
    "Account": account,
    "Call": call,
    "IncomingPhoneNumber": incoming_phone_number,
    "Message": message,
    "Notification": notification,
}
KINDS = {kind.__name__: kind for kind in resources()}


def official(name, part):
    return getattr(OFFICIAL[name], name + part, None)


def parameters(function):
    return {name.rstrip("_") for name in inspect.signature(function).parameters} - {"self"} if function else set()


def shown(name):
    return set(re.findall(r'payload\.get\(\s*"(\w+)"', inspect.getsource(official(name, "Instance").__init__)))


def test_every_resource_is_compared():
    assert set(KINDS) == set(OFFICIAL)


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_properties(name):
    ours = {prop.column for prop in KINDS[name].properties.values() if prop.shown}
    assert shown(name) - ENVELOPE - ours - KINDS[name].later.keys() == set(), "missing"
    assert ours - shown(name) == set(), "invented"


def settable(kind, operation):
    return {prop.column for prop in kind.properties.values() if operation in prop.on}


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_create_parameters(name):
    kind, known = KINDS[name], parameters(getattr(official(name, "List"), "create", None))
    if CREATE in kind.offers:
        assert known - settable(kind, CREATE) - kind.later.keys() == set()
    else:
        assert not known or "create" in kind.later


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_update_parameters(name):
    kind, known = KINDS[name], parameters(getattr(official(name, "Context"), "update", None))
    assert known - settable(kind, UPDATE) - kind.later.keys() == set()


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_filters(name):
    known = parameters(official(name, "List").list) - {"limit", "page_size"}
    ours = {prop.column for prop in KINDS[name].properties.values() if prop.find}
    ours |= {
        prop.column + end
        for prop in KINDS[name].properties.values()
        if prop.find == "range"
        for end in ("_before", "_after")
    }
    assert known - ours - KINDS[name].later.keys() == set()


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_operations(name):
    kind, listing, context = KINDS[name], official(name, "List"), official(name, "Context")
    known = {
        operation
        for operation, owner in (
            (LIST, listing),
            (CREATE, listing),
            (FETCH, context),
            (UPDATE, context),
            (DELETE, context),
        )
        if hasattr(owner, operation)
    }
    assert known - set(kind.offers) - kind.later.keys() == set()
    assert set(kind.offers) <= known


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_every_exception_has_a_reason_and_is_needed(name):
    kind = KINDS[name]
    assert all(reason.strip() for reason in kind.later.values())
    assert not set(kind.later) & (settable(kind, CREATE) | settable(kind, UPDATE) | set(kind.offers))


def test_tables():
    by_name = {table.name: table for table in tables()}
    assert set(by_name) == {"accounts", "calls", "incoming_phone_numbers", "messages", "notifications"}
    assert {column.name for column in by_name["accounts"].columns if column.secret} == {"auth_token"}
    assert ("account_sid", "to") in by_name["messages"].indexes and ("account_sid",) in by_name["messages"].indexes
    assert ("account_sid", "call_sid") in by_name["notifications"].indexes
    for table in by_name.values():
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names) and "sid" not in names
        assert all(set(index) <= {*names, "sid"} for index in table.indexes)
