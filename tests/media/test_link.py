"""A media process started, ordered and lost, over its real socket."""

import asyncio
import os
import signal
import socket

import numpy as np
import pytest

from hoyhoy.audio import g711, tones
from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.media import orders
from hoyhoy.media.framing import framed
from hoyhoy.media.link import Link, _parts

from .test_streams import EVENTS, Far

PATIENCE = 20


class Ears:
    def __init__(self):
        self.events, self.lost = asyncio.Queue(), asyncio.Event()

    async def hear(self, kind):
        """The next event of a kind; others are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                event = await self.events.get()
                if isinstance(event, kind):
                    return event


@pytest.fixture
def ears():
    return Ears()


@pytest.fixture
async def link(ears):
    made = await Link.start(RealClock(), "127.0.0.1", [0, 0], 16, ears.events.put_nowait, ears.lost.set)
    yield made
    await made.close()


async def test_a_stream_is_played_and_keys_come_back(link, ears):
    far = Far()
    assert len(link.ports) == 2 and all(link.ports)
    link.tell(
        orders.OpenStream(leg=5, remote=far.source, law=0, events=EVENTS, ssrc=1, sequence=2, timestamp=3),
        orders.Load(clip=1, sound=tones.tone(0.2, 440).tobytes()),
        orders.Play(leg=5, clip=1, order=8),
    )
    opened = await ears.hear(orders.Opened)
    assert (await ears.hear(orders.Played)) == orders.Played(leg=5, order=8)
    sound = g711.decode(g711.encode(tones.tone(0.2, 440)))
    heard = g711.decode(np.frombuffer(b"".join(packet[5] for packet in far.got()), np.uint8))
    assert (heard[: len(sound)] == sound).all()
    here = ("127.0.0.1", link.ports[opened.port])
    far.send(here, b"\x03\x0a\0\xa0", kind=EVENTS, marker=True)
    assert (await ears.hear(orders.Pressed)) == orders.Pressed(leg=5, key="3")
    measured = await ears.hear(orders.Measured)
    assert measured.legs == 1 and measured.busy >= 0
    link.tell(orders.Close(leg=5))
    assert (await ears.hear(orders.Closed)).received == 1
    far.socket.close()


async def test_a_process_that_dies_is_noticed(link, ears):
    link.tell(orders.Open(leg=1))
    await ears.hear(orders.Opened)
    os.kill(link.process.pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        await ears.lost.wait()
    link.tell(orders.Open(leg=2))
    await link.close()
    assert link.process.returncode == -signal.SIGKILL


async def test_a_process_that_hangs_is_ended(link, ears, monkeypatch):
    monkeypatch.setattr("hoyhoy.media.link.SILENCE", 0.3)
    os.kill(link.process.pid, signal.SIGSTOP)
    async with asyncio.timeout(PATIENCE):
        await ears.lost.wait()
    link.tell(orders.Open(leg=1))
    assert link._waiting == []
    await link.close()
    assert link.process.returncode == -signal.SIGKILL


class Patient:
    """A process that is never ended in earnest."""

    def __init__(self):
        self.pid, self.returncode, self.killed = 1, None, False

    def kill(self):
        self.killed = True


async def test_a_process_is_not_hung_because_the_exchange_is_late():
    clock, process, ears = VirtualClock(0.0), Patient(), Ears()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    link = Link(clock, process, ours, ears.events.put_nowait, ears.lost.set)  # nobody reads for it
    clock.spawn(link._watch(), "watch")
    await clock.settle()
    said = orders.Measured(legs=1, late=0.0, busy=0.1)
    theirs.send(framed(orders.pack([said])))
    await clock.advance(4)
    assert link.is_open and not process.killed and ears.events.get_nowait() == said
    link._ready.set_result(None)
    await clock.advance(4)
    assert process.killed and ears.lost.is_set() and not link.is_open
    theirs.close()
    await clock.close()


async def test_an_order_that_cannot_be_packed_is_refused_and_takes_no_other_with_it(link, ears, caplog):
    """Its number has no form on the wire; those of everybody else go there in the same turn of the loop."""
    link.tell(
        orders.Open(leg=1),
        orders.Load(clip=1, sound=tones.tone(0.1, 440).tobytes()),
        orders.Listen(leg=1, keys=True, silence=10**22),
        orders.Play(leg=1, clip=1, order=10**22),
        orders.Record(recording=3, of=1, track="to", frames=10**22),
        orders.Play(leg=1, clip=1, order=8),
    )
    refused = [await ears.hear(orders.Refused | orders.Played) for _ in range(3)]
    assert [getattr(one, "of", None) or one.leg for one in refused] == [1, 1, 3]
    assert refused[1].order == 10**22 and all(one.why for one in refused)
    assert await ears.hear(orders.Played) == orders.Played(leg=1, order=8)
    assert "cannot be told to the media plane: Listen" in caplog.text


async def test_a_number_that_no_plane_takes_leaves_the_process_alive(link, ears):
    link.tell(orders.Open(leg=1), orders.Listen(leg=1, keys=False, silence=10**19), orders.Open(leg=2))
    assert [(await ears.hear(orders.Opened)).leg for _ in range(2)] == [1, 2]
    link.tell(orders.Close(leg=2))
    assert (await ears.hear(orders.Closed)).leg == 2 and not ears.lost.is_set()


async def test_who_fails_with_an_event_misses_no_other(link, ears, caplog):
    take = ears.events.put_nowait

    def choosy(event):
        if getattr(event, "leg", None) == 1:
            raise KeyError(1)
        take(event)

    link._hear = choosy
    link.tell(orders.Open(leg=1), orders.Open(leg=2))
    assert (await ears.hear(orders.Opened)).leg == 2
    assert "was not taken: Opened" in caplog.text


async def test_it_ends_with_the_exchange(link, ears):
    await link.close()
    assert link.process.returncode == 0 and not ears.lost.is_set()
    await link.close()


async def test_a_port_that_is_taken_is_said(ears, capfd):
    far = Far()
    with pytest.raises(OSError, match="did not come up"):
        await Link.start(
            RealClock(), "127.0.0.1", [far.socket.getsockname()[1]], 4, ears.events.put_nowait, ears.lost.set
        )
    assert "Address already in use" in capfd.readouterr().err
    far.socket.close()


async def test_a_long_sound_crosses_in_pieces(link, ears):
    sound = np.random.default_rng(1).integers(-9000, 9000, 8000 * 120).astype(np.int16)
    link.tell(orders.Open(leg=1), orders.Load(clip=1, sound=sound.tobytes()))
    link.tell(orders.Record(recording=1, of=1, track="to", frames=25), orders.Play(leg=1, clip=1))
    recorded = await ears.hear(orders.Recorded)
    assert (np.frombuffer(recorded.sound, np.int16) == sound[: 25 * 160]).all() and recorded.is_last


def test_orders_with_much_sound_go_in_several_lists():
    load = orders.Load(clip=1, sound=bytes(16000), more=True)
    waiting = [orders.Open(leg=1), *[load] * 9, orders.Close(leg=1)]
    parts = list(_parts(waiting))
    assert [one for part in parts for one in part] == waiting and len(parts) == 2
    assert [len(part) for part in parts] == [6, 5] and list(_parts([])) == []
