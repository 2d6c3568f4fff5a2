"""voice 2.7, 2.7.3, 8.1: the recording of a Dial, begun once, told of when it was kept, and no reason to end."""

import asyncio

import pytest

from hoyhoy.exchange.events import Noticed
from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.recording import FILE_SECONDS, MOST_AT_ONCE
from hoyhoy.exchange.taping import Taping

from .disk import hangs
from .test_recording import start, talking
from .world import World

ORDER = Record(source="DialVerb")


async def taping(exchange: World, order: Record | None = ORDER) -> tuple[Taping, str]:
    """Of a call that was answered just now; its sid."""
    sid = await talking(exchange)
    return Taping(exchange.switchboard.facilities.calls[sid], order), sid


async def recorded(exchange: World) -> list[str]:
    return [row["sid"] for row in await exchange.database.rows.page("recordings")]


async def test_a_dial_that_asks_for_none(exchange):
    tape, _ = await taping(exchange, None)
    tape.start()
    tape.stop()
    await tape.done()
    assert (tape.told, await recorded(exchange)) == ((), [])


async def test_one_that_never_began(exchange):
    tape, _ = await taping(exchange)
    tape.stop()
    await tape.done()
    assert (tape.told, await recorded(exchange)) == ((), [])


async def test_it_begins_once(exchange):
    """From the ringing or from the answer on: a Dial says both."""
    tape, _ = await taping(exchange)
    tape.start()
    await exchange.run(2)
    tape.start()
    await exchange.run(3)
    assert tape.told == (), "nothing is told of it before there is a file"
    tape.stop()
    await exchange.run(1)
    await tape.done()
    (sid,) = await recorded(exchange)
    told = dict(tape.told)
    assert (told["RecordingSid"], told["RecordingDuration"]) == (sid, "5") and told["RecordingUrl"].endswith(sid)


async def test_nothing_is_told_of_one_that_was_not_kept(exchange):
    tape, _ = await taping(exchange)
    tape.start()
    await exchange.run(0.5)
    tape.stop()
    await exchange.run(1)
    await tape.done()
    assert tape.told == () and [one.code for one in exchange.events(Noticed)] == [16101]


async def test_one_too_many_is_told_and_the_dial_goes_on(exchange):
    tape, sid = await taping(exchange)
    others = [start(exchange, sid) for _ in range(MOST_AT_ONCE)]
    tape.start()
    assert tape.recording is None
    tape.stop()
    await tape.done()
    assert tape.told == () and [one.code for one in exchange.events(Noticed)] == [16108]
    others[0].stop()
    await exchange.run(1)
    tape.start()
    assert tape.recording is not None, "there is room again"


async def test_a_disk_that_hangs_keeps_no_caller_for_ever(exchange):
    """Nothing is told of it with the action; it is finished whenever that is possible."""
    tape, _ = await taping(exchange)
    tape.start()
    disk, began = hangs(exchange), exchange.clock.now()
    await exchange.run(2)
    tape.stop()
    waiting = exchange.clock.spawn(tape.done(), "waits")
    await exchange.run(FILE_SECONDS - 0.1)
    assert not waiting.done()
    await exchange.run(0.2)
    assert waiting.done() and tape.told == ()
    assert [one.code for one in exchange.events(Noticed)] == [12400]
    disk.set()
    assert tape.recording and await tape.recording.kept()
    assert exchange.clock.now() == pytest.approx(began + 2 + FILE_SECONDS + 0.1)


async def test_who_is_cancelled_while_he_waits_for_it_takes_it_from_nobody(exchange):
    tape, _ = await taping(exchange)
    tape.start()
    await exchange.run(2)
    first, second = (exchange.clock.spawn(tape.done(), "waits") for _ in range(2))
    await exchange.run(1)
    first.cancel()
    await exchange.run(1)
    tape.stop()
    await exchange.run(1)
    await asyncio.wait({second})
    assert second.exception() is None and tape.told
