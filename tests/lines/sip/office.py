"""A SIP line on a real loopback socket, its exchange, and phones at the far end; time stands still unless moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import VirtualClock
from hoyhoy.exchange.leg import Leg, LegState
from hoyhoy.exchange.media import NoRoom, Quality, Terms
from hoyhoy.exchange.ports import Dialling, Domain, Steering
from hoyhoy.lines.sip.endpoint import Endpoint
from hoyhoy.lines.sip.equipment import ABILITIES, Equipment
from hoyhoy.lines.sip.leg import SipLeg
from hoyhoy.lines.sip.line import SipLine
from hoyhoy.lines.sip.target import Bind, Target
from hoyhoy.wire.sip import sdp
from hoyhoy.wire.sip import stream as sip_stream
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.composition import compose
from hoyhoy.wire.sip.dialog import Dialog
from hoyhoy.wire.sip.grammar import Params
from hoyhoy.wire.sip.message import Message, Request, Response
from hoyhoy.wire.sip.negotiation import Negotiation, Ours
from hoyhoy.wire.sip.uri import Uri, parse
from hoyhoy.wire.sip.via import Via

from .wires import HOST, Datagrams, turns, until

DOMAIN = Domain("SD1", "AC1", "acme.sip.twilio.com", Steering("http://app/voice"), registers=True)
SOUND_PORT = 40000


class Stream:
    """A stream that only notes what it is told."""

    def __init__(self, port: int) -> None:
        self.port, self.ssrc = port, 7000 + port
        self.terms: list[Terms] = []
        self.is_closed = self.is_disturbed = self.listens = False
        self.on_key: Any = None
        self.on_lost: Any = None
        self.on_quality: Any = None

    def change(self, terms: Terms) -> None:
        self.is_disturbed = self.is_disturbed or self.is_closed
        self.terms.append(terms)

    def listen(self, keys: bool) -> None:
        self.listens = keys

    def close(self) -> None:
        self.is_closed = True
        if self.on_quality:
            self.on_quality(Quality(received=1))

    @property
    def last(self) -> Terms:
        return self.terms[-1]


class Plane:
    """A media plane without sound."""

    def __init__(self) -> None:
        self.streams: list[Stream] = []
        self.is_full = False
        self._opening, self._open = asyncio.Event(), asyncio.Event()
        self._open.set()

    async def open_stream(self, account: str, terms: Terms) -> Stream:
        if self.is_full:
            raise NoRoom
        self._opening.set()
        await self._open.wait()
        self.streams.append(Stream(20000 + 2 * len(self.streams)))
        return self.streams[-1]

    def hold(self) -> asyncio.Event:
        """No stream is opened before `go_on`; the event says that one is wanted."""
        self._opening.clear()
        self._open.clear()
        return self._opening

    def go_on(self) -> None:
        self._open.set()

    @property
    def stream(self) -> Stream:
        return self.streams[-1]


@dataclass
class Registered:
    uri: Uri
    target: Target
    path: tuple[Address, ...] = ()


@dataclass
class Road:
    uri: str
    caller: str = ""
    username: str = ""
    password: str = ""
    released: int = 0
    on_full: Any = None

    def release(self) -> None:
        self.released += 1


@dataclass
class Admitted:
    callee: Any = DOMAIN
    caller: str = "sip:alice@acme.sip.twilio.com"
    called: str = "sip:hoy@acme.sip.twilio.com"
    params: tuple[tuple[str, str], ...] = ()
    twiml: str = ""
    direction: str = "inbound"


class Neighbours:
    """Everybody the line needs: who is let in, who is registered, which trunks there are, whose domain it is."""

    def __init__(self) -> None:
        self.admitted: Admitted | None = Admitted()
        self.bindings: dict[str, list[Registered]] = {}
        self.roads: dict[str, list[Road]] = {}
        self.registrations: list[Request] = []
        self.owned: set[str] = set()
        self.asked: list[str] = []
        """Numbers that a way was taken to."""

    def admit(self, inbound: Any) -> Admitted | None:
        if self.admitted is None:
            inbound.respond(inbound.request.respond(403))
        return self.admitted

    def receive(self, inbound: Any) -> None:
        self.registrations.append(inbound.request)
        inbound.respond(inbound.request.respond(200))

    def locations(self, aor: str) -> list[Registered]:
        return self.bindings.get(aor, [])

    def reaches(self, number: str) -> bool:
        return number in self.roads

    def candidates(self, number: str, caller: str, account: str) -> list[Road]:
        self.asked.append(number)
        return self.roads.get(number, [])

    def number(self, number: str) -> str | None:
        return number if number in self.owned else None

    def domain(self, name: str) -> Domain | None:
        return DOMAIN if name.lower() == DOMAIN.name else None


@dataclass
class Came:
    leg: SipLeg
    told: dict[str, Any]


class Switchboard:
    def __init__(self) -> None:
        self.calls: list[Came] = []
        self.takes = True

    def incoming(self, leg: Leg, **told: Any) -> object | None:
        assert isinstance(leg, SipLeg)
        self.calls.append(Came(leg, told))
        return self if self.takes else None


class Office:
    """The line and all around it."""

    def __init__(self) -> None:
        self.clock = VirtualClock(1_700_000_000.0)
        self.chance = SeededChance(1)
        self.endpoint = Endpoint(self.clock, self.chance, abilities=ABILITIES)
        self.plane, self.around, self.exchange = Plane(), Neighbours(), Switchboard()
        self.complaints: list[tuple[str, int]] = []
        self.line = SipLine(
            self.clock, self.chance, self.endpoint, self.plane, self.around,  # type: ignore[arg-type]
            admission=self.around, registrar=self.around, locations=self.around, trunks=self.around,
            complain=lambda account, code, sentence: self.complaints.append((account, code)),
        )  # fmt: skip
        self.line.exchange = self.exchange
        self.endpoint.on_lost = self.line.lost
        self.phones: list[Phone] = []

    @property
    def equipment(self) -> Equipment:
        return self.line.equipment

    @property
    def target(self) -> Target:
        return Target("udp", HOST, self.endpoint.ports["udp"])

    async def phone(self, transport: str = "udp") -> Phone:
        target = Target(transport, HOST, self.endpoint.ports[transport])
        wire = Datagrams() if transport == "udp" else Connection(target)
        self.phones.append(await Phone(target, wire).open())
        return self.phones[-1]

    def dial(self, address: str, **more: Any) -> SipLeg:
        return self.line.dial(Dialling("CA1", "AC1", address, "+14155550100", **more))

    async def came(self) -> Came:
        await until(lambda: self.exchange.calls)
        return self.exchange.calls.pop(0)

    async def is_quiet(self) -> None:
        """Nothing is left of any call when all repetitions are over (RFC 3261 17: 64*T1)."""
        await self.clock.advance(70)
        assert self.line.dialogs == 0
        assert self.endpoint.transactions == (0, 0)
        assert [stream.port for stream in self.plane.streams if not stream.is_closed or stream.is_disturbed] == []
        assert self.tasks() == []

    def tasks(self) -> list[str]:
        return sorted(name for task in self.clock._tasks if (name := task.get_name()) not in ("SIP timers", "SIP tcp"))

    async def close(self) -> None:
        for phone in self.phones:
            phone.close()
        await self.endpoint.close()
        await self.clock.close()


@asynccontextmanager
async def opened() -> AsyncIterator[Office]:
    office = Office()
    await office.endpoint.start([Bind("udp", HOST), Bind("tcp", HOST)])
    try:
        yield office
    finally:
        await office.close()


class Connection(Datagrams, asyncio.Protocol):
    """The end of a TCP connection, told like `Datagrams`."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._to, self._stream = target, sip_stream.Stream()

    async def open(self, host: str = HOST) -> Connection:
        loop = asyncio.get_running_loop()
        self._connection, _ = await loop.create_connection(lambda: self, self._to.host, self._to.port)
        self.port = self._connection.get_extra_info("sockname")[1]
        return self

    def data_received(self, data: bytes) -> None:
        self.came += [bytes(found) for found in self._stream.feed(data)]  # type: ignore[arg-type]

    def send(self, message: Any, to: Target) -> None:
        self._connection.write(bytes(message))

    def close(self) -> None:
        self._connection.close()


@dataclass
class Talking:
    """The phone's end of a dialog, with the INVITE that opened it and its final answer."""

    phone: Phone
    dialog: Dialog
    invite: Request
    answer: Response | None = None
    invites: dict[int, Request] = field(default_factory=dict)

    async def ask(
        self, method: str, *, body: bytes = b"", content_type: str = sdp.CONTENT_TYPE, **headers: str
    ) -> Response:
        """A request in the dialog, and its final response; an INVITE that succeeds is confirmed."""
        request = self.say(method, body=body, content_type=content_type, **headers)
        if method == "INVITE":
            self.invites[request.cseq.number] = request
        response = await self.phone.final(request)
        self.dialog.heard(response)
        return response

    def say(self, method: str, *, body: bytes = b"", content_type: str = sdp.CONTENT_TYPE, **headers: str) -> Request:
        request = self.dialog.request(
            method, self.phone.via(), contact=self.phone.contact, body=body, content_type=content_type if body else ""
        )
        for name, value in headers.items():
            request.headers.add(name.replace("_", "-"), value)
        self.phone.send(request)
        return request

    def confirm(self, invite: Request, body: bytes = b"") -> None:
        self.phone.send(self.dialog.ack(invite, self.phone.via(), body=body, content_type=sdp.CONTENT_TYPE))

    def confirm_last(self, body: bytes = b"", number: int = 0) -> None:
        """The ACK for the INVITE that was asked last, or had this number."""
        self.confirm(self.invites[number] if number else self.invites[max(self.invites)], body)

    async def hear(self, method: str) -> Request:
        """A request of the exchange."""
        request = await self.phone.request(method)
        if method != "ACK":
            self.dialog.receive(request)
        return request

    def reply(self, request: Request, status: int, body: bytes = b"", **headers: str) -> Response:
        response = self.dialog.respond(
            request, status, contact=self.phone.contact, body=body, content_type=sdp.CONTENT_TYPE
        )
        for name, value in headers.items():
            response.headers.add(name.replace("_", "-"), value)
        self.phone.send(response)
        return response

    async def is_hung_up(self) -> Request:
        """The exchange says BYE, and it is answered."""
        bye = await self.hear("BYE")
        self.reply(bye, 200)
        return bye


@dataclass
class Phone:
    """A SIP phone that does what the test says, and knows what was said to it before."""

    office: Target
    wire: Datagrams
    tag: str = "phone"
    seen: set[bytes] = field(default_factory=set)
    branch: int = 0
    inside: str = HOST
    """Where it believes to be."""
    listens: int = 0
    """The port of its Contact where that is not the one it calls from."""

    async def open(self) -> Phone:
        await self.wire.open()
        self.negotiation = Negotiation(1)
        self.tag = f"phone{self.wire.port}"
        return self

    def close(self) -> None:
        self.wire.close()

    @property
    def address(self) -> str:
        return f"sip:bob@{HOST}:{self.wire.port}"

    @property
    def contact(self) -> Address:
        by = {} if self.office.transport == "udp" else {"transport": self.office.transport}
        return Address(Uri.sip("bob", self.inside, self.listens or self.wire.port, **by))

    @property
    def ours(self) -> Ours:
        return Ours(HOST, SOUND_PORT)

    def via(self) -> Via:
        self.branch += 1
        return Via(
            self.office.transport.upper(),
            self.inside,
            self.wire.port,
            Params.of(rport=None, branch=f"z9hG4bK{self.tag}{self.branch}"),
        )

    def send(self, message: Message) -> None:
        self.wire.send(message, self.office)  # type: ignore[arg-type]

    def offer(self, **changes: Any) -> bytes:
        return bytes(self.negotiation.offer(replace(self.ours, **changes)))

    # What it hears ---------------------------------------------------------------------------

    async def next(self, *, repeats: bool = False) -> Request | Response:
        while True:
            await until(lambda: self.wire.came)
            octets = self.wire.came[0]
            found = await self.wire.next()
            if octets not in self.seen or repeats:
                self.seen.add(octets)
                return found

    async def request(self, method: str) -> Request:
        found = await self.next()
        assert isinstance(found, Request) and found.method == method, found
        return found

    async def response(self, status: int, method: str = "") -> Response:
        found = await self.next()
        assert isinstance(found, Response) and found.status == status, found
        assert not method or found.cseq.method == method
        return found

    async def final(self, request: Request) -> Response:
        while True:
            found = await self.next()
            assert isinstance(found, Response), found
            if found.cseq == request.cseq and found.status >= 200:
                return found

    async def is_silent(self) -> None:
        await turns(20)
        assert [octets for octets in self.wire.came if octets not in self.seen] == []

    # Calls of the exchange -------------------------------------------------------------------

    async def invited(self) -> Talking:
        invite = await self.request("INVITE")
        return Talking(self, Dialog.opened(invite, self.tag), invite)

    def answer_of(self, talking: Talking, **changes: Any) -> bytes:
        return bytes(self.negotiation.answer(sdp.parse(talking.invite.body), replace(self.ours, **changes)))

    async def answers(self, talking: Talking, **changes: Any) -> Request:
        """Answer with 200, and hear the ACK."""
        talking.answer = talking.reply(talking.invite, 200, self.answer_of(talking, **changes))
        return await talking.hear("ACK")

    # Calls to the exchange -------------------------------------------------------------------

    def invite(self, *, body: bytes | None = None, to: str = "sip:hoy@acme.sip.twilio.com", **headers: str) -> Request:
        body = self.offer() if body is None else body
        request = self.opening("INVITE", to, body)
        for name, value in headers.items():
            request.headers.add(name.replace("_", "-"), value)
        self.send(request)
        return request

    def opening(self, method: str, to: str = "sip:hoy@acme.sip.twilio.com", body: bytes = b"") -> Request:
        """A request that begins a dialog, or none."""
        uri = parse(to)
        self.branch += 1
        return compose(
            method, uri, self.via(), Address.of(Uri.sip("alice", "acme.sip.twilio.com"), tag=self.tag), Address(uri),
            f"call{self.branch}-{self.wire.port}", 1, contact=self.contact, body=body, content_type=sdp.CONTENT_TYPE,
        )  # fmt: skip

    def talking(self, invite: Request, answer: Response) -> Talking:
        return Talking(self, Dialog.answered(invite, answer), invite, answer)

    async def connected(self, office: Office, **headers: str) -> tuple[Talking, Came]:
        """Call, hear it ring, be answered, confirm."""
        invite = self.invite(**headers)
        came = await office.came()
        await self.response(180)
        await came.leg.answer()
        talking = self.talking(invite, await self.response(200))
        assert talking.answer
        self.negotiation.accept(sdp.parse(talking.answer.body))
        talking.confirm(invite)
        await until(lambda: not came.leg._talk._unconfirmed)  # type: ignore[union-attr]
        return talking, came


async def reached(leg: Leg, state: LegState) -> None:
    await until(lambda: leg.state in (state, LegState.RELEASED))
    assert leg.state is state, (leg.state, leg.cause, leg.told)
