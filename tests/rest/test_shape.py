"""The official client is the checklist: what it knows of a resource works, or is missing for a stated reason."""

from __future__ import annotations

import pytest

from hoyhoy.rest import resources, tables
from hoyhoy.rest.kit import CREATE, FETCH, LIST, UPDATE
from hoyhoy.rest.kit.properties import Property, Url, Words
from tests.works import marked

from . import absent, official

KINDS = {kind.__name__: kind for kind in resources()}
KNOWN = {name: official.of(kind.product, (kind.path, *kind.also), single=kind.single) for name, kind in KINDS.items()}
OURS_ALONE = {
    "SmsMessage": "the name that messages had before 2013 (messaging reference 8.2)",
}
"""Classes that the official client of today does not know."""

UNMARKED: set[str] = set()

TWINS = {
    name: [one for one in KINDS.values() if (one.product, one.path) == (kind.product, kind.path)]
    for name, kind in KINDS.items()
}
"""The classes at the path of one: what the client knows of that path, they do together."""

every_kind = pytest.mark.parametrize("name", sorted(KINDS))


def asked(kind, operation):
    """The parameters of an operation in the client's spelling."""
    names = {prop.column for _, _, prop in kind.asked[operation]}
    if operation == LIST:
        for prop in kind.properties.values():
            if prop.find:
                names.add(prop.column)
            if prop.find == "range":
                names |= {prop.column + "_before", prop.column + "_after"}
    return names


def test_the_names_are_different():
    assert len(KINDS) == len(resources())


@every_kind
def test_the_client_knows_it(name):
    assert bool(KNOWN[name].parameters) == (name not in OURS_ALONE)


@every_kind
def test_operations(name):
    kind, known = KINDS[name], KNOWN[name]
    if name in OURS_ALONE:
        return
    offered = {operation for twin in TWINS[name] for operation in twin.offers}
    assert set(known.parameters) - offered - kind.later.keys() == set(), "missing"
    assert set(kind.offers) - set(known.parameters) == set(), "invented"


@every_kind
@pytest.mark.parametrize("operation", [LIST, FETCH, CREATE, UPDATE])
def test_parameters(name, operation):
    kind = KINDS[name]
    if operation in kind.offers:
        wanted = KNOWN[name].parameters.get(operation, set())
        assert wanted - asked(kind, operation) - kind.later.keys() == set()


@every_kind
def test_properties(name):
    kind, known = KINDS[name], KNOWN[name]
    if name in OURS_ALONE:
        return
    ours = {prop.column for prop in kind.properties.values() if prop.shown}
    theirs = {prop.column for twin in TWINS[name] for prop in twin.properties.values() if prop.shown}
    assert known.shown.keys() - official.ENVELOPE - theirs - kind.later.keys() == set(), "missing"
    assert ours - known.shown.keys() == set(), "invented"


@every_kind
@pytest.mark.parametrize("operation", [LIST, FETCH, CREATE, UPDATE])
def test_every_parameter_is_shown_to_work(name, operation):
    """By a test that fails when it is ignored; what has no effect yet says so by a Notification (`idle`)."""
    kind = KINDS[name]
    if operation not in kind.offers or name in UNMARKED:
        return
    wanted = {prop.param for _, _, prop in kind.asked[operation] if not prop.idle}
    if operation == LIST:
        wanted |= {prop.param for prop in kind.properties.values() if prop.find}
    assert wanted - marked().get((name, operation), {}).keys() == set()


@every_kind
def test_every_exception_has_a_reason_and_is_needed(name):
    kind = KINDS[name]
    settable = {prop.column for operation in (CREATE, UPDATE) for _, _, prop in kind.asked[operation]}
    assert all(reason.strip() for reason in kind.later.values())
    assert not set(kind.later) & (settable | set(kind.offers))


def test_the_marks_name_what_there_is():
    for name, operation in marked():
        assert operation in KINDS[name].offers, (name, operation)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_only_kept_has_an_end(name):
    """Nothing else looks at it, so a text is refused that is longer than anybody needs."""
    for operation in (CREATE, UPDATE):
        for _, param, prop in KINDS[name].asked[operation]:
            if prop.idle and type(prop) in (Property, Url, Words):
                assert prop.longest is not None and prop.longest <= 4000, param


def test_tables():
    by_name = {table.name: table for table in tables()}
    assert {"accounts", "calls", "incoming_phone_numbers", "messages", "notifications"} <= by_name.keys()
    assert {column.name for column in by_name["accounts"].columns if column.secret} == {"auth_token", "secondary_token"}
    assert ("account_sid", "to") in by_name["messages"].indexes and ("account_sid",) in by_name["messages"].indexes
    assert ("account_sid", "call_sid") in by_name["notifications"].indexes
    for table in by_name.values():
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names) and "sid" not in names
        assert all(set(index) <= {*names, "sid"} for index in table.indexes)


@pytest.mark.parametrize("product", absent.products())
def test_what_is_not_offered_has_a_reason(product):
    assert [path for path in absent.missing(product) if not absent.reason(product, path)] == []


def test_what_is_offered_is_not_explained_away():
    """A prefix speaks for what is absent; the paths of lists and instances that it covers are not served."""
    covered = {
        (product, path)
        for product, prefix in absent.prefixes()
        if product in absent.products()
        for path in absent.known(product)
        if absent.is_below(path, prefix) and path in absent.offered(product)
    }
    assert covered == set()


def test_every_reason_is_needed():
    for product, prefix in absent.prefixes():
        needed = [path for path in absent.missing(product) if absent.is_below(path, prefix)]
        assert needed or product not in absent.products(), (product, prefix)
    assert len(set(absent.prefixes())) == len(absent.prefixes())
