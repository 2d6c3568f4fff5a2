"""The virtual clock is driven, and never overtakes what is outstanding (design, time and chance are arguments)."""

import asyncio

import pytest

from hoyhoy.exchange.clock import RealClock, Stuck, VirtualClock


@pytest.fixture
async def clock():
    made = VirtualClock(1000.0)
    yield made
    await made.close()


async def test_it_stands_still_until_it_is_driven(clock):
    woken = []

    async def sleeper():
        await clock.sleep(5)
        woken.append(clock.now())

    clock.spawn(sleeper(), "sleeper")
    for _ in range(100):
        await asyncio.sleep(0)
    assert not woken and clock.now() == 1000
    await clock.advance(5)
    assert woken == [1005]


async def test_timers_run_in_order_and_each_settles_before_the_next(clock):
    seen = []

    async def chain(name, pause):
        for _ in range(3):
            await clock.sleep(pause)
            await asyncio.sleep(0)
            seen.append((clock.now() - 1000, name))

    clock.spawn(chain("a", 2), "a")
    clock.spawn(chain("b", 3), "b")
    await clock.advance(10)
    assert seen == [(2, "a"), (3, "b"), (4, "a"), (6, "b"), (6, "a"), (9, "b")]


async def test_driving_stops_at_the_first_match(clock):
    clock.spawn(clock.sleep(3600), "long")
    at_seven = clock.spawn(clock.sleep(7), "seven")
    assert await clock.drive(3600, at_seven.done)
    assert clock.now() == 1007
    assert not await clock.drive(10, lambda: False)
    assert clock.now() == 1017


async def test_an_hour_of_pause_takes_no_time(clock):
    task = clock.spawn(clock.sleep(3600), "pause")
    await clock.advance(3600)
    assert task.done()


async def test_a_hold_keeps_time_still(clock):
    task = clock.spawn(clock.sleep(1), "one")
    hold = clock.busy("webhook")
    hold.__enter__()
    driving = asyncio.ensure_future(clock.advance(1))
    for _ in range(100):
        await asyncio.sleep(0)
    assert clock.now() == 1000 and not task.done()
    hold.__exit__(None, None, None)
    await driving
    assert task.done()


async def test_what_keeps_it_waiting_too_long_is_named(clock):
    with clock.busy("webhook app.example"), pytest.raises(Stuck, match=r"webhook app\.example"):
        await clock.drive(1, real=0.01)


async def test_a_long_chain_of_wakeups_is_over_before_time_moves(clock):
    """Each link wakes the next through a future and a task, as the exchange does."""
    reached = []

    async def link(depth):
        if depth:
            await asyncio.gather(clock.spawn(link(depth - 1), f"link {depth}"))
        reached.append((depth, clock.now()))

    async def starter():
        await clock.sleep(1)
        await link(50)

    clock.spawn(starter(), "starter")
    clock.spawn(clock.sleep(1.001), "just after")
    await clock.drive(1.0005)
    assert reached[-1] == (50, 1001.0)


async def test_timeout_is_in_virtual_seconds(clock):
    async def impatient():
        async with clock.timeout(5):
            await clock.sleep(100)

    task = clock.spawn(impatient(), "impatient")
    await clock.advance(4.9)
    assert not task.done()
    with pytest.raises(TimeoutError):
        await clock.drive(0.1) or await task
    task.exception()


async def test_a_timeout_that_is_not_reached_leaves_nothing_behind(clock):
    async def quick():
        async with clock.timeout(5):
            await clock.sleep(1)
        await clock.sleep(100)
        return clock.now()

    task = clock.spawn(quick(), "quick")
    await clock.advance(200)
    assert task.result() == 1101


async def test_time_never_runs_backwards(clock):
    async def late():
        async with clock.timeout(-50):
            await clock.sleep(5)

    task = clock.spawn(late(), "late")
    await clock.advance(1)
    assert clock.now() == 1001 and isinstance(task.exception(), TimeoutError)


async def test_no_timeout(clock):
    async with clock.timeout(None):
        pass


async def test_a_crash_is_logged_and_the_rest_goes_on(clock, caplog):
    async def crash():
        raise RuntimeError("ouch")

    clock.spawn(crash(), "crasher")
    await clock.settle()
    assert "crasher crashed" in caplog.text


@pytest.mark.parametrize("kind", [RealClock, lambda: VirtualClock(0.0)])
async def test_close_ends_every_task(kind):
    clock = kind()
    tasks = [clock.spawn(clock.sleep(1000), f"task {i}") for i in range(5)]
    await asyncio.sleep(0)
    await clock.close()
    assert all(task.cancelled() for task in tasks)


async def test_the_real_clock_is_the_machines():
    clock = RealClock()
    before = clock.now()
    await clock.sleep(0.001)
    assert clock.now() > before
    with pytest.raises(TimeoutError):
        async with clock.timeout(0.001):
            await clock.sleep(1)
    with clock.busy("anything"):
        pass
