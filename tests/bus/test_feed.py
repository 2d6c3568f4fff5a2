"""The feed: ring, replay, live, slow subscribers, futures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hoyhoy.bus.feed import Feed
from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.exchange.events import Entry, KeyPressed, MessageCreated


def key(position: int) -> Entry:
    return Entry(position, float(position), "CA1", "AC1", KeyPressed(key=str(position % 10)))


class Log:
    """Everything ever heard, as the database would answer."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.reads = 0

    async def read(self, after: int, limit: int) -> Sequence[Entry]:
        self.reads += 1
        return [entry for entry in self.entries if entry.position > after][:limit]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def feed(log: Log) -> Feed:
    return Feed(log.read, RealClock(), size=10)


def hear(feed: Feed, log: Log, count: int) -> None:
    for _ in range(count):
        entry = key(feed.last + 1)
        log.entries.append(entry)
        feed.hear(entry)


def test_the_ring_keeps_the_last_entries(feed: Feed, log: Log) -> None:
    hear(feed, log, 25)
    assert [entry.position for entry in feed.entries()] == list(range(16, 26))
    assert [entry.position for entry in feed.entries(after=23)] == [24, 25]
    assert feed.entries(after=25) == []


def test_long_answers_leave_the_ring_early(log: Log) -> None:
    feed = Feed(log.read, RealClock(), size=10, weight=100)
    for position in range(1, 6):
        feed.hear(
            Entry(
                position,
                0.0,
                "SM1",
                "AC1",
                MessageCreated(
                    direction="inbound", sender="", recipient="", body="x" * 40, status="received", num_segments=1
                ),
            )
        )
    assert [entry.position for entry in feed.entries()] == [4, 5]
    feed.hear(
        Entry(
            6,
            0.0,
            "SM1",
            "AC1",
            MessageCreated(
                direction="inbound", sender="", recipient="", body="x" * 400, status="received", num_segments=1
            ),
        )
    )
    assert feed.entries() == []
    feed.hear(key(7))
    assert [entry.position for entry in feed.entries()] == [7]


def test_a_gap_is_refused(feed: Feed) -> None:
    feed.hear(key(1))
    with pytest.raises(ValueError, match="position 3 came after 1"):
        feed.hear(key(3))


async def test_following_replays_the_database_then_the_ring_then_goes_live(feed: Feed, log: Log) -> None:
    hear(feed, log, 25)
    follower = feed.follow(after=3)
    seen = [(await anext(follower)).position for _ in range(22)]
    assert seen == list(range(4, 26))
    later = asyncio.ensure_future(anext(follower))
    await asyncio.sleep(0)
    assert not later.done()
    hear(feed, log, 1)
    assert (await later).position == 26
    await follower.aclose()


async def test_following_from_now_on_skips_what_was(feed: Feed, log: Log) -> None:
    hear(feed, log, 5)
    follower = feed.follow(match=lambda entry: entry.position % 2 == 0)
    later = asyncio.ensure_future(anext(follower))
    await asyncio.sleep(0)
    hear(feed, log, 4)
    assert (await later).position == 6
    assert (await anext(follower)).position == 8
    assert log.reads == 0
    await follower.aclose()


async def test_a_slow_subscriber_is_told_and_loses_nothing(feed: Feed, log: Log) -> None:
    told: list[int] = []
    follower = feed.follow(after=0, lagged=lambda: told.append(feed.last))
    hear(feed, log, 2)
    seen = [(await anext(follower)).position]
    hear(feed, log, 40)
    seen += [(await anext(follower)).position for _ in range(41)]
    assert seen == list(range(1, 43))
    assert told == [42]
    await follower.aclose()


async def test_entries_that_the_database_has_lost_do_not_stop_a_follower(feed: Feed, log: Log) -> None:
    hear(feed, log, 25)
    log.entries.clear()
    follower = feed.follow(after=0)
    assert (await anext(follower)).position == 16
    await follower.aclose()


async def test_waiting_finds_what_was_after_the_position(feed: Feed, log: Log) -> None:
    hear(feed, log, 8)
    assert feed.wait_for(lambda entry: entry.event == KeyPressed(key="5"), after=2).result().position == 5


async def test_waiting_ends_in_the_turn_of_the_entry(feed: Feed, log: Log) -> None:
    hear(feed, log, 8)
    future = feed.wait_for(lambda entry: entry.event == KeyPressed(key="5"))
    hear(feed, log, 6)
    assert not future.done()
    hear(feed, log, 1)
    assert future.result().position == 15
    hear(feed, log, 10)
    assert future.result().position == 15


async def test_waiting_looks_into_the_database_too(feed: Feed, log: Log) -> None:
    hear(feed, log, 25)
    assert (await feed.wait_for(lambda entry: entry.position == 7, after=0)).position == 7


async def test_a_cancelled_wait_is_forgotten_and_a_failing_match_is_the_waiters_own(feed: Feed, log: Log) -> None:
    cancelled = feed.wait_for(lambda entry: True)
    broken = feed.wait_for(lambda entry: entry.nonsense)  # type: ignore[attr-defined]
    cancelled.cancel()
    await asyncio.sleep(0)
    hear(feed, log, 1)
    assert isinstance(broken.exception(), AttributeError)


async def test_a_drive_of_the_virtual_clock_stops_at_the_entry(log: Log) -> None:
    clock = VirtualClock(1000.0)
    feed = Feed(log.read, clock)

    async def press() -> None:
        for _ in range(5):
            await clock.sleep(2)
            hear(feed, log, 1)

    clock.spawn(press(), "press")
    future = feed.wait_for(lambda entry: entry.position == 2)
    assert await clock.drive(60, until=future.done)
    assert clock.now() == 1004.0
    await clock.close()
