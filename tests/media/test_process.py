"""The media process's end of the line: nothing it does may wait for the exchange."""

import socket

import pytest

from hoyhoy.audio import tones
from hoyhoy.media import orders
from hoyhoy.media.arena import Arena
from hoyhoy.media.desk import Desk
from hoyhoy.media.framing import Frames, framed
from hoyhoy.media.plane import Plane
from hoyhoy.media.process import Deaf, Wire, _looked_up, main, run


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


def test_a_flood_of_sound_is_read_by_and_by(pair, monkeypatch):
    monkeypatch.setattr("hoyhoy.media.process.MOST_READ", 30_000)
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
        assert len(wire.frames._buffer) + len(got) * len(body) - before <= 30_000 and len(got) >= whole
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


def test_while_it_waits_it_writes_and_hears(pair):
    ours, theirs = pair
    wire = Wire(theirs)
    event = orders.Recorded(recording=1, sound=bytes(8_000_000), channels=1, is_last=False)
    wire.write([event])
    assert wire.waiting > 4_000_000, "more than a socket holds"
    got, frames = [], Frames()
    while not got:
        try:
            got += frames.feed(ours.recv(1 << 20))
        except BlockingIOError:
            wire.wait(20.0, hears=True)  # as soon as there is room, not only then
    assert orders.read_events(got[0]) == [event] and wire.waiting == 0 and not wire.unsent
    ours.send(framed(orders.pack([orders.Open(leg=1)])))
    wire.wait(3600.0, hears=True)
    assert len(wire.read()) == 1


def test_what_happens_at_once_is_told_in_several_lists(pair):
    """One list may not be longer than the exchange believes."""
    ours, theirs = pair
    wire, frames, got = Wire(theirs), Frames(), []
    events = [orders.Recorded(recording=n, sound=bytes(300_000), channels=1, is_last=True) for n in range(10)]
    wire.write([*events, orders.Pressed(leg=1, key="1")])
    while wire.waiting:
        got += frames.feed(ours.recv(1 << 22))
        wire.write([])
    got += frames.feed(ours.recv(1 << 22))
    lists = [orders.read_events(one) for one in got]
    assert [len(one) for one in lists] == [4, 4, 3] and [*lists[0], *lists[1], *lists[2]][:10] == events


def test_a_process_has_even_ports_for_sound(pair, monkeypatch):
    monkeypatch.setattr("hoyhoy.media.process.signal.signal", lambda *_: None)
    ours, theirs = pair
    told = [orders.OpenStream(leg=1, remote=0, law=0, events=-1, ssrc=1, sequence=0, timestamp=0)]
    ours.send(framed(orders.pack(told)))
    ours.shutdown(socket.SHUT_WR)
    assert main([str(theirs.detach()), "127.0.0.1", "4", "0", "0"]) == 0
    [[ready]] = [orders.read_events(one) for one in Frames().feed(ours.recv(1 << 16))]
    assert len(ready.ports) == 2 and all(port % 2 == 0 for port in ready.ports)


@pytest.mark.parametrize(
    ("advertised", "found"), [("", ""), ("203.0.113.9", "203.0.113.9"), ("localhost", "127.0.0.1")]
)
def test_browsers_are_told_numeric_addresses(advertised, found):
    assert _looked_up(advertised) == found


def test_a_name_that_nobody_knows_is_named(capsys):
    assert _looked_up("no such name.invalid") == ""
    assert "no such name.invalid" in capsys.readouterr().err
