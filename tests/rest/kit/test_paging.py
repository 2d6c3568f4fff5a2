from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoyhoy.rest.api2010 import incoming_phone_numbers
from hoyhoy.rest.kit import paging
from hoyhoy.rest.kit.form import parse
from hoyhoy.rest.kit.paging import TRAIL, Mark, cut, links, read, turn
from hoyhoy.wire.errors import Fault
from tests.rest.world import ACCOUNT, BASE

ORDERED = "at"
PATH = "/x.json"


def asked(address):
    return parse(address.partition("?")[2].encode())


def done(waiting):
    """The result of a coroutine that waits for nothing."""
    with pytest.raises(StopIteration) as end:
        waiting.send(None)
    return end.value.value


class Rows:
    """Rows as a database keeps them: those that fit a filter, by creation or by a column."""

    def __init__(self, order=""):
        self.order, self.kept, self.last = order, [], 0

    def key(self, row):
        return (row["at"], row["id"]) if self.order else (row["id"],)

    def create(self, at, fits=True):
        self.last += 2
        self.kept.append({"id": self.last, "at": float(at), "fits": fits})

    def fitting(self):
        return sorted((row for row in self.kept if row["fits"]), key=self.key, reverse=True)

    def below(self, key, size):
        return [row for row in self.fitting() if self.key(row) < key][:size]

    def above(self, key, size):
        return [row for row in self.fitting() if self.key(row) > key][-size:]

    async def page(self, turn):
        place = turn.since if turn.upwards else turn.before
        edge = None if place is None else (turn.at, place) if self.order else (place,)
        if turn.upwards:
            return [row for row in self.fitting() if self.key(row) >= edge][-turn.size - 1 :]
        rows = [row for row in self.fitting() if edge is None or self.key(row) < edge]
        return rows[turn.offset : turn.offset + turn.size + 1]

    def open(self, address):
        return done(read(self.page, turn(asked(address), order=self.order)))


def ids(rows):
    return [row["id"] for row in rows]


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
        ("PageToken=PASM", 20001),
        ("PageToken=PASM" + "g" * 32, 20001),
        ("PageToken=PCSM" + "0" * 32, 20001),
        ("PageToken=PASM" + "0" * 33, 20001),
        ("PageToken=PASM" + "0" * 16 * (TRAIL + 2), 20001),
        ("Page=999999999999", 20001),
    ],
)
def test_refused(query, code):
    with pytest.raises(Fault) as refused:
        turn(parse(query.encode()))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "token",
    [
        "PASM" + "0" * 32,
        "PCSM" + "0" * 16,
        "PCSM" + "0" * 48,
        "PCSM" + "0" * 32 * (TRAIL + 2),
        "PDSM7ff8000000000000" + "0" * 16,  # not a number
        "PDSM7ff0000000000000" + "0" * 16,  # infinite
    ],
)
def test_refused_where_a_column_orders_the_list(token):
    with pytest.raises(Fault) as refused:
        turn({"PageToken": [token]}, order=ORDERED)
    assert refused.value.code == 20001


def test_defaults():
    first = turn({})
    assert (first.page, first.size, first.before, first.offset) == (0, 50, None, 0)
    assert turn(parse(b"PageSize=1000&Page=3")).offset == 3000
    assert turn({}, 1000).size == 1000 and turn(parse(b"PageSize=7"), 1000).size == 7


def test_addresses_repeat_the_filters():
    rows = Rows()
    for number in range(5):
        rows.create(number)
    page = links(rows.open("?PageSize=2"), PATH, [("DateSent>", "2008-01-02")], "SM")
    assert page.previous is None and page.here == page.first == "/x.json?DateSent%3E=2008-01-02&PageSize=2&Page=0"
    assert page.next == (
        "/x.json?DateSent%3E=2008-01-02&PageSize=2&Page=1&PageToken=PASM0000000000000008000000000000000b"
    ), "below the last row; the first page began just above the first"
    second = links(rows.open(page.next), PATH, [], "SM")
    assert second.here == "/x.json?" + page.next.partition("2008-01-02&")[2]
    assert second.previous == "/x.json?PageSize=2&Page=0&PageToken=PBSM0000000000000008000000000000000b"
    assert links(rows.open(second.next), PATH, [], "SM").next is None


def test_a_mark_of_a_column_is_its_value_and_the_id():
    rows = Rows(ORDERED)
    for at in (1.5, 3.25, 1.5):
        rows.create(at)
    page = links(rows.open("?PageSize=2"), PATH, [], "SM")
    second = turn(asked(page.next), order=ORDERED)
    assert (second.upper, second.before, second.at) == (Mark(1.5, 6), 6, 1.5) and "PageToken=PCSM" in page.next
    assert ids(rows.open(page.next).rows) == [2]


def test_rows_that_were_computed_are_cut_by_their_number():
    rows = [{"name": name} for name in "abcdefg"]

    async def page(turn):
        return cut(rows, turn)

    def open(address):
        found = done(read(page, turn(asked(address)), climbs=False))
        return "".join(row["name"] for row in found.rows), links(found, PATH, [], "SM")

    seen, address = [], "?PageSize=2"
    while address:
        names, page_links = open(address)
        seen.append(names)
        address = page_links.next
    assert seen == ["ab", "cd", "ef", "g"]
    names, page_links = open("?PageSize=2&Page=3")
    back = [names]
    while page_links.previous:
        names, page_links = open(page_links.previous)
        back.append(names)
    assert back == seen[::-1], "they are not read upwards"


# Any walk ----------------------------------------------------------------------------------------------


class Walk:
    """Somebody who follows the links of pages, and what must be found there."""

    def __init__(self, rows, size, trail):
        self.rows, self.size, self.trail = rows, size, trail
        self.enter(0)

    def show(self, address):
        self.found = self.rows.open(address)
        self.links = links(self.found, PATH, [], "SM")
        return self.found.rows

    def stand(self, number, shown, ceiling, floor):
        """What is on this page lies from `floor` to `ceiling`, each a row's key, None on an empty list's page."""
        key = self.rows.key
        self.number = number
        self.ceiling, self.floor = (key(shown[0]), key(shown[-1])) if shown else (ceiling, floor)
        if self.links.next is None:
            assert self.floor is None or not self.rows.below(self.floor, 1)
        if self.links.previous is None and number:
            assert not self.rows.above(self.ceiling, 1)
        assert number or self.links.previous is None

    def near(self, key, step):
        """A key that no row has, beside one that some row has or had."""
        return (*key[:-1], key[-1] + step)

    def enter(self, number):
        """By `Page` alone."""
        shown = self.show(f"?PageSize={self.size}&Page={number}")
        assert shown == self.rows.fitting()[number * self.size :][: self.size]
        self.passed = []
        self.stand(number, shown, None, None)

    def delete(self, index):
        """One of the rows that were shown last, or any."""
        shown = [row for *_, then in self.passed for row in then] + self.found.rows
        near = [row for row in reversed(shown) if row in self.rows.kept] + self.rows.kept
        if near:
            self.rows.kept.remove(near[index % len(near)])

    def first(self):
        assert self.links.first == f"{PATH}?PageSize={self.size}&Page=0"
        self.enter(0)

    def onwards(self):
        if self.links.next is None:
            return
        expected = self.rows.below(self.floor, self.size)
        self.passed = [*self.passed, (self.ceiling, self.floor, self.found.rows)][-self.trail :]
        assert self.show(self.links.next) == expected, "nothing is skipped, nothing comes twice"
        under = self.near(self.floor, -1)
        self.stand(self.number + 1, expected, under, under)

    def back(self):
        if self.links.previous is None:
            return
        if self.passed:
            ceiling, floor, then = self.passed.pop()
            shown = self.show(self.links.previous)
            assert shown == [row for row in then if row in self.rows.kept], "as it was, less what is gone"
            self.stand(self.number - 1, [], ceiling, floor)
        elif self.ceiling is None:
            assert self.links.previous == f"{PATH}?PageSize={self.size}&Page={self.number - 1}"
            self.enter(self.number - 1)
        else:
            expected = self.rows.above(self.ceiling, self.size)
            assert self.show(self.links.previous) == expected, "the rows directly above"
            over = self.near(self.ceiling, 1)
            self.stand(self.number - 1, expected, over, over)


STEPS = st.one_of(
    st.tuples(st.just("onwards")),
    st.tuples(st.just("onwards")),
    st.tuples(st.just("back")),
    st.tuples(st.just("back")),
    st.tuples(st.just("first")),
    st.tuples(st.just("enter"), st.integers(0, 6)),
    st.tuples(st.just("create"), st.integers(0, 1)),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("delete"), st.integers(0, 3)),
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["", ORDERED]),
    st.integers(1, 5),
    st.sampled_from([1, 2, TRAIL]),
    st.lists(st.tuples(st.integers(0, 1), st.booleans() | st.just(True)), min_size=3, max_size=25),
    st.lists(STEPS, min_size=15, max_size=40),
)
def test_any_walk(order, size, trail, made, steps):
    """Next, previous, first and Page=N in any order, with rows created and deleted in between (messaging 4.5)."""
    rows, now = Rows(order), 0
    for later, fits in made:
        now += later
        rows.create(now, fits)
    with patch.object(paging, "TRAIL", trail):
        walk = Walk(rows, size, trail)
        for name, *values in steps:
            if name == "create":
                now += values[0]
                rows.create(now)
            else:
                getattr(walk, name)(*values)


@pytest.mark.parametrize("order", ["", ORDERED])
def test_back_to_pages_of_which_rows_are_gone(order):
    rows = Rows(order)
    for number in range(7):
        rows.create(number)
    walk = Walk(rows, 2, TRAIL)
    for _ in range(3):
        walk.onwards()
    rows.kept = [row for row in rows.kept if row["id"] not in (14, 8, 6)]
    seen = []
    for _ in range(3):
        walk.back()
        seen.append(ids(walk.found.rows))
    assert seen == [[4], [10], [12]], "not filled up from the page before"
    walk.onwards()
    assert ids(walk.found.rows) == [10, 4], "onwards pages are full"


def test_a_page_that_became_empty_leads_on():
    rows = Rows()
    for number in range(3):
        rows.create(number)
    walk = Walk(rows, 1, TRAIL)
    walk.onwards()
    rows.kept = rows.kept[:1]
    walk.back()
    assert walk.found.rows == [] and walk.links.next and walk.links.previous is None
    walk.onwards()
    assert ids(walk.found.rows) == [2] and walk.links.next is None


@given(st.integers(1, 5), st.lists(st.integers(0, 9), min_size=1, max_size=20), st.lists(st.integers(0, 9)))
def test_onwards_when_rows_arrive_anywhere(size, made, late):
    """What had no value when a list was begun may get any; what had one comes exactly once."""
    rows = Rows(ORDERED)
    for at in made:
        rows.create(at)
    there, seen, address = ids(rows.fitting()), [], f"?PageSize={size}"
    while address:
        found = rows.open(address)
        seen += ids(found.rows)
        address = links(found, PATH, [], "SM").next
        if late:
            rows.create(late.pop())
    assert [row for row in seen if row in there] == there and len(set(seen)) == len(seen)


# Through the API ---------------------------------------------------------------------------------------

BEGAN = 1_767_225_600.0  # 2026-01-01


PARTIES = {"account_sid": ACCOUNT, "from": "+15005550006", "to": "+14155550123", "direction": "outbound-api"}
MESSAGE = {"body": "Hello", "num_segments": 1, "num_media": 0}
NOTICE = {
    "account_sid": ACCOUNT,
    "message_text": "Something",
    "error_code": 12200,
    "more_info": "https://www.twilio.com/docs/errors/12200",
    "request_method": "POST",
    "request_url": "http://app/voice",
    "call_sid": "CA" + "1" * 32,
}


def write_rows(exchange):
    """Ten rows of several tables, whose moments are not in the order of their creation; one has none yet."""
    for number in range(10):
        at = None if number == 4 else BEGAN + number * 7 % 10 // 2 * 3600
        exchange.write("messages", f"SM{number:032d}", status="sent", date_sent=at, **MESSAGE, **PARTIES)
        exchange.write("calls", f"CA{number:032d}", status="completed", start_time=at, end_time=at, **PARTIES)
        exchange.write("notifications", f"NO{number:032d}", log=number % 2, message_date=at or BEGAN - 1, **NOTICE)
        exchange.own(f"+1831555{number:04d}")
        exchange.own(f"+1800555{number:04d}")


BY_MOMENT = sorted({*range(10)} - {4}, key=lambda number: (number * 7 % 10 // 2, number), reverse=True)
LISTS = [
    (BASE + "/Messages.json", "", [*range(9, -1, -1)]),
    (BASE + "/Messages.json", "DateSent>=2026-01-01", BY_MOMENT),
    (BASE + "/Messages.json", "DateSent=2026-01-01", BY_MOMENT),
    (BASE + "/Calls.json", "StartTime>=2026-01-01&EndTime<=2026-01-01T03:00:00Z&Status=completed", BY_MOMENT[1:]),
    (BASE + "/IncomingPhoneNumbers/Local.json", "PhoneNumber=18**555000", [*range(9, -1, -1)]),
    ("/monitor/v1/Alerts", "StartDate=2026-01-01", BY_MOMENT),
    ("/monitor/v1/Alerts", "", [*range(9, -1, -1)]),
]


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize(("path", "query", "expected"), LISTS)
async def test_pages_forth_and_back_from_any_page(
    exchange, path, query, expected, size, monkeypatch
):  # messaging 4.5, 4.7
    monkeypatch.setattr(incoming_phone_numbers, "AT_ONCE", 4)
    write_rows(exchange)

    async def open(address):
        answer = await exchange.request("GET", address)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        (rows,) = (value for value in body.values() if isinstance(value, list))
        meta = body.get("meta") or {name.replace("_uri", "_url"): value for name, value in body.items()}
        return [int(row["sid"][-4:]) for row in rows], meta

    pages = [expected[i : i + size] for i in range(0, len(expected), size)]
    for number in range(len(pages)):
        rows, body = await open(f"{path}?{query}&PageSize={size}&Page={number}")
        assert rows == pages[number]
        for earlier in range(number - 1, -1, -1):
            rows, body = await open(body["previous_page_url"])
            assert rows == pages[earlier], "read upwards"
        assert body["previous_page_url"] is None
        for later in range(1, len(pages)):
            rows, body = await open(body["next_page_url"])
            assert rows == pages[later]
        assert body["next_page_url"] is None
        for earlier in range(len(pages) - 2, -1, -1):
            rows, body = await open(body["previous_page_url"])
            assert rows == pages[earlier], "as it was"


async def test_a_token_belongs_to_the_order_of_its_list(exchange):
    write_rows(exchange)
    body = (await exchange.get("/Messages.json?PageSize=2&DateSent>=2026-01-01")).json()
    token = body["next_page_uri"].partition("PageToken=")[2]
    assert token.startswith("PCSM")
    answer = await exchange.get(f"/Messages.json?PageToken={token}")
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    again = await exchange.get(f"/Messages.json?PageToken={token}&DateSent<=2027-01-01")
    assert again.status_code == 200, "another range of the same column is another list in the same order"


@given(st.text(max_size=50), st.sampled_from(["", ORDERED]))
def test_every_token_is_a_turn_or_a_fault(token, order):
    try:
        turn({"PageToken": [token]}, order=order)
    except Fault:
        pass
