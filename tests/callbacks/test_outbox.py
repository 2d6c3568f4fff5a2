"""callbacks/outbox.py: at least once, in order per subject, with growing waits (voice 3.2; design 2)."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from hoyhoy.callbacks.outbox import WAITS, Outbox
from hoyhoy.exchange.clock import Clock, RealClock, VirtualClock
from hoyhoy.exchange.events import CallbackDelivered, CallbackFailed, Entry, Event
from hoyhoy.exchange.ports import Callback, FetchFailed, Page
from hoyhoy.store.database import PendingCallback
from hoyhoy.wire.errors import Fault

from .conftest import ACCOUNT


@dataclass
class Log:
    """The journal's face towards the outbox, kept in memory."""

    clock: Clock
    entries: list[Entry] = field(default_factory=list)

    def record(self, subject: str, account: str, event: Event, rows=(), callbacks=()) -> Entry:
        entry = Entry(len(self.entries), self.clock.now(), subject, account, event)
        self.entries.append(entry)
        return entry

    async def settled(self) -> None: ...

    def outcomes(self) -> list[str]:
        return [
            f"{entry.event.sid} {'ok' if isinstance(entry.event, CallbackDelivered) else 'failed'}"
            for entry in self.entries
        ]


@dataclass
class Script:
    """An app for which each test decides what it does with the n-th delivery of a callback."""

    act: object
    seen: list[tuple[str, float]] = field(default_factory=list)
    under_way: Counter = field(default_factory=Counter)
    peak: Counter = field(default_factory=Counter)
    clock: Clock | None = None

    async def tell(self, callback: Callback) -> Page:
        assert self.clock
        host = callback.url.split("/")[2]
        with self.clock.busy("try"):
            self.seen.append((callback.sid, self.clock.now()))
            for name in (host, "all"):
                self.under_way[name] += 1
                self.peak[name] = max(self.peak[name], self.under_way[name])
            try:
                answer = self.act(callback, sum(sid == callback.sid for sid, _ in self.seen))
                if asyncio.iscoroutine(answer):
                    answer = await answer
                else:
                    await asyncio.sleep(0)
            finally:
                for name in (host, "all"):
                    self.under_way[name] -= 1
        if isinstance(answer, FetchFailed):
            raise answer
        return Page(callback.url, answer or 204, "", b"")


class Bench:
    def __init__(self, act, clock=None, **settings) -> None:
        self.clock = clock or VirtualClock(1000.0)
        self.log, self.app, self.notices = Log(self.clock), Script(act, clock=self.clock), []
        self.outbox = Outbox(
            clock=self.clock,
            journal=self.log,
            fetcher=self.app,
            notice=lambda **told: self.notices.append(told),
            **settings,
        )

    async def turns(self, number: int = 50) -> None:
        """Let everything happen that waits for nothing but the loop."""
        for _ in range(number):
            await asyncio.sleep(0)


@pytest.fixture
async def bench():
    made = []

    def build(act=lambda callback, number: 204, **settings) -> Bench:
        made.append(Bench(act, **settings))
        return made[-1]

    yield build
    for each in made:
        await each.clock.close()


def callback(sid: str, subject: str = "CA1", url: str = "http://a.example/status") -> Callback:
    return Callback(sid, subject, ACCOUNT, url, "POST", (("CallStatus", sid),))


def refused(status: int, code: int = 11200) -> FetchFailed:
    return FetchFailed(code, f"status {status}", Page("http://a.example/status", status, "", b""))


UNREACHABLE = FetchFailed(11205, "refused")
SILENT = FetchFailed(11200, "silent for 15 s")


async def test_a_delivery_is_an_event(bench):
    it = bench()
    it.outbox.deliver([callback("one")])
    await it.clock.settle()
    [entry] = it.log.entries
    assert (entry.subject, entry.account) == ("CA1", ACCOUNT)
    assert entry.event == CallbackDelivered(
        sid="one", url="http://a.example/status", params=(("CallStatus", "one"),), status=204, attempts=1
    )
    assert not it.notices


async def test_what_was_answered_is_kept_but_for_its_body(bench):
    answer = Page("http://a.example/status", 503, "text/plain", b"later", seconds=0.5)
    it = bench(lambda callback, number: FetchFailed(11200, "status 503", answer) if number == 1 else None)
    it.outbox.deliver([replace(callback("one"), method="GET")])
    await it.clock.advance(10)
    failed, delivered = [entry.event for entry in it.log.entries]
    assert (failed.method, failed.status, failed.content_type, failed.seconds) == ("GET", 503, "text/plain", 0.5)
    assert (delivered.method, delivered.status) == ("GET", 204)


async def test_failures_are_tried_again_with_growing_waits_and_given_up(bench):
    it = bench(lambda callback, number: UNREACHABLE)
    it.outbox.deliver([callback("one")])
    await it.clock.advance(sum(WAITS) + 1000)
    assert [at - 1000 for _, at in it.app.seen] == [0, 1, 6, 36, 156, 756]
    events = [entry.event for entry in it.log.entries]
    assert all(isinstance(event, CallbackFailed) and event.code == 11205 for event in events)
    assert [(event.attempts, event.again_in) for event in events] == [
        (1, 1),
        (2, 5),
        (3, 30),
        (4, 120),
        (5, 600),
        (6, None),
    ]
    assert len(it.notices) == 2  # the first failure and the last


@pytest.mark.parametrize(
    ("failure", "code", "tries"),
    [  # voice 3.2
        (refused(404), 15003, 1),
        (refused(500), 15003, 2),
        (refused(503), 15003, 2),
        (refused(429), 15003, 1),
        (SILENT, 15002, 2),
        (FetchFailed(11203, "tt"), 15002, 2),
        (UNREACHABLE, 11205, 2),
        (FetchFailed(11210, "dns"), 11210, 2),
        (FetchFailed(11100, "url"), 11100, 1),
        (FetchFailed(11243, "rp"), 11243, 1),
        (FetchFailed(11215, "loop"), 11215, 1),
    ],
)
async def test_what_is_tried_again_and_how_it_is_told(bench, failure, code, tries):
    it = bench(lambda callback, number: failure if number == 1 else 200)
    it.outbox.deliver([callback("one")])
    await it.clock.advance(10)
    assert len(it.app.seen) == tries
    [notice] = it.notices
    assert notice == {
        "account": ACCOUNT,
        "subject": "CA1",
        "code": code,
        "message": failure.message,
        "url": "http://a.example/status",
        "method": "POST",
        "params": (("CallStatus", "one"),),
        "page": failure.page,
    }
    assert it.log.entries[0].event.code == code


async def test_callbacks_of_a_subject_go_one_after_the_other(bench):
    it = bench()
    it.outbox.deliver([callback(f"{number}") for number in range(20)])
    await it.clock.settle()
    assert [sid for sid, _ in it.app.seen] == [f"{number}" for number in range(20)]
    assert it.app.peak["all"] == 1


async def test_a_failed_one_does_not_keep_later_ones_back(bench):
    it = bench(lambda callback, number: UNREACHABLE if callback.sid == "one" and number == 1 else 200)
    it.outbox.deliver([callback("one"), callback("two"), callback("three")])
    await it.clock.advance(2)
    assert it.log.outcomes() == ["one failed", "two ok", "three ok", "one ok"]


async def test_after_an_outage_the_order_is_the_old_one(bench):
    it = bench(lambda callback, number: UNREACHABLE if it.clock.now() < 1003 else 200)
    for sid in ("one", "two", "three"):
        it.outbox.deliver([callback(sid)])
        await it.clock.advance(0.25)
    await it.clock.advance(60)
    assert [outcome for outcome in it.log.outcomes() if outcome.endswith("ok")] == ["one ok", "two ok", "three ok"]


async def test_one_due_again_goes_before_later_ones_that_wait(bench):
    """On the machine's clock, where time goes on while a try is under way."""
    release = asyncio.Event()

    async def act(callback, number):
        if callback.sid == "one" and number == 1:
            return UNREACHABLE
        if callback.sid == "two":
            await release.wait()
        return 200

    it = bench(act, clock=RealClock(), waits=(0.0,))
    it.outbox.deliver([callback("one"), callback("two"), callback("three")])
    await it.turns()  # "one" has failed and is due again, "two" is under way
    assert [sid for sid, _ in it.app.seen] == ["one", "two"]
    release.set()
    await it.turns()
    assert it.log.outcomes() == ["one failed", "two ok", "one ok", "three ok"]


async def test_tries_are_bounded_in_all_and_per_host(bench):
    it = bench(at_once=8, per_host=3)
    hosts = ("a", "b", "c", "d", "e")
    it.outbox.deliver(
        [
            callback(f"{host}{number}", f"CA{host}{number}", f"http://{host}.example/")
            for host in hosts
            for number in range(20)
        ]
    )
    await it.clock.settle()
    assert len(it.log.entries) == 100
    assert it.app.peak["all"] == 8
    assert max(it.app.peak[f"{host}.example"] for host in hosts) <= 3


async def test_one_host_gets_its_share_and_no_more(bench):
    it = bench(at_once=8, per_host=3)
    it.outbox.deliver([callback(f"{number}", f"CA{number}") for number in range(20)])
    await it.clock.settle()
    assert len(it.log.entries) == 20 and it.app.peak["all"] == 3


async def test_a_host_that_never_answers_does_not_stop_the_others(bench):
    never = asyncio.Event()

    async def act(callback, number):
        if "dead" in callback.url:
            await never.wait()
        return 200

    it = bench(act, at_once=8, per_host=3)
    it.outbox.deliver([callback(f"dead{n}", f"CAdead{n}", "http://dead.example/") for n in range(50)])
    it.outbox.deliver([callback(f"live{n}", f"CAlive{n}", "http://live.example/") for n in range(50)])
    await it.turns(500)
    assert len(it.log.entries) == 50
    assert it.app.under_way["dead.example"] == 3
    never.set()
    await it.clock.settle()
    assert len(it.log.entries) == 100


async def test_the_clock_stands_still_while_a_try_is_due_and_not_while_one_waits(bench):
    it = bench(lambda callback, number: UNREACHABLE if number == 1 else 200, at_once=1)
    it.outbox.deliver([callback("one", "CA1"), callback("two", "CA2")])
    await it.clock.advance(0.5)
    assert [at for _, at in it.app.seen] == [1000, 1000] and it.clock.now() == 1000.5
    await it.clock.advance(1)
    assert it.log.outcomes()[2:] == ["one ok", "two ok"]
    assert not it.clock._holds and not it.outbox._lanes and not it.outbox._trying and not it.outbox._ready


async def test_a_restart_takes_up_what_was_pending(bench):
    it = bench()
    it.outbox.start(
        [
            PendingCallback(callback("late"), 1030.0, 3),
            PendingCallback(callback("due"), 990.0, 1),
            PendingCallback(callback("new"), 1000.0, 0),
            PendingCallback(callback("soon", "CA2"), 1005.0, 2),
        ]
    )
    await it.clock.advance(60)
    assert it.app.seen == [("due", 1000.0), ("new", 1000.0), ("soon", 1005.0), ("late", 1030.0)]
    assert [entry.event.attempts for entry in it.log.entries] == [2, 1, 3, 4]


async def test_one_due_soon_does_not_wait_for_one_due_late(bench):
    it = bench(lambda callback, number: UNREACHABLE if number == 1 else 200)
    it.outbox.start([PendingCallback(callback("late", "CA2"), 1600.0, 4)])
    await it.clock.advance(1)
    it.outbox.deliver([callback("soon")])
    await it.clock.advance(5)
    assert it.app.seen == [("soon", 1001.0), ("soon", 1002.0)]
    await it.clock.advance(600)
    assert it.app.seen[2] == ("late", 1600.0)


async def test_closing_leaves_the_rest_for_the_next_start(bench):
    never = asyncio.Event()

    async def act(callback, number):
        await never.wait()

    it = bench(act, at_once=1)
    it.outbox.deliver([callback(f"{n}", f"CA{n}") for n in range(5)])
    await asyncio.sleep(0)
    await it.clock.close()
    assert len(it.app.seen) == 1 and not it.log.entries


async def test_a_try_that_crashes_is_given_up_and_told(bench, caplog):
    def act(callback, number):
        raise ValueError("Invalid IPv6 URL")

    it = bench(act)
    it.outbox.deliver([callback("one"), callback("two", "CA2")])
    await it.clock.advance(1000)
    assert [(entry.event.sid, entry.event.code, entry.event.again_in) for entry in it.log.entries] == [
        ("one", 20500, None),
        ("two", 20500, None),
    ]
    assert [told["code"] for told in it.notices] == [20500] * 2 and "Invalid IPv6 URL" in it.notices[0]["message"]
    assert "Traceback" in caplog.text and not it.outbox._lanes


@pytest.mark.parametrize(
    ("answers", "outcomes"),
    [
        ([204], ["one ok"]),
        ([UNREACHABLE, 204], ["one failed", "one ok"]),
    ],
)
async def test_what_the_journal_would_not_take_is_recorded_later_and_told_once(bench, answers, outcomes):
    it = bench(lambda callback, number: answers[number - 1])
    record = it.log.record

    def full(*_, **__):
        raise Fault(20503, "too much waits to be written")

    it.log.record = full
    it.outbox.deliver([callback("one")])
    await it.clock.advance(30)
    assert len(it.app.seen) == 1 and not it.log.entries
    it.log.record = record
    await it.clock.advance(30)
    assert it.log.outcomes() == outcomes and len(it.app.seen) == len(answers)
    assert len(it.notices) == len(answers) - 1


async def test_finishing_waits_for_every_first_try_and_no_other(bench):
    it = bench(
        lambda callback, number: UNREACHABLE if callback.sid == "bad" else 200,
        clock=RealClock(),
        at_once=2,
        waits=(0.0,),
    )
    it.outbox.deliver([callback("bad"), *(callback(f"{n}", f"CA{n}") for n in range(20))])
    await it.outbox.finish()
    assert sorted(it.log.outcomes()) == sorted(["bad failed", *(f"{n} ok" for n in range(20))])
    await it.turns()
    assert len(it.app.seen) == 21
    await it.outbox.finish()


async def test_with_a_real_app(app, make):
    """An answer's body is ignored, whatever its size; 204 is fine (voice 1.2)."""
    clock = VirtualClock(1000.0)
    ask = await make(clock, in_order=True)
    log, notices = Log(clock), []
    app.answers |= {
        "/big": web.Response(body=b"x" * 200_000),
        "/none": web.Response(status=204),
        "/bad": web.Response(status=400),
    }
    flaky = iter([500, 200])
    app.answers["/flaky"] = lambda: web.Response(status=next(flaky))
    outbox = Outbox(clock=clock, journal=log, fetcher=ask.fetcher, notice=lambda **told: notices.append(told))
    outbox.deliver([callback(path[1:], url=app.url(path)) for path in app.answers])
    await clock.advance(5)
    assert log.outcomes() == ["big ok", "none ok", "bad failed", "flaky failed", "flaky ok"]
    assert [told["code"] for told in notices] == [15003, 15003]
    assert all(seen.genuine for seen in app.seen)
    await clock.close()
