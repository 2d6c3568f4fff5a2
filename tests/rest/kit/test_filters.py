import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.rest.kit.filters import conditions, narrowest, read_moment
from hoyhoy.rest.kit.form import parse
from hoyhoy.rest.kit.properties import boolean, choice, integer, moment, text
from hoyhoy.wire.errors import Fault

JAN_1 = 1_767_225_600.0


def declared(**properties):
    for name, prop in properties.items():
        prop.named(name)
    return list(properties.values())


PROPERTIES = declared(
    to=text(find="=", search_as=str.upper),
    start_time=moment(find="range"),
    end_time=moment(find="range"),
    log=integer(find="="),
    phone_number=text(find="like"),
    beta=boolean(find="="),
    kind=choice("daily", find="="),
    body=text(),
)


def found(query):
    return conditions(parse(query.encode()), PROPERTIES)[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [  # messaging 4.7, voice 4.2
        ("", []),
        ("To=a", [("to", "=", "A")]),
        ("To=", []),
        ("Body=x&Other=y&to=z", []),
        ("Log=0", [("log", "=", 0)]),
        ("Beta=true", [("beta", "=", True)]),
        ("StartTime=2026-01-01", [("start_time", ">=", JAN_1), ("start_time", "<", JAN_1 + 86400)]),
        # Official clients write a day as its midnight.
        ("StartTime=2026-01-01T00:00:00Z", [("start_time", ">=", JAN_1), ("start_time", "<", JAN_1 + 86400)]),
        ("StartTime=2026-01-01T00:01:00Z", [("start_time", ">=", JAN_1 + 60), ("start_time", "<", JAN_1 + 61)]),
        ("StartTime%3E=2026-01-01", [("start_time", ">=", JAN_1)]),
        ("StartTime%3E=2026-01-01T00:00:05Z", [("start_time", ">=", JAN_1 + 5)]),
        ("StartTime<=2026-01-01", [("start_time", "<=", JAN_1)]),
        ("StartTime>2026-01-01", [("start_time", ">=", JAN_1)]),
        ("StartTime%3E%3D2026-01-01", [("start_time", ">=", JAN_1)]),
        (
            "StartTime>=2026-01-01&StartTime<=2026-01-02",
            [("start_time", ">=", JAN_1), ("start_time", "<=", JAN_1 + 86400)],
        ),
        ("StartTime>=2026-01-01T01:00:00%2B01:00", [("start_time", ">=", JAN_1)]),
        ("StartTime>=2026-01-01T01:00:00+01:00", [("start_time", ">=", JAN_1)]),
        ("To>=x", []),
        ("PhoneNumber=415*55", [("phone_number", "like", "%415_55%")]),
        ("PhoneNumber=%25_\\", [("phone_number", "like", "%\\%\\_\\\\%")]),
        ("PhoneNumber=" + 64 * "5", [("phone_number", "like", "%" + 64 * "5" + "%")]),
        ("PhoneNumber=" + 65 * "5", [("phone_number", "in", [])]),
        ("PhoneNumber=" + 33 * "_", [("phone_number", "in", [])]),
        ("Kind=Daily", [("kind", "=", "daily")]),
    ],
)
def test_conditions(query, expected):
    assert found(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "StartTime=yesterday",
        "StartTime>=2026-13-01",
        "Log=x",
        "Beta=x",
        "Kind=x",
        "StartTime=0000-00-00",
        "StartTime=9999-12-31T23:59:59-23:59",
    ],
)
def test_refused(query):
    try:
        found(query)
    except Fault as fault:
        assert fault.code == 20001
    else:
        assert query.startswith("StartTime=9999")


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("", ""),
        ("To=a&Log=3&PhoneNumber=5", ""),
        ("To=a&StartTime>=2026-01-01", "start_time"),
        ("EndTime=2026-01-01", "end_time"),
        ("StartTime=2026-01-01&EndTime<=2026-01-01", "start_time"),  # a day is less than all days before
        ("StartTime<=2026-01-02&EndTime=2026-01-01T00:00:00Z", "end_time"),
        ("StartTime>=2026-01-01&EndTime<=2026-01-02", "end_time"),  # from its end the walk meets what fits soon
        ("StartTime<=2026-01-02&EndTime>=2026-01-01", "start_time"),
        ("StartTime>=2026-01-01&EndTime>=2026-01-02", "end_time"),
        ("StartTime<=2026-01-01&EndTime<=2026-01-02", "start_time"),
        ("StartTime>=2026-01-01&StartTime<=2026-02-01&EndTime=2026-01-31", "end_time"),
        ("StartTime>=2026-01-01&EndTime>=2026-01-01", "start_time"),
        ("StartTime>=9000-01-01&EndTime>=2026-01-01", "start_time"),
    ],
)
def test_the_narrowest_range_orders_the_list(query, column):
    assert narrowest(found(query)) == column


def test_what_was_asked_is_repeated():
    query = parse(b"To=a&StartTime%3E=2026-01-01&Nonsense=1")
    assert conditions(query, PROPERTIES)[1] == [("To", "a"), ("StartTime>", "2026-01-01")]


@given(st.text(max_size=30))
def test_every_text_is_a_moment_or_a_fault(raw):
    try:
        read_moment("X", raw)
    except Fault as fault:
        assert fault.code == 20001
