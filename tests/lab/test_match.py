"""What is waited for, and how far time moves until it is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from hoyhoy.bus.feed import Feed
from hoyhoy.exchange.clock import RealClock, Stuck, VirtualClock
from hoyhoy.exchange.events import Entry, Event, KeyPressed, MessageCreated, PhoneHeard
from hoyhoy.lab.match import Match, expect

START = 1000.0
HEARD = PhoneHeard(phone="+14155550123", kind="speech", text="Your PASSCODE, please", seconds=1.5)
SENT = MessageCreated(
    direction="inbound", sender="+1", recipient="+2", body="Hi", status="received", num_segments=1, media=("a", "b")
)


def entry(event: Event, position: int = 1, subject: str = "CA1") -> Entry:
    return Entry(position, START, subject, "AC1", event)


@pytest.mark.parametrize(
    "match",
    [
        {},
        {"kinds": ["PhoneHeard"]},
        {"kinds": ["KeyPressed", "PhoneHeard"]},
        {"subject": "CA1"},
        {"contains": "passcode"},
        {"where": {"kind": "speech", "seconds": 1.5}},
        {"kinds": ["PhoneHeard"], "subject": "CA1", "where": {"phone": "+14155550123"}, "contains": "YOUR"},
    ],
)
def test_what_fits(match: dict[str, Any]) -> None:
    assert msgspec.convert(match, Match).fits(entry(HEARD))


@pytest.mark.parametrize(
    "match",
    [
        {"kinds": ["KeyPressed"]},
        {"subject": "CA2"},
        {"contains": "password"},
        {"where": {"kind": "audio"}},
        {"where": {"colour": "red"}},
        {"kinds": ["PhoneHeard"], "where": {"phone": "+1"}},
    ],
)
def test_what_does_not_fit(match: dict[str, Any]) -> None:
    assert not msgspec.convert(match, Match).fits(entry(HEARD))


def test_fields_are_compared_as_they_travel() -> None:
    """A list of JSON is a tuple here."""
    assert msgspec.convert({"where": {"media": ["a", "b"]}}, Match).fits(entry(SENT))
    assert not msgspec.convert({"where": {"media": ["a"]}}, Match).fits(entry(SENT))


@pytest.mark.parametrize("field", ["text", "body", "keys", "url", "message"])
def test_texts_that_contains_looks_at(field: str) -> None:
    kinds = [kind for kind in Event.kinds.values() if field in getattr(kind, "__dataclass_fields__", {})]
    assert kinds, f"no event has a {field}"


def test_nobody_waits_for_what_cannot_come() -> None:
    with pytest.raises(msgspec.ValidationError, match="There is no event 'PhoneHerd'"):
        msgspec.convert({"kinds": ["PhoneHeard", "PhoneHerd"]}, Match)
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"colour": "red"}, Match)


# Waiting ---------------------------------------------------------------------------------


class Log:
    """A feed, and events that are due on its clock."""

    def __init__(self, clock: VirtualClock | RealClock) -> None:
        self.clock = clock
        self.feed = Feed(self.nothing, clock)

    async def nothing(self, after: int, limit: int) -> list[Entry]:
        return []

    def add(self, event: Event) -> None:
        self.feed.hear(entry(event, self.feed.last + 1))

    def due(self, event: Event, seconds: float) -> None:
        async def happen() -> None:
            await self.clock.sleep(seconds)
            self.add(event)

        self.clock.spawn(happen(), "happen")


@pytest.fixture
async def log() -> AsyncIterator[Log]:
    log = Log(VirtualClock(START))
    yield log
    await log.clock.close()


async def test_time_stops_at_the_match(log: Log) -> None:
    for seconds in (1, 5, 9):
        log.due(KeyPressed(key=str(seconds)), seconds)
    found = await expect(log.feed, log.clock, Match(where={"key": "5"}), after=0, within=60, real=5)
    assert found and found.event == KeyPressed(key="5")
    assert log.clock.now() == START + 5
    assert log.feed.last == 2


async def test_time_passes_when_nothing_fits(log: Log) -> None:
    log.due(KeyPressed(key="1"), 30.5)
    assert await expect(log.feed, log.clock, Match(), after=0, within=30, real=5) is None
    assert log.clock.now() == START + 30
    assert await expect(log.feed, log.clock, Match(), after=0, within=0.5, real=5)


async def test_what_has_happened_already_takes_no_time(log: Log) -> None:
    log.add(KeyPressed(key="1"))
    log.add(KeyPressed(key="2"))
    found = await expect(log.feed, log.clock, Match(), after=1, within=60, real=5)
    assert found and found.position == 2
    assert log.clock.now() == START


async def test_time_waits_for_the_world_but_not_for_ever(log: Log) -> None:
    log.due(KeyPressed(key="1"), 5)
    with log.clock.busy("a webhook"), pytest.raises(Stuck, match="a webhook"):
        await expect(log.feed, log.clock, Match(), after=0, within=60, real=0.01)
    assert log.clock.now() == START
    await asyncio.sleep(0)
    assert log.feed._watchers == [], "and nobody waits on"


async def test_in_real_time() -> None:
    log = Log(RealClock())
    assert await expect(log.feed, log.clock, Match(), after=0, within=0.01, real=5) is None
    log.due(KeyPressed(key="1"), 0.01)
    assert await expect(log.feed, log.clock, Match(), after=0, within=60, real=5)
    await log.clock.close()


async def test_nobody_waits_longer_than_the_exchange_lives() -> None:
    log = Log(RealClock())

    async def close() -> None:
        log.feed.close()

    log.clock.spawn(close(), "close")
    async with asyncio.timeout(30):
        assert await expect(log.feed, log.clock, Match(), after=0, within=1e6, real=5) is None
    await log.clock.close()
