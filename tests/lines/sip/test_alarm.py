"""All timers on one alarm."""

from __future__ import annotations

import asyncio

import pytest

from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.lines.sip.alarm import ClockAlarm, Clockwork, LoopAlarm, alarm_of

from .wires import HandAlarm, until


def clockwork(alarm: object) -> tuple[Clockwork[str, str], list[tuple[str, str]]]:
    rung: list[tuple[str, str]] = []
    return Clockwork(alarm, lambda owner, name: rung.append((owner, name))), rung  # type: ignore[arg-type]


def test_timers_fire_in_their_order():
    alarm = HandAlarm()
    works, rung = clockwork(alarm)
    works.set("b", "late", 2)
    works.set("a", "soon", 1)
    works.set("c", "never", 1.5)
    works.set("b", "later", 3)
    works.forget("c")
    alarm.advance(0.9)
    assert rung == []
    alarm.advance(5)
    assert rung == [("a", "soon"), ("b", "late"), ("b", "later")]
    assert len(works) == 0


def test_a_timer_set_anew_replaces_itself():
    alarm = HandAlarm()
    works, rung = clockwork(alarm)
    works.set("a", "A", 1)
    works.set("a", "A", 3)
    alarm.advance(2)
    assert rung == []
    alarm.advance(1)
    assert rung == [("a", "A")]


def test_a_timer_may_set_the_next_and_one_that_breaks_stops_no_other():
    alarm = HandAlarm()
    rung: list[float] = []

    def fire(owner: str, name: str) -> None:
        rung.append(alarm.now())
        if name == "breaks":
            raise ZeroDivisionError
        if len(rung) < 3:
            works.set(owner, "again", 1)

    works: Clockwork[str, str] = Clockwork(alarm, fire)
    works.set("a", "first", 1)
    alarm.advance(10)
    assert rung == [1, 2, 3]
    works.set("a", "breaks", 1)
    works.set("a", "last", 2)
    with pytest.raises(ZeroDivisionError):
        alarm.advance(1)
    alarm.advance(1)
    assert rung[3:] == [11, 12]


def test_stopped():
    alarm = HandAlarm()
    works, rung = clockwork(alarm)
    works.set("a", "A", 1)
    works.stop()
    alarm.advance(2)
    assert rung == []


async def test_the_loops_time_and_a_driven_clocks():
    real, virtual = RealClock(), VirtualClock(1_000_000.0)
    assert isinstance(alarm_of(real), LoopAlarm)
    assert isinstance(alarm_of(virtual), ClockAlarm)
    works, rung = clockwork(alarm_of(virtual))
    works.set("a", "B", 32)
    works.set("a", "A", 0.5)
    await virtual.advance(0.4)
    assert rung == []
    await virtual.advance(0.2)
    assert rung == [("a", "A")]
    await virtual.advance(32)
    assert rung == [("a", "A"), ("a", "B")]
    await virtual.close()
    works, rung = clockwork(LoopAlarm())
    works.set("a", "A", 0.001)
    await until(lambda: rung)
    assert LoopAlarm().now() == pytest.approx(asyncio.get_running_loop().time(), abs=60)
