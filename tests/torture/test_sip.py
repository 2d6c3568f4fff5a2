"""The SIP endpoint under floods and noise: bounded in count and in memory, and at work again when it is over.

What strangers sent to other servers to bring them down: bytes that are nearly SIP, half messages, very many new
requests, very many connections (RFC 4475; reports against Asterisk, Kamailio, PJSIP and others). Noise is made
from a seed, so that what fails once fails again.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hoyhoy.lines.sip.inbound import Inbound
from hoyhoy.lines.sip.target import Limits
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.transaction import ack, cancel
from tests.lines.sip.wires import Connected, Datagrams, Near, made, near, ours, turns, until
from tests.wire.sip.torture import TORTURES

pytestmark = [pytest.mark.torture, pytest.mark.timeout(300)]

PAGE = 4096
MEGABYTE = 1 << 20
STEADY = 24 * MEGABYTE
"""What the memory of one process moves by without anything being kept."""
AT_ONCE = 50
"""Datagrams sent before their receiver is let read: a socket holds more, and none shall be lost."""


fences = itertools.count()


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


class Line:
    """Somebody at home: rings, answers, refuses or breaks, as chance will have it."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.seen = 0

    def receive(self, inbound: Inbound) -> None:
        self.seen += 1
        request = inbound.request
        if request.method == "ACK":
            return
        match self._chance.randrange(8):
            case 0:
                raise SipError("not now", 480)
            case 1 | 2:
                inbound.respond(request.respond(180))
            case 3:
                inbound.on_cancel = lambda _: inbound.respond(request.respond(487))
            case _:
                inbound.respond(request.respond(200))


@pytest.fixture
async def us() -> AsyncIterator[Near]:
    limits = Limits(server_transactions=2_000, connections=100, connections_per_address=80, messages_per_second=1e9)
    made_ = await near("udp", "tcp", limits=limits)
    yield made_
    await made_.close()


@pytest.fixture
async def phone() -> AsyncIterator[Datagrams]:
    opened = await Datagrams().open()
    yield opened
    opened.close()


def mutated(octets: bytes, chance: random.Random) -> bytes:
    """The message with a few wounds."""
    text = bytearray(octets)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(text) + 1)
        piece = text[at : at + chance.randrange(1, 60)]
        match chance.randrange(8):
            case 0:
                text[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del text[at : at + len(piece)]
            case 2:
                text[at:at] = piece * chance.randrange(1, 20)
            case 3:
                text[at:at] = chance.choice(SPARKS)
            case 4:
                del text[at:]
            case 5:
                lines = text.split(b"\r\n")
                lines.insert(chance.randrange(len(lines)), chance.choice(lines))
                text = bytearray(b"\r\n".join(lines))
            case 6:
                lines = text.split(b"\r\n")
                chance.shuffle(lines)
                text = bytearray(b"\r\n".join(lines))
            case _:
                text = bytearray(text.replace(chance.choice(SEPARATORS), chance.choice(SPARKS), chance.randrange(1, 4)))
    return bytes(text[:60_000])


SEPARATORS = [b";", b":", b" ", b"\r\n", b"=", b"<", b">", b"@", b"/", b"\r\n\r\n"]
SPARKS = [
    b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\0", b'"', b"\\", b"<", b">", b";", b",", b"@", b"%", b"%00", b"%ff", b"=",
    b"[", b"]", b":", b"::1", b"99999999999999999999", b"-1", b"0", b"4294967296", b"\xff\xfe", "🙂".encode(),
    b"a" * 3000, b";" * 200, b"," * 300, b"Via: SIP/2.0/UDP h;branch=z9hG4bK", b"Content-Length: 99999", b"l: 0",
    b"SIP/2.0", b"*", b"\r\n ", b";rport=0", b";received=::", b";maddr=1.1.1.1", b";tag=", b"z9hG4bK",
]  # fmt: skip


def seeds() -> list[bytes]:
    invite = made("INVITE", body=b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n")
    messages: list[bytes] = [bytes(made(method)) for method in ("OPTIONS", "REGISTER", "BYE", "ACK", "CANCEL", "DANCE")]
    return [
        *messages,
        bytes(invite),
        bytes(invite.respond(200, to_tag="x")),
        *(one.octets for one in TORTURES.values()),
    ]


async def fence(us: Near, phone: Datagrams) -> None:
    """Everything sent so far has been read."""
    mark = b"fence %d" % next(fences)
    seen: list[bytes] = []
    us.endpoint.on_wire = lambda way, target, octets: seen.append(octets) if way == "in" and octets == mark else None
    async with asyncio.timeout(60):
        while not seen:
            phone.send(mark, us.target())
            await asyncio.sleep(0.0005)
    us.endpoint.on_wire = None


async def sound(us: Near, phone: Datagrams) -> None:
    """It has not failed at anything, forgets everything in time, and serves the next one."""
    await fence(us, phone)
    assert us.endpoint.counts["messages we failed at"] == 0
    for served in list(us.endpoint._served.values()):  # the line ends what only rings
        if not served.final:
            us.endpoint.answer(served, served.tx.request.respond(480))
    for _ in range(5):
        us.alarm.advance(1000)
        await turns()
    assert us.endpoint.transactions == (0, 0)
    assert len(us.endpoint._merged) == len(us.endpoint._timers) == 0
    heard: list[Inbound] = []
    us.endpoint.receive = heard.append
    phone.send(made("OPTIONS", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKend", call_id="the-end"), us.target())
    await until(lambda: heard and heard[-1].request.call_id == "the-end")
    heard[-1].respond(heard[-1].request.respond(200))
    await until(lambda: any(b"the-end" in octets for octets in phone.came))


async def pour(us: Near, phone: Datagrams, messages: list[bytes]) -> None:
    for at in range(0, len(messages), AT_ONCE):
        for octets in messages[at : at + AT_ONCE]:
            phone.send(octets, us.target())
        await fence(us, phone)
        phone.came.clear()


async def test_a_flood_of_invites_is_bounded(us: Near, phone: Datagrams) -> None:
    def invites(first: int) -> list[bytes]:
        return [
            bytes(
                made("INVITE", f"SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKf{n}", call_id=f"f{n}", body=b"v=0\r\n" * 50)
            )
            for n in range(first, first + 5_000)
        ]

    us.endpoint.receive = lambda inbound: None  # the line is far too slow
    await pour(us, phone, invites(0))
    full = resident()
    for round_ in range(1, 6):
        await pour(us, phone, invites(round_ * 5_000))
        assert us.endpoint.transactions[0] <= 1_600
    assert us.endpoint.counts["requests refused with 503"] > 10_000
    assert resident() - full < STEADY
    phone.send(made("BYE", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKbye", tag="ours", call_id="bye"), us.target())
    heard: list[Inbound] = []
    us.endpoint.receive = heard.append
    await until(lambda: heard)  # calls that are up can still be ended
    heard[0].respond(heard[0].request.respond(200))
    await sound(us, phone)


async def test_a_flood_of_answered_requests_is_forgotten(us: Near, phone: Datagrams) -> None:
    line = Line(random.Random(1))
    us.endpoint.receive = line.receive
    before = 0
    for round_ in range(10):
        names = [f"r{round_}x{n}" for n in range(2_000)]
        await pour(us, phone, [
            bytes(made("MESSAGE", f"SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{name}", call_id=name)) for name in names
        ])  # fmt: skip
        us.alarm.advance(33)
        if round_ == 2:
            before = resident()
    assert line.seen > 10_000
    assert resident() - before < STEADY
    await sound(us, phone)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_wounded_datagrams(us: Near, phone: Datagrams, seed: int) -> None:
    chance = random.Random(seed)
    us.endpoint.receive = Line(chance).receive
    whole, before = seeds(), 0
    for round_ in range(8):
        await pour(us, phone, [mutated(chance.choice(whole), chance) for _ in range(1_500)])
        us.alarm.advance(40)
        if round_ == 2:
            before = resident()
    assert resident() - before < STEADY
    await sound(us, phone)


@pytest.mark.parametrize("seed", [1, 2])
async def test_wounded_answers_to_calls_of_ours(us: Near, phone: Datagrams, seed: int) -> None:
    """Whoever is called may say anything: the call still ends, and is heard of once at least."""
    chance = random.Random(seed)
    ended = 0
    for number in range(300):
        heard = us.heard = []
        (invite := ours(us, phone.target)).headers.set("Call-ID", f"call-{number}")
        outgoing = us.endpoint.send(invite, [phone.target], heard.append)
        first = await phone.next()
        while not (isinstance(first, Request) and first.method == "INVITE" and first.call_id == f"call-{number}"):
            first = await phone.next()  # a CANCEL or ACK of the last call
        answers = [bytes(first.respond(status, to_tag="b")) for status in (100, 180, 200, 302, 486, 503, 600)]
        await pour(us, phone, [mutated(chance.choice(answers), chance) for _ in range(20)])
        if chance.random() < 0.5:
            outgoing.cancel()
        phone.send(first.respond(180, to_tag="b"), us.target())
        phone.send(first.respond(chance.choice((200, 487))), us.target())
        await until(lambda heard=heard: any(one.status >= 200 for one in heard))
        ended += 1
        us.alarm.advance(40)
        await turns()
        phone.came.clear()
    assert ended == 300
    await sound(us, phone)


@pytest.mark.parametrize("seed", [1, 2])
async def test_wounded_streams(us: Near, phone: Datagrams, seed: int) -> None:
    chance = random.Random(seed)
    us.endpoint.receive = Line(chance).receive
    whole = [octets.replace(b"/UDP", b"/TCP") for octets in seeds()]
    before = 0
    for round_ in range(300):
        far = await Connected().open(us.target("tcp"))
        stream = b"".join(
            octets if chance.random() < 0.5 else mutated(octets, chance)
            for octets in chance.choices(whole, k=chance.randrange(1, 20))
        )
        while stream and not far.is_closed:
            size = chance.choice((1, 7, 100, 1460, 20_000))
            far.send(stream[:size])
            stream = stream[size:] if size > 1 or len(stream) < 50 else stream[50:]
            await asyncio.sleep(0)
        far.close()
        await until(lambda: not us.endpoint._transports._open)
        us.alarm.advance(40)
        if round_ == 100:
            before = resident()
    assert resident() - before < STEADY
    await until(lambda: not us.endpoint._transports._connecting)
    await sound(us, phone)


async def test_a_flood_of_connections(us: Near, phone: Datagrams) -> None:
    """80 of one address are kept until they prove useless; the others are closed at once, and all are forgotten."""
    farthest: list[Connected] = []
    for _ in range(6):
        farthest += await asyncio.gather(*(Connected().open(us.target("tcp")) for _ in range(100)))
        await turns()
        assert len(us.endpoint._transports._open) <= 80
    await until(lambda: sum(one.is_closed for one in farthest) == len(farthest) - 80)
    for one in farthest:
        if not one.is_closed:
            one.send(b"INVITE sip:")  # and nothing more
    await turns()
    us.alarm.advance(16)
    await until(lambda: all(one.is_closed for one in farthest))
    await until(lambda: not us.endpoint._transports._open)
    assert not us.endpoint._transports._held
    await sound(us, phone)


async def test_races_of_cancel_and_answers_and_losses(us: Near, phone: Datagrams) -> None:
    """Datagrams in any order, lost and doubled: every INVITE gets a final response, and nothing is left over."""
    chance = random.Random(7)
    us.endpoint.receive = Line(chance).receive
    for number in range(500):
        name = f"race{number}"
        invite = made("INVITE", f"SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{name}", call_id=name)
        sent: list[Request] = [invite, invite, cancel(invite), ack(invite, invite.respond(487, to_tag="b"))]
        chance.shuffle(sent)
        for message in sent:
            if chance.random() < 0.8:
                phone.send(message, us.target())
            us.alarm.advance(chance.choice((0, 0, 0.1, 0.3, 5)))
        await asyncio.sleep(0)
        phone.came.clear()
    await sound(us, phone)
