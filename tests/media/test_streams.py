"""RTP of all legs over real sockets: sound compared, keys, latching, strangers, statistics."""

import struct

import numpy as np
import pytest

from hoyhoy.audio import FRAME, RATE, g711, tones
from hoyhoy.audio.g711 import Law
from hoyhoy.media.datagrams import open_socket, source_of
from hoyhoy.media.jitter import DELAY
from hoyhoy.media.packets import key_payload
from hoyhoy.media.plane import Pressed
from hoyhoy.media.ports import PortsExhausted
from hoyhoy.media.reports import WITH_SOUND, Reported
from hoyhoy.media.streams import Description, Streams
from hoyhoy.wire.rtp import rtcp

EVENTS = 101


class Far:
    """A far end with a socket of its own."""

    def __init__(self, ssrc=77, law=Law.ULAW):
        self.socket = open_socket("127.0.0.1")
        self.ssrc, self.law = ssrc, law
        self.sequence, self.timestamp = 65530, 2**32 - 800

    @property
    def source(self):
        return source_of(*self.socket.getsockname())

    def describe(self, **changes):
        return Description(
            **{"remote": self.source, "law": self.law, "events": EVENTS, "ssrc": 5, "sequence": 9, "timestamp": 1000}
            | changes
        )

    def send(self, to, payload, kind=None, timestamp=None, step=FRAME, marker=False):
        head = struct.pack(
            ">BBHII",
            0x80,
            (self.law if kind is None else kind) | marker << 7,
            self.sequence % 2**16,
            (self.timestamp if timestamp is None else timestamp) % 2**32,
            self.ssrc,
        )
        self.socket.sendto(head + bytes(payload), to)
        self.sequence += 1
        self.timestamp += step

    def got(self):
        """Every packet that waits: (payload type, marker, sequence, timestamp, ssrc, payload)."""
        found = []
        while True:
            try:
                packet = self.socket.recv(2000)
            except BlockingIOError:
                return found
            _, second, sequence, timestamp, ssrc = struct.unpack(">BBHII", packet[:12])
            found.append((second & 127, second >> 7, sequence, timestamp, ssrc, packet[12:]))


@pytest.fixture
def made():
    """Streams of 8 rows on two ports, and far ends that are closed afterwards."""
    sockets, ends = [open_socket("127.0.0.1") for _ in range(2)], []

    def far(**options):
        ends.append(Far(**options))
        return ends[-1]

    yield Streams(8, sockets), far
    for sock in (*sockets, *(end.socket for end in ends)):
        sock.close()


EVERY = np.arange(8)


def silence(rows=8):
    return np.zeros((rows, FRAME), np.int16)


def hear(streams, row, ticks):
    frames = [streams.frames(EVERY)[row] for _ in range(ticks)]
    return np.concatenate(frames)


@pytest.mark.parametrize("law", Law)
def test_sound_goes_both_ways(made, law):
    streams, far = made
    end = far(law=law)
    port = streams.open(3, end.describe())
    here = streams.sockets[port].getsockname()
    said = g711.decode(g711.encode(tones.tone(0.1, 440), law), law)
    heard = []
    for at in range(0, len(said), FRAME):
        end.send(here, g711.encode(said[at : at + FRAME], law).tobytes())
        assert streams.receive() == []
        frames = streams.frames(EVERY)
        heard.append(frames[3])
        out = silence()
        out[3] = said[at : at + FRAME]
        assert streams.send(EVERY, out) == 1
    heard = np.concatenate([*heard, hear(streams, 3, 4)])
    assert (heard[DELAY : DELAY + len(said)] == said).all()
    got = end.got()
    assert b"".join(one[5] for one in got) == g711.encode(said, law).tobytes()
    assert [one[:5] for one in got] == [(law, int(n == 0), 9 + n, 1000 + n * FRAME, 5) for n in range(len(got))]


def test_a_packet_that_no_telephone_sends_is_cut_off(made):
    """A ring would be written over where it is still to be heard."""
    streams, far = made
    end = far()
    end.send(streams.sockets[streams.open(3, end.describe())].getsockname(), bytes([0]) * 1400)
    streams.receive()
    assert 600 < (hear(streams, 3, 12) == g711.decode(np.zeros(1, np.uint8), Law.ULAW)).sum() <= 640


def test_legs_are_told_apart_on_one_port(made):
    streams, far = made
    ends = [far(ssrc=1) for _ in range(6)]
    ports = {}
    for row, end in enumerate(ends):
        ports[row] = streams.open(row, end.describe())
        end.send(streams.sockets[ports[row]].getsockname(), bytes([row]) * FRAME)
        streams.receive()
        streams.frames(EVERY)
    streams.frames(EVERY)
    values = {row: g711.decode(np.array([row], np.uint8))[0] for row in range(6)}
    for _ in range(5):
        for row, end in enumerate(ends):
            end.send(streams.sockets[ports[row]].getsockname(), bytes([row]) * FRAME)
        streams.receive()
        frames = streams.frames(EVERY)
    assert all((frames[row] == values[row]).all() for row in range(6)), "equal SSRCs, no crosstalk"


def test_a_stranger_is_not_listened_to(made):
    streams, far = made
    end, stranger = far(), far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    end.send(here, b"\x00" * FRAME)
    streams.receive()
    for _ in range(10):
        stranger.send(here, b"\x80" * FRAME, timestamp=end.timestamp)
    stranger.socket.sendto(b"not even RTP", here)
    assert streams.receive() == [] and streams.strangers == 10
    streams.send(EVERY, silence())
    assert len(end.got()) == 1 and stranger.got() == []
    assert streams.statistics(0).received == 1


def test_it_latches_behind_a_nat_and_answers_there(made):
    streams, far = made
    named, real, stranger = far(), far(), far()
    here = streams.sockets[streams.open(0, named.describe())].getsockname()
    real.send(here, b"\x00" * FRAME)
    streams.receive()
    stranger.send(here, b"\x00" * FRAME)
    streams.receive()
    streams.send(EVERY, silence())
    assert len(real.got()) == 1 and named.got() == stranger.got() == [] and streams.strangers == 1


def test_keys_are_told_once_each(made):  # RFC 4733 2.5
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(2, end.describe())].getsockname()
    for key in "12#":
        began = end.timestamp
        for n in range(8):
            payload = key_payload(key, end=n >= 5, duration=min(n + 1, 5) * FRAME)
            end.send(here, payload, kind=EVENTS, timestamp=began, marker=n == 0)
    end.send(here, b"\x10\x0a\0\xa0", kind=EVENTS)
    end.send(here, b"\x01", kind=EVENTS)
    assert streams.receive() == [Pressed(2, "1"), Pressed(2, "2"), Pressed(2, "#")]


def test_keys_in_the_wrong_order_are_not_told_twice(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(2, end.describe())].getsockname()
    for key, timestamp in (("1", 1000), ("2", 3000), ("1", 1000), ("2", 3000), ("3", 5000)):
        end.send(here, key_payload(key, end=False, duration=160), kind=EVENTS, timestamp=timestamp)
    assert [event.key for event in streams.receive()] == ["1", "2", "3"]


def test_what_was_not_agreed_on_disturbs_nothing(made):
    """Comfort noise with an SSRC of its own (RFC 3389) between packets of sound; and it latches nobody."""
    streams, far = made
    end, stranger = far(), far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    stranger.send(here, b"\x40", kind=13)
    streams.receive()
    heard = 0
    for n in range(50):
        if n % 5 == 4:
            end.ssrc += 1
            end.send(here, b"\x40", kind=13, step=0)
            end.ssrc, end.sequence = end.ssrc - 1, end.sequence - 1
        end.send(here, b"\x00" * FRAME)
        streams.receive()
        heard += bool(streams.frames(EVERY)[0].any())
    assert heard >= 45 and streams.statistics(0).received == 50


def test_a_flood_takes_only_what_a_tick_has_time_for(made):
    streams, far = made
    end, flood = far(), far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    for _ in range(20_000):
        flood.send(here, b"\x00" * FRAME)
    streams.receive()
    assert streams.strangers <= streams._in.count
    end.send(here, b"\x00" * FRAME)


def test_keys_are_sent_as_events(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(2, end.describe())].getsockname()
    assert streams.dial(2, "7#")
    ticks = 0
    while 2 in streams.dialling:
        streams.send(EVERY, silence())
        ticks += 1
    streams.send(EVERY, silence())
    got = end.got()
    assert ticks == 20 and [one[0] for one in got] == ([EVENTS] * 8 + [Law.ULAW] * 2) * 2 + [Law.ULAW]
    first = [struct.unpack(">BBH", one[5]) for one in got[:8]]
    assert first == [(7, 10, 160), (7, 10, 320), (7, 10, 480), (7, 10, 640), (7, 10, 800)] + [(7, 0x8A, 800)] * 3
    assert len({one[3] for one in got[:8]}) == 1 and got[8][3] == got[0][3] + 8 * FRAME
    assert [one[1] for one in got[:11]] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert [one[2] for one in got] == list(range(9, 30))
    again, twin = far(), Streams(8, streams.sockets)
    twin.open(0, again.describe())
    for one in got:
        head = struct.pack(">BBHII", 0x80, one[0] | one[1] << 7, one[2], one[3], one[4])
        again.socket.sendto(head + one[5], here)
    assert [event.key for event in twin.receive()] == ["7", "#"], "what we send we understand"


def test_pauses_between_keys_and_what_is_no_key(made):
    streams, far = made
    end = far()
    streams.open(0, end.describe())
    assert streams.dial(0, "x!") and 0 not in streams.dialling
    assert streams.dial(0, "1wx2")
    for _ in range(45):
        streams.send(EVERY, silence())
    kinds = [packet[0] == EVENTS for packet in end.got()]
    assert kinds == [True] * 8 + [False] * (2 + 25) + [True] * 8 + [False] * 2


def test_who_knows_no_events_is_sent_none(made):
    streams, far = made
    streams.open(0, far().describe(events=-1))
    assert not streams.dial(0, "1")


def test_statistics(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(1, end.describe())].getsockname()
    for n in range(50):
        if n % 10 == 5:
            end.sequence += 1
            end.timestamp += FRAME
        end.send(here, b"\xff" * FRAME)
        streams.receive()
        streams.frames(EVERY)
    found = streams.statistics(1)
    assert (found.received, found.lost) == (50, 5)
    assert found.jitter > 0, "all at once is not every 20 ms"
    assert streams.statistics(0).received == streams.statistics(0).lost == 0


def test_a_new_ssrc_is_a_new_stream(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    for _ in range(4):
        end.send(here, b"\x00" * FRAME)
        streams.receive()
        streams.frames(EVERY)
    end.ssrc, end.sequence, end.timestamp = 99, 5, 12345
    heard = []
    for _ in range(6):
        end.send(here, b"\x80" * FRAME)
        streams.receive()
        heard.append(streams.frames(EVERY)[0][0])
    assert heard[-1] == g711.decode(np.array([0x80], np.uint8))[0]
    assert streams.statistics(0).lost == 0


def test_a_reinvite_changes_address_and_codec(made):
    streams, far = made
    one, two = far(), far(law=Law.ALAW)
    here = streams.sockets[streams.open(0, one.describe())].getsockname()
    one.send(here, b"\x00" * FRAME)
    streams.receive()
    streams.send(EVERY, silence())
    streams.change(0, two.describe(ssrc=123, sequence=4))
    one.send(here, b"\x00" * FRAME)
    streams.receive()
    streams.send(EVERY, silence())
    two.sequence += 500
    two.send(here, b"\x55" * FRAME)
    assert streams.receive() == [] and streams.statistics(0).received == 2
    assert streams.statistics(0).lost == 0, "another stream, whatever its SSRC"
    [packet] = two.got()
    assert packet[0] == Law.ALAW and packet[2] == 10 and packet[4] == 5, "our own stream goes on"
    assert len(one.got()) == 1


def test_a_closed_leg_is_silent_and_its_port_free(made):
    streams, far = made
    end = far()
    for row in (0, 1):
        here = streams.sockets[streams.open(row, end.describe())].getsockname()
        end.send(here, b"\0" * FRAME)
        streams.receive()
    with pytest.raises(PortsExhausted):
        streams.open(2, end.describe())
    streams.dial(0, "1")
    streams.close(0)
    assert streams.send(EVERY, silence()) == 1 and 0 not in streams.dialling
    streams.open(2, end.describe())
    assert streams.send(EVERY, silence()) == 2


def test_lengths_and_codecs_may_change_from_packet_to_packet(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    said = tones.tone(0.6, 500)
    heard, at, n = [], 0, 0
    while at < len(said):
        law, length = Law(8 * (n % 2)), (80, 160, 240)[n % 3]
        end.send(here, g711.encode(said[at : at + length], law).tobytes(), kind=law, step=length)
        at, n = at + length, n + 1
        while at >= len(heard) * FRAME:
            streams.receive()
            heard.append(streams.frames(EVERY)[0])
    heard = np.concatenate(heard)[DELAY:].astype(int)
    assert len(heard) > 0.4 * RATE and np.abs(heard - said[: len(heard)]).max() < 300


# Reserved legs, and direction ----------------------------------------------------------------


def test_a_reserved_leg_hears_nobody_and_sends_nothing(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(0, end.describe(remote=0))].getsockname()
    end.send(here, b"\x00" * FRAME)
    assert streams.receive() == [] and streams.strangers == 1
    assert streams.send(EVERY, silence()) == 0 and end.got() == []
    assert streams.dial(0, "1"), "it waits"
    for _ in range(300):
        streams.send(EVERY, silence())
    assert streams.statistics(0).sent == 0
    streams.close(0)


def test_a_reserved_leg_begins_with_its_address(made):
    streams, far = made
    end, other = far(), far()
    port = streams.open(0, end.describe(remote=0))
    for _ in range(3):
        streams.send(EVERY, silence())
    streams.change(0, end.describe())
    end.send(streams.sockets[port].getsockname(), b"\x00" * FRAME)
    streams.receive()
    assert hear(streams, 0, 4).any()
    assert streams.send(EVERY, silence()) == 1
    assert [one[:5] for one in end.got()] == [(0, 1, 9, 1000 + 3 * FRAME, 5)], "marked, and time has gone on"
    rows = range(1, 3)
    for row in rows:
        streams.open(row, other.describe(remote=0))
    with pytest.raises(PortsExhausted):
        for row in rows:
            streams.change(row, end.describe())


def test_on_hold_nothing_is_sent_and_time_goes_on(made):
    streams, far = made
    end = far()
    streams.open(0, end.describe())
    streams.send(EVERY, silence())
    streams.change(0, end.describe(sends=False))
    assert [streams.send(EVERY, silence()) for _ in range(5)] == [0] * 5
    streams.change(0, end.describe())
    assert [streams.send(EVERY, silence()) for _ in range(2)] == [1, 1]
    assert [one[1:4] for one in end.got()] == [(1, 9, 1000), (1, 10, 1000 + 6 * FRAME), (0, 11, 1000 + 7 * FRAME)]
    assert (streams.statistics(0).sent, streams.statistics(0).octets_sent) == (3, 480)


def test_the_hold_of_rfc_2543(made):
    """c=0.0.0.0 (RFC 3264 8.4): nothing is sent there, and the address that was agreed stays whose it was."""
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    for nowhere in (0, source_of("0.0.0.0", 4000)):
        streams.change(0, end.describe(remote=nowhere))
        end.send(here, b"\x00" * FRAME)
        streams.receive()
        assert streams.send(EVERY, silence()) == 0 and streams.strangers == 0
    streams.change(0, end.describe())
    assert streams.send(EVERY, silence()) == 1 and len(end.got()) == 1


def test_who_is_not_listened_to_is_not_heard(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    for hears in (True, False, True):
        streams.change(0, end.describe(hears=hears))
        assert not streams.frames(EVERY).any(), "at once, and nothing of before"
        heard = []
        for _ in range(6):
            end.send(here, b"\x00" * FRAME)
            end.send(here, key_payload("1", end=False, duration=160), kind=EVENTS, step=0)
            heard += streams.receive()
            frame = streams.frames(EVERY)[0]
        assert frame.any() == hears and bool(heard) == hears
    assert streams.statistics(0).received == 36, "what came is counted all the same"


def test_a_held_leg_still_latches(made):
    """Music on hold has to go where the far end really is."""
    streams, far = made
    named, real = far(), far()
    here = streams.sockets[streams.open(0, named.describe(hears=False))].getsockname()
    real.send(here, b"\x00" * FRAME)
    streams.receive()
    streams.send(EVERY, silence())
    assert len(real.got()) == 1 and named.got() == []


def test_keys_wait_while_nothing_is_sent(made):
    streams, far = made
    end = far()
    streams.open(0, end.describe())
    streams.dial(0, "12")
    for _ in range(3):
        streams.send(EVERY, silence())
    streams.change(0, end.describe(sends=False))
    for _ in range(20):
        streams.send(EVERY, silence())
    streams.change(0, end.describe())
    for _ in range(12):
        streams.send(EVERY, silence())
    got = end.got()
    assert [one[0] == EVENTS for one in got] == [True] * 11 + [False] * 4
    assert [one[5][0] for one in got[:11]] == [1] * 3 + [2] * 8, "the key that was cut short is not pressed again"
    assert len({one[3] for one in got[3:11]}) == 1 and got[3][1] == 1
    assert streams.statistics(0).octets_sent == 11 * 4 + 4 * FRAME
    streams.dial(0, "1")
    streams.send(EVERY, silence())
    streams.change(0, end.describe(sends=False))
    assert 0 not in streams.dialling


def test_a_refreshed_session_disturbs_nothing(made):
    """A re-INVITE with the same description, as session timers send it (RFC 4028), is not heard."""
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    said = g711.decode(g711.encode(tones.tone(0.4, 440)))
    heard = []
    for at in range(0, len(said), FRAME):
        end.send(here, g711.encode(said[at : at + FRAME]).tobytes())
        streams.receive()
        heard.append(streams.frames(EVERY)[0])
        if at == 10 * FRAME:
            streams.change(0, end.describe())
    assert (np.concatenate(heard)[DELAY:] == said[: len(said) - DELAY]).all()


# Two hundred calls from one address ----------------------------------------------------------


def test_two_hundred_legs_of_one_far_end_with_one_ssrc():
    """A provider sends all calls from one port, with one SSRC: they get ports that differ, and nobody hears another."""
    count = 200
    sockets, end = [open_socket("127.0.0.1", buffer=1 << 14) for _ in range(count)], Far(ssrc=1)
    try:
        streams, every = Streams(count + 1, sockets), np.arange(count + 1)
        ports = [streams.open(row, end.describe()) for row in range(count)]
        assert len(set(ports)) == count
        with pytest.raises(PortsExhausted):
            streams.open(count, end.describe())
        for n in range(4):
            for row, port in enumerate(ports):
                payload = bytes([row]) * FRAME
                end.send(sockets[port].getsockname(), payload, timestamp=n * FRAME)
            streams.receive()
            frames = streams.frames(every)
        values = g711.decode(np.arange(count, dtype=np.uint8))
        assert (frames[:count] == values[:, None]).all() and not frames[count].any()
        assert streams.strangers == 0
    finally:
        for sock in (*sockets, end.socket):
            sock.close()


# Reports -------------------------------------------------------------------------------------


def reports_of(sock):
    """Every RTCP packet that waits at a socket, and where it came from."""
    found = []
    while True:
        try:
            packet, source = sock.recvfrom(2000)
        except BlockingIOError:
            return found
        if 192 <= packet[1] <= 223:
            found.append((rtcp.read(packet), source))


def pass_ticks(streams, ticks):
    for _ in range(ticks):
        streams.receive()
        streams.frames(EVERY)
        streams.send(EVERY, silence())


def until(streams, wanted):
    """What `receive` tells, as soon as that is anything; ports for reports have their turns."""
    for _ in range(wanted):
        if told := streams.receive():
            return told
        streams.send(EVERY, silence())
    return []


def test_reports_go_with_the_sound(made):  # RFC 5761
    streams, far = made
    end = far()
    port = streams.open(0, end.describe(reports=WITH_SOUND))
    for _ in range(3):
        end.send(streams.sockets[port].getsockname(), b"\x00" * FRAME)
    pass_ticks(streams, 130)
    [(found, source)] = reports_of(end.socket)
    assert source == streams.sockets[port].getsockname()
    [report] = found.reports
    assert report.ssrc == 5 and report.sending.packets == 125 and report.sending.octets == 125 * 160
    assert report.sending.timestamp == 1000 + 125 * FRAME and found.names == {5: b"hoyhoy"}
    assert [(one.ssrc, one.lost, one.highest) for one in report.blocks] == [(77, 0, 65532)]
    streams.close(0)
    [(found, _)] = reports_of(end.socket)
    assert found.leaving == {5}, "and it says goodbye"


def test_nobody_reports_to_who_was_told_nothing_or_wants_none(made):
    streams, far = made
    silent, reserved = far(), far()
    streams.open(0, silent.describe())
    streams.open(1, reserved.describe(remote=0, reports=WITH_SOUND))
    pass_ticks(streams, 400)
    for row in (0, 1):
        streams.close(row)
    assert reports_of(silent.socket) == reports_of(reserved.socket) == []


def test_reports_of_a_held_leg_go_on(made):
    streams, far = made
    end = far()
    streams.open(0, end.describe(reports=WITH_SOUND, sends=False))
    pass_ticks(streams, 400)
    found = [one.reports[0] for one, _ in reports_of(end.socket)]
    assert [one.sending for one in found] == [None, None], "who sends nothing is no sender"


def report_on(ours, theirs=77, lost=4, jitter=80, leaving=False):
    return rtcp.write(rtcp.Report(theirs, None, (rtcp.Block(ours, 0, lost, 0, jitter),)), "far", is_leaving=leaving)


def test_what_a_far_end_reports_is_told(made):
    streams, far = made
    end = far()
    here = streams.sockets[streams.open(3, end.describe())].getsockname()
    end.socket.sendto(report_on(5), here)
    assert streams.receive() == [Reported(3, 4, 80 / RATE, None, False)]
    end.socket.sendto(report_on(5, lost=6), here)
    assert streams.receive() == [], "once in five seconds"
    assert streams.statistics(3).far.lost == 6 and streams.statistics(3).received == 0


def test_reports_of_strangers_and_what_is_malformed(made):  # bad inputs 14
    streams, far = made
    end, stranger = far(), far()
    stranger.socket.close()
    stranger.socket = open_socket("127.0.0.2")
    here = streams.sockets[streams.open(3, end.describe())].getsockname()
    stranger.socket.sendto(report_on(5), here)
    assert streams.receive() == [] and streams.strangers == 1
    for bad in (
        b"\x81\xc9\x00\x00" + bytes(4),
        report_on(5)[:-3],
        b"\x9f\xc8\x00\x01" + bytes(4),
        b"\x80\xcb\xff\xff" * 3,
    ):
        end.socket.sendto(bad, here)
    end.socket.sendto(report_on(4), here)
    assert streams.receive() == [] and streams.statistics(3).far.lost is None
    end.socket.sendto(report_on(5), here)
    assert len(streams.receive()) == 1


def test_reports_latch_nobody(made):
    streams, far = made
    named, real = far(), far()
    here = streams.sockets[streams.open(0, named.describe())].getsockname()
    real.socket.sendto(report_on(5), here)
    streams.receive()
    streams.send(EVERY, silence())
    assert len(named.got()) == 1 and real.got() == []


def test_a_flood_of_reports_does_not_keep_a_legs_own_out(made):
    streams, far = made
    end, flood = far(), far()
    flood.socket.close()
    flood.socket = open_socket("127.0.0.2")
    here = streams.sockets[streams.open(0, end.describe())].getsockname()
    for _ in range(500):
        flood.socket.sendto(report_on(5, lost=9), here)
    end.socket.sendto(report_on(5), here)
    assert streams.receive() == [Reported(0, 4, 80 / RATE, None, False)] and streams.strangers == 500


@pytest.fixture
def apart(made):
    """Streams with ports for reports, and a far end with one."""
    streams, far = made
    streams.control[:] = [open_socket("127.0.0.1") for _ in streams.sockets]
    end, control = far(), open_socket("127.0.0.1")
    pool = list(streams.control)
    yield streams, end, control, far
    for sock in (*pool, control):
        sock.close()


def test_reports_apart_from_sound(apart):  # RFC 3605
    streams, end, control, _ = apart
    port = streams.open(0, end.describe(reports=source_of(*control.getsockname())))
    pass_ticks(streams, 130)
    [(_, source)] = reports_of(control)
    assert source == streams.control[port].getsockname() and reports_of(end.socket) == []
    control.sendto(report_on(5), source)
    assert until(streams, 16) == [Reported(0, 4, 80 / RATE, None, False)]


def test_without_a_port_for_reports_they_come_from_that_of_sound(apart):
    streams, end, control, _ = apart
    streams.control[:] = [None, None]
    port = streams.open(0, end.describe(reports=source_of(*control.getsockname())))
    pass_ticks(streams, 130)
    [(_, source)] = reports_of(control)
    assert source == streams.sockets[port].getsockname()
    control.sendto(report_on(5), source)
    assert len(streams.receive()) == 1, "and go there"


def test_whose_report_it_is_of_many_legs_of_one_host(apart):
    """All from one address: the SSRCs that a report speaks of tell the legs apart."""
    streams, _, control, far = apart
    others = [far() for _ in range(3)]
    where = source_of(*control.getsockname())
    ports = {}
    for row, one in enumerate(others):
        ports[row] = streams.open(row, one.describe(ssrc=50 + row, reports=where))
        one.send(streams.sockets[ports[row]].getsockname(), b"\0" * FRAME)
        streams.receive()
    for row in (2, 0, 1):
        control.sendto(report_on(50 + row, lost=row), streams.control[ports[row]].getsockname())
    told = [event for _ in range(16) for event in until(streams, 1)]
    assert sorted((event.row, event.lost) for event in told) == [(0, 0), (1, 1), (2, 2)]
    control.sendto(report_on(99), streams.control[0].getsockname())
    assert until(streams, 16) == []


def test_behind_a_nat_reports_go_where_theirs_come_from(apart):
    streams, end, control, _ = apart
    private = source_of("192.168.1.20", 4001)
    port = streams.open(0, end.describe(reports=private))
    control.sendto(report_on(5), streams.control[port].getsockname())
    assert len(until(streams, 16)) == 1
    pass_ticks(streams, 130)
    assert len(reports_of(control)) == 1
