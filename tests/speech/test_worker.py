"""The exchange's end of a child: lazily started, one order at a time, started again when lost."""

import asyncio
import os
import signal
from contextlib import suppress

import pytest

from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.speech import worker
from hoyhoy.speech.worker import Portions, Worker, WorkFailed

SPEAK = {"pieces": [["en-us", "<speak>one</speak>"]], "longest": 10}


@pytest.fixture
async def espeak(clock):
    made = Worker(clock, "espeak", 10.0)
    yield made
    await made.close()


async def test_it_starts_with_the_first_order(espeak):
    assert espeak.pid == 0 and espeak.version == ""
    head, body = await espeak.ask(SPEAK)
    assert head == {"cut": False} and len(body) > 8000
    assert espeak.pid and espeak.version.startswith("espeak-ng 1.")
    pid = espeak.pid
    assert (await espeak.ask(SPEAK))[1] == body and espeak.pid == pid


async def test_it_is_started_again_when_it_was_lost(espeak):
    _, body = await espeak.ask(SPEAK)
    os.kill(espeak.pid, signal.SIGKILL)
    lost = espeak.pid
    assert (await espeak.ask(SPEAK))[1] == body
    assert espeak.pid != lost and not is_running(lost)


async def test_a_refusal_is_no_loss(espeak):
    with pytest.raises(WorkFailed, match="no voice"):
        await espeak.ask({"pieces": [["xx", "1"]], "longest": 1})
    pid = espeak.pid
    await espeak.ask(SPEAK)
    assert espeak.pid == pid


async def test_orders_are_obeyed_in_turn_and_a_cancelled_one_disturbs_nobody(espeak):
    bodies = [espeak.ask({"pieces": [0.1 * number], "longest": 10}) for number in range(1, 6)]
    asked = [asyncio.create_task(one) for one in bodies]
    await asyncio.sleep(0)
    asked[1].cancel()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert [len(answer[1]) for place, answer in enumerate(answers) if place != 1] == [1600, 4800, 6400, 8000]


async def test_who_hangs_up_leaves_the_process_to_the_others(espeak):
    await espeak.ask(SPEAK)
    pid = espeak.pid
    first = asyncio.create_task(espeak.ask(SPEAK))
    for _ in range(10):
        await asyncio.sleep(0)  # it is with the process now
    first.cancel()
    await espeak.ask(SPEAK)
    assert espeak.pid == pid


async def test_no_more_wait_than_may(espeak, monkeypatch):
    monkeypatch.setattr(worker, "MOST_WAITING", 2)
    asked = [asyncio.create_task(espeak.ask(SPEAK)) for _ in range(3)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [isinstance(one, WorkFailed) for one in answers] == [False, False, True]


async def test_a_child_that_is_silent_is_killed(espeak, monkeypatch):
    """Stopped as a whole, it cannot even end by its own alarm."""
    await espeak.ask(SPEAK)
    stopped = espeak.pid
    os.kill(stopped, signal.SIGSTOP)
    monkeypatch.setattr(worker, "GRACE", 0.0)
    espeak.seconds = 0.05
    with suppress(WorkFailed):  # another one is started, which has no more time to come up than this
        await espeak.ask(SPEAK)
    assert not is_running(stopped)


def portions(*those, size=None):
    """A body in parts: octets, or what is raised in their place."""

    async def read():
        for one in those:
            if isinstance(one, Exception):
                raise one
            yield one

    return Portions(sum(map(len, those)) if size is None else size, read)


async def test_a_body_in_portions(espeak):
    _, body = await espeak.ask(SPEAK)
    assert (await espeak.ask(SPEAK, portions(b"what it", b" does not need")))[1] == body


async def test_a_body_in_portions_is_read_again_when_the_child_was_lost(espeak):
    _, body = await espeak.ask(SPEAK)
    os.kill(espeak.pid, signal.SIGKILL)
    assert (await espeak.ask(SPEAK, portions(bytes(1 << 20), bytes(1 << 20))))[1] == body


async def test_a_body_that_cannot_be_read_is_refused_and_disturbs_nobody(espeak):
    """The child that waits for the rest is not asked anything else."""
    broken = portions(b"half", OSError(5, "Input/output error"), size=8)
    for body, why in ((broken, "read: Input/output error"), (portions(b"half", size=8), "changed")):
        with pytest.raises(WorkFailed, match=why):
            await espeak.ask(SPEAK, body)
        assert espeak.pid and not is_running(espeak.pid)
    await espeak.ask(SPEAK)


async def test_a_disk_that_hangs_keeps_nobody_for_ever(espeak):
    async def read():
        yield b"half"
        await asyncio.get_running_loop().create_future()

    await espeak.ask(SPEAK)
    espeak.seconds = 0.05
    with pytest.raises(WorkFailed, match="cannot be read in"):
        await espeak.ask(SPEAK, Portions(8, read))


async def test_closing_ends_it_and_no_other_is_started(espeak):
    await espeak.ask(SPEAK)
    pid = espeak.pid
    await espeak.close()
    assert not is_running(pid)
    with pytest.raises(WorkFailed, match="closing"):
        await espeak.ask(SPEAK)


async def test_what_cannot_be_started_is_not_tried_at_once_again(clock):
    made = Worker(clock, "nothing of the kind", 5.0)
    with pytest.raises(WorkFailed, match="did not come up"):
        await made.ask(SPEAK)
    pid = made.pid
    with pytest.raises(WorkFailed, match="did not come up"):
        await made.ask(SPEAK)
    assert made.pid == pid
    await made.close()


async def test_virtual_time_stands_still_meanwhile():
    clock = VirtualClock(0.0)
    made = Worker(clock, "espeak", 10.0)
    heard = []

    async def listen():
        await made.ask(SPEAK)
        heard.append(clock.now())

    clock.spawn(listen(), "listener")
    await clock.drive(60, lambda: bool(heard))
    assert heard == [0.0]
    await made.close()
    await clock.close()


def is_running(pid):
    """A process, or what is left of one that nobody waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
