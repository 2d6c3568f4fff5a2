import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.rest.kit.form import parse
from hoyhoy.rest.kit.paging import links, turn
from hoyhoy.wire.errors import Fault


def asked(address):
    return parse(address.partition("?")[2].encode())


@pytest.mark.parametrize(
    ("query", "code"),
    [  # messaging 4.5
        ("PageSize=1001", 20007),
        ("PageSize=0", 20007),
        ("PageSize=-1", 20007),
        ("PageSize=x", 20007),
        ("PageSize=1.5", 20007),
        ("Page=-1", 20001),
        ("Page=x", 20001),
        ("PageToken=x", 20001),
        ("PageToken=PASM" + "g" * 32, 20001),
        ("PageToken=PCSM" + "0" * 32, 20001),
        ("PageToken=PASM" + "0" * 33, 20001),
        ("Page=999999999999", 20001),
    ],
)
def test_refused(query, code):
    with pytest.raises(Fault) as refused:
        turn(parse(query.encode()))
    assert refused.value.code == code


def test_defaults():
    first = turn({})
    assert (first.page, first.size, first.before, first.offset) == (0, 50, None, 0)
    assert turn(parse(b"PageSize=1000&Page=3")).offset == 3000
    assert turn({}, 1000).size == 1000 and turn(parse(b"PageSize=7"), 1000).size == 7


def test_onwards_continues_below_the_last_row():
    page = links(turn(parse(b"PageSize=2")), "/x.json", [("DateSent>", "2008-01-02")], "SM", [9, 8], more=True)
    assert page.previous is None and page.here == page.first == "/x.json?DateSent%3E=2008-01-02&PageSize=2&Page=0"
    assert page.next.startswith("/x.json?DateSent%3E=2008-01-02&PageSize=2&Page=1&PageToken=PASM")
    second = turn(asked(page.next))
    assert (second.page, second.before, second.offset) == (1, 8, 0)
    after = links(second, "/x.json", [], "SM", [7, 6], more=False)
    assert after.next is None
    back = turn(asked(after.previous))
    assert (back.page, back.before, back.offset) == (0, 10, 0), "counted from the newest row of the first page"


def test_going_back_twice():
    at = turn({})
    for ids in ([9, 8], [7, 6], [5, 4]):
        page = links(at, "/x", [], "CA", ids, more=True)
        at = turn(asked(page.next))
    back = turn(asked(links(at, "/x", [], "CA", [3, 2], more=True).previous))
    assert (back.page, back.before, back.offset) == (2, 10, 2 * 50)


@given(st.text(max_size=50))
def test_every_token_is_a_turn_or_a_fault(token):
    try:
        turn({"PageToken": [token]})
    except Fault:
        pass
