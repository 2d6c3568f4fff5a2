"""Talk through bad networks, many legs at once: what is heard is what was said, with few things made up.

Each far end says noise that is nowhere like itself, a second and a half at a time with pauses, so that every
10 ms of what is heard can be found in what was said.
"""

import itertools
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from hoyhoy.audio import FRAME, FRAME_SECONDS, RATE
from hoyhoy.audio.g711 import Law, decode, encode
from hoyhoy.media.datagrams import source_of
from hoyhoy.media.jitter import SLOT
from hoyhoy.media.reports import WITH_SOUND
from hoyhoy.media.streams import Description

from .memory import Network, Plane, carry, pass_time, use

SECONDS = 42
TALK, PAUSE = 120, 30
"""Packets of 20 ms."""


def always(random, n):
    return [0.0]


@dataclass
class Far:
    """A far end, its network, and what may happen to its sound: which part of all slots of 10 ms may be missing, made
    up or heard twice, and the delay in seconds that none is heard after."""

    name: str
    arrives: Callable = always
    """After which times the n-th packet does."""
    packet: int = FRAME
    parts_per_million: float = 0.0
    sends_pauses: bool = True
    missing: float = 0.0
    made_up: float = 0.0
    repeated: float = 0.0
    delay: float = 0.08


def lost(share):
    return lambda random, n: [] if random.random() < share else [0.0]


def spikes(random, n):
    """The network stands still for 150 ms, every five seconds."""
    return [max(0.0, 0.15 - 0.02 * (n % 250 - 200)) if 200 <= n % 250 < 208 else 0.0]


def everything(random, n):
    if random.random() < 0.02:
        return []
    late = min(0.035, random.exponential(0.008))
    return [late] if random.random() < 0.9 else [late, late + 0.03]


FAR = [
    Far("20 ms"),
    Far("10 ms", packet=80),
    Far("30 ms", packet=240, delay=0.1),
    Far("40 ms", packet=320, delay=0.1),
    Far("A twentieth is lost", lost(0.05), missing=0.06, made_up=0.06),
    Far("five in a row are lost", lambda random, n: [] if n % 100 > 94 else [0.0], missing=0.06, made_up=0.04),
    Far("neighbours change places", lambda random, n: [0.025 * (n % 2)]),
    Far("each third comes twice", lambda random, n: [0.0, 0.015] if n % 3 == 0 else [0.0]),
    Far("jitter of 35 ms", lambda random, n: [random.uniform(0, 0.035)], delay=0.12),
    Far("silence is not sent", sends_pauses=False, made_up=0.07),
    Far("its clock is fast", parts_per_million=200, missing=0.01),
    Far("its clock is slow", parts_per_million=-200, made_up=0.01),
    Far("ten minutes of a fast clock", parts_per_million=3000, missing=0.01, delay=0.2),
    Far("ten minutes of a slow clock", parts_per_million=-3000, missing=0.01, made_up=0.02, repeated=0.01, delay=0.1),
    Far("it stands still now and then", spikes, made_up=0.02, repeated=0.01, delay=0.3),
    Far("everything at once", everything, parts_per_million=-200, missing=0.05, made_up=0.05, delay=0.2),
]


def said(seed):
    noise = np.random.default_rng(seed).normal(0, 4000, SECONDS * RATE).clip(-30000, 30000).astype(np.int16)
    noise[np.arange(len(noise)) // FRAME % (TALK + PAUSE) >= TALK] = 0
    return encode(noise, Law.ULAW)


def send(far, octets, sock, source, random):
    """All packets, each at its time."""
    talks = np.arange(len(octets)) // FRAME % (TALK + PAUSE) < TALK
    sequence, was_silent = itertools.count(65000), False
    for n, at in enumerate(range(0, len(octets) - far.packet + 1, far.packet)):
        if not far.sends_pauses and not talks[at]:
            was_silent = True
            continue
        head = struct.pack(">BBHII", 0x80, was_silent << 7, next(sequence) % 2**16, (at - 1000) % 2**32, 99)
        was_silent = False
        packet = head + octets[at : at + far.packet].tobytes()
        when = 1000 + (at + far.packet) / RATE / (1 + far.parts_per_million / 1e6)
        for late in far.arrives(random, n):
            sock.arrive(when + late, packet, source)


@pytest.fixture(scope="module")
def talk():
    """What each leg of a plane heard of its far end, as samples."""
    with pytest.MonkeyPatch.context() as patch:
        use(patch)
        network = Network()
        plane = Plane(network, "192.0.2.1", rows=len(FAR), ports=2)
        sounds, heard = [said(seed) for seed in range(len(FAR))], []
        for row, far in enumerate(FAR):
            address = (f"198.51.100.{row}", 4000)
            description = Description(source_of(*address), Law.ULAW, 101, ssrc=5, sequence=0, timestamp=0)
            port = plane.streams.open(row, description)
            send(far, sounds[row], plane.sockets[port], address, np.random.default_rng(row))
        for _ in range(SECONDS * 50 + 20):
            network.now += FRAME_SECONDS
            heard.append(plane.tick())
        statistics = [plane.streams.statistics(row) for row in range(len(FAR))]
        return [decode(sound) for sound in sounds], np.concatenate(heard, axis=1), statistics


def slots(sound):
    """10 ms each, as something that can be looked up."""
    return [slot.tobytes() for slot in sound[: len(sound) // SLOT * SLOT].reshape(-1, SLOT)]


@pytest.mark.parametrize("row", range(len(FAR)), ids=[far.name for far in FAR])
def test_what_is_heard_is_what_was_said(talk, row):
    far, quiet = FAR[row], bytes(2 * SLOT)
    sound, heard = slots(talk[0][row]), slots(talk[1][row])
    place = {slot: n for n, slot in enumerate(sound) if slot != quiet}
    found = [(at, place[slot]) for at, slot in enumerate(heard) if slot in place]
    different = len({n for _, n in found})
    made_up = sum(1 for slot in heard if slot != quiet and slot not in place)
    assert 1 - different / len(place) <= far.missing
    assert made_up / len(place) <= far.made_up
    assert (len(found) - different) / len(place) <= far.repeated
    back = sum(1 for (_, before), (_, after) in itertools.pairwise(found) if after <= before)
    assert back <= (far.repeated > 0) * SECONDS / 5, "the order of what was said"
    speed = 1 + far.parts_per_million / 1e6
    delays = [((at + 2) - (n / speed)) * SLOT / RATE for at, n in found]
    assert min(delays) > 0 and max(delays) <= far.delay + 1e-9


def test_what_is_counted(talk):
    by_name = dict(zip((far.name for far in FAR), talk[2], strict=True))
    clean = by_name["20 ms"]
    assert (clean.received, clean.lost, clean.late, clean.concealed) == (2100, 0, 0, 3), "three at its end"
    assert clean.octets_received == 336_000 and by_name["40 ms"].received == 1050
    for name in ("20 ms", "neighbours change places", "jitter of 35 ms", "its clock is fast", "silence is not sent"):
        assert by_name[name].lost == 0, name
    holes = by_name["five in a row are lost"]
    assert (holes.lost, holes.received) == (100, 1995), "of the last hole nobody has heard"
    assert 60 < by_name["A twentieth is lost"].lost < 140
    assert all(one.sent == 2120 and one.octets_sent == 2120 * FRAME for one in talk[2])


# Two planes talk, and report to each other ---------------------------------------------------


@pytest.fixture
def network(monkeypatch):
    use(monkeypatch)
    return Network()


def connected(network, apart, way):
    """Two planes with a leg each; `way` leads from the first to the second, and back in no time."""
    one, two = (Plane(network, host, chance=lambda: 0.6) for host in ("192.0.2.1", "192.0.2.2"))
    for here, there in ((one.sockets, two.sockets), (one.streams.control, two.streams.control)):
        network.ways[here[0].address, there[0].address] = way
    for plane, other, ssrc in ((one, two, 11), (two, one, 22)):
        to = source_of(*other.streams.control[0].address) if apart else WITH_SOUND
        remote = source_of(*other.sockets[0].address)
        plane.streams.open(0, Description(remote, Law.ULAW, 101, ssrc, sequence=0, timestamp=0, reports=to))
    return one, two


@pytest.mark.parametrize("apart", [False, True], ids=["with the sound", "apart"])
def test_both_ends_learn_how_it_is_at_the_other(network, apart):
    dice = np.random.default_rng(1)
    one, two = connected(network, apart, lambda n: [] if dice.random() < 0.1 else [0.1])
    pass_time(network, one, two, seconds=25)
    here, there = (plane.streams.statistics(0) for plane in (one, two))
    assert 80 < there.lost < 180 and here.lost == 0 and there.sent == here.sent == 1250
    assert 0.6 * there.lost <= here.far.lost <= there.lost, "as of the latest report"
    assert there.far.lost == 0
    for plane in (one, two):
        took = plane.streams.statistics(0).far.round_trip
        assert 0.1 <= took < (0.45 if apart else 0.2), "and the time in which nobody looks"
        assert 3 <= len(plane.told) <= 5, "once in five seconds"
        assert not plane.told[-1].has_left


def test_a_goodbye_is_heard(network):
    one, two = connected(network, False, carry(0.02))
    pass_time(network, one, two, seconds=10)
    one.streams.close(0)
    pass_time(network, two, seconds=1)
    assert two.streams.statistics(0).far.has_left
    assert math.isclose(two.streams.statistics(0).far.round_trip, 0.02, abs_tol=0.05)
