"""Caps that stop calls (bad-inputs 24)."""

from hoyhoy.lines.sip.meter import DAY, Meter
from hoyhoy.lines.sip.trunk_settings import Caps

WIDE = {"calls": 99, "calls_per_second": 99, "calls_per_minute": 99, "calls_per_day": 99, "minutes_per_day": 99}


def meter(**caps: int) -> Meter:
    return Meter(Caps(**WIDE | caps), "It")


def code(of: Meter, now: float) -> int:
    fault = of.obstacle(now)
    return fault.code if fault else 0


def test_calls_at_the_same_time():
    of = meter(calls=2)
    one, _ = of.take(0), of.take(0)
    assert code(of, 0) == 10004
    assert str(of.obstacle(0)) == "10004: It has 2 calls going on, which is as many as it may have."
    one.begin(0)
    one.release(10)
    assert (code(of, 10), of.calls) == (0, 1)


def test_calls_in_a_second_and_a_minute():
    of = meter(calls_per_second=1, calls_per_minute=3)
    for now in (0, 1, 2.5):
        assert code(of, now) == 0
        of.take(now)
        assert code(of, now + 0.9) == 32001
    assert code(of, 59.9) == 32001
    assert code(of, 60) == 0
    of.take(60)
    assert code(of, 60.99) == 32001, "the second"
    of.take(61)
    assert code(of, 62.4) == 32001, "no three in any minute"
    assert code(of, 62.5) == 0


def test_calls_in_a_day():
    of = meter(calls_per_day=2)
    of.take(DAY - 10)
    of.take(DAY - 5)
    assert code(of, DAY - 1) == 32200
    assert code(of, DAY) == 0


def test_minutes_in_a_day():
    of = meter(minutes_per_day=2)
    for begin in (0, 100):
        assert code(of, begin) == 0
        seat = of.take(begin)
        seat.begin(begin)
        seat.release(begin + 60)
    assert code(of, 200) == 32200
    assert code(of, DAY) == 0


def test_calls_that_go_on_count():
    of = meter(minutes_per_day=2)
    seat = of.take(DAY - 60)
    seat.begin(DAY - 60)
    assert code(of, DAY - 1) == 0
    assert code(of, DAY + 119) == 0, "yesterday's minute is yesterday's"
    assert code(of, DAY + 120) == 32200
    seat.release(DAY + 119)
    assert code(of, DAY + 200) == 0
    assert (of.calls, code(meter(minutes_per_day=2), 0)) == (0, 0)


def test_one_that_never_began_counts_for_nothing():
    of = meter(calls=1, calls_per_second=1, calls_per_minute=1, calls_per_day=1, minutes_per_day=1)
    seat = of.take(5)
    assert code(of, 5) == 10004
    seat.release(50)
    assert code(of, 50) == 0
    of.take(DAY - 1).release(DAY + 1)
    of.take(DAY + 1)
    assert code(of, DAY + 100) == 10004


def test_one_that_lasts_over_midnight_is_given_back():
    of = meter(calls_per_day=1)
    of.take(DAY - 1).release(DAY + 1)
    of.take(DAY + 1)
    assert code(of, DAY + 2) == 32200


def test_a_seat_with_several_holders():
    of = meter(calls=1, minutes_per_day=1)
    seat = of.take(0, 2)
    seat.begin(0)
    seat.release(10)
    assert code(of, 10) == 10004
    seat.begin(20)
    seat.release(70)
    assert (code(of, 70), of.calls) == (32200, 0), "from its first way on"


def test_nothing_at_all():
    assert code(meter(calls=0), 0) == 10004
    assert code(meter(calls_per_second=0), 0) == 32001
    assert code(meter(minutes_per_day=0), 0) == 32200


def test_a_clock_that_is_set_back():
    of = meter(calls_per_minute=1)
    seat = of.take(1_000_000)
    seat.begin(1_000_000)
    assert code(of, 500_000) == 0
    seat.release(500_000)
    assert code(of, 500_000) == 0


def test_how_long_the_minutes_last():
    changes = []
    of = Meter(Caps(**WIDE | {"minutes_per_day": 2}), "It", changes.append)
    one, two, unused = of.take(0), of.take(0), of.take(0)
    assert of.lasts(0) is None
    one.begin(0)
    assert of.lasts(10) == 110
    two.begin(20)
    assert (of.lasts(20), of.lasts(70), of.lasts(71)) == (50, 0, 0)
    assert (of.left(69), code(of, 70)) == (2, 32200)
    ended = []
    one.on_full = two.on_full = unused.on_full = lambda: ended.append(1)
    of.end()
    of.end()
    assert len(ended) == 2, "each that goes on, once"
    one.release(70)
    two.release(70)
    unused.release(70)
    assert len(changes) == 4
    assert (of.lasts(70), of.left(DAY)) == (None, 120)
