"""The media process's end of the line: nothing it does may wait for the exchange."""

import socket

import pytest

from hoyhoy.audio import tones
from hoyhoy.media import orders
from hoyhoy.media.arena import Arena
from hoyhoy.media.desk import Desk
from hoyhoy.media.framing import Frames, framed
from hoyhoy.media.plane import Plane
from hoyhoy.media.process import MOST_READ, Deaf, Wire, run


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    for one in (ours, theirs):
        one.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


def test_orders_are_done_and_events_told_until_the_exchange_is_gone(pair):
    ours, theirs = pair
    told = [orders.Open(leg=1), orders.Load(clip=1, sound=tones.tone(0.02, 440).tobytes()), orders.Play(leg=1, clip=1)]
    ours.send(framed(orders.pack(told)))
    ours.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        run(Wire(theirs), Desk(Plane(2, Arena(10))))


def test_a_flood_of_sound_is_read_by_and_by(pair):
    ours, theirs = pair
    wire, body = Wire(theirs), framed(orders.pack([orders.Load(clip=1, sound=bytes(100_000))]))
    waiting, got = bytearray(body * 40), []
    while len(got) < 40:
        before, whole = len(wire.frames._buffer) + len(got) * len(body), len(got)
        for _ in range(100):
            try:
                del waiting[: ours.send(waiting)]
            except (BlockingIOError, ValueError):
                break
        got += wire.read()
        assert len(wire.frames._buffer) + len(got) * len(body) - before <= MOST_READ and len(got) >= whole
    assert wire.read() == []


def test_an_exchange_that_will_not_read_any_more(pair, monkeypatch):
    monkeypatch.setattr("hoyhoy.media.process.MOST_UNSENT", 1_000_000)
    wire = Wire(pair[1])
    with pytest.raises(Deaf):
        for _ in range(100):
            wire.write([orders.Recorded(recording=1, sound=bytes(100_000), channels=1, is_last=False)])


def test_an_exchange_that_does_not_listen_holds_nothing_up(pair):
    ours, theirs = pair
    wire = Wire(theirs)
    event = orders.Recorded(recording=1, sound=bytes(100_000), channels=1, is_last=False)
    for _ in range(50):
        wire.write([event])
    got, frames = [], Frames()
    for _ in range(200):
        try:
            got += frames.feed(ours.recv(1 << 20))
        except BlockingIOError:
            pass
        wire.write([])
    assert len(got) == 50 and orders.read_events(got[-1]) == [event]
