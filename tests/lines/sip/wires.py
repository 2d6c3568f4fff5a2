"""Far ends on real loopback sockets for the tests of the SIP line, and a time that tests move by hand."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import RealClock
from hoyhoy.lines.sip.endpoint import Endpoint
from hoyhoy.lines.sip.inbound import Inbound
from hoyhoy.lines.sip.target import Bind, Limits, Target
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.composition import compose
from hoyhoy.wire.sip.inspection import Abilities
from hoyhoy.wire.sip.message import Request, Response, parse
from hoyhoy.wire.sip.stream import KeepAlive, Stream
from hoyhoy.wire.sip.uri import Uri

ABILITIES = Abilities(("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "MESSAGE"))
PATIENCE = 20.0
"""Real seconds within which something real must come."""

HOST = "127.0.0.1"


class HandAlarm:
    """Time stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 0.0
        self._due: list[list[Any]] = []

    def now(self) -> float:
        return self.time

    def call(self, seconds: float, act: Callable[[], None]) -> Callable[[], object]:
        entry = [self.time + seconds, act]
        self._due.append(entry)
        return lambda: self._due.remove(entry) if entry in self._due else None

    def advance(self, seconds: float) -> None:
        end = self.time + seconds
        while due := sorted((entry for entry in self._due if entry[0] <= end), key=lambda entry: entry[0]):
            self._due.remove(due[0])
            self.time = max(self.time, due[0][0])
            due[0][1]()
        self.time = end


async def until(true: Callable[[], Any]) -> None:
    """Wait until something real has happened."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110  what is real tells nobody
            await asyncio.sleep(0.001)


async def turns(count: int = 10) -> None:
    """Let the loop do what it can do at once."""
    for _ in range(count):
        await asyncio.sleep(0)


@dataclass
class Near:
    """An endpoint, its time, and what it was given."""

    endpoint: Endpoint
    alarm: HandAlarm
    clock: RealClock
    came: list[Inbound] = field(default_factory=list)
    heard: list[Response] = field(default_factory=list)

    def target(self, transport: str = "udp") -> Target:
        return Target(transport, HOST, self.endpoint.ports[transport])

    async def next(self) -> Inbound:
        await until(lambda: self.came)
        return self.came.pop(0)

    async def hears(self) -> Response:
        await until(lambda: self.heard)
        return self.heard.pop(0)

    async def close(self) -> None:
        await self.endpoint.close()
        await self.clock.close()


async def near(
    *transports: str, limits: Limits | None = None, tls: ssl.SSLContext | None = None,
    client_tls: ssl.SSLContext | None = None, seed: int = 1,
) -> Near:  # fmt: skip
    alarm, clock = HandAlarm(), RealClock()
    endpoint = Endpoint(
        clock, SeededChance(seed), abilities=ABILITIES, limits=limits, client_tls=client_tls, alarm=alarm
    )
    made = Near(endpoint, alarm, clock)
    endpoint.receive = made.came.append
    await endpoint.start([Bind(one, HOST, tls=tls if one == "tls" else None) for one in transports or ("udp",)])
    return made


class Datagrams(asyncio.DatagramProtocol):
    """A far end on UDP."""

    def __init__(self) -> None:
        self.came: list[bytes] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, host: str = HOST) -> Datagrams:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    @property
    def target(self) -> Target:
        return Target("udp", HOST, self.port)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self.came.append(data)

    def send(self, message: Request | Response | bytes, to: Target) -> None:
        assert self._transport
        self._transport.sendto(bytes(message), (to.host, to.port))

    async def next(self) -> Request | Response:
        await until(lambda: self.came)
        return parse(self.came.pop(0))

    async def request(self, method: str) -> Request:
        found = await self.next()
        assert isinstance(found, Request) and found.method == method, found
        return found

    async def response(self, status: int) -> Response:
        found = await self.next()
        assert isinstance(found, Response) and found.status == status, found
        return found

    def close(self) -> None:
        assert self._transport
        self._transport.close()


class Connected(asyncio.Protocol):
    """A far end on TCP or TLS: one connection, opened or accepted."""

    def __init__(self) -> None:
        self.came: list[Any] = []
        self.octets = b""
        self.is_closed = False
        self._stream = Stream()
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.octets += data
        self.came += self._stream.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True

    async def open(self, to: Target, tls: ssl.SSLContext | None = None) -> Connected:
        await asyncio.get_running_loop().create_connection(
            lambda: self, to.host, to.port, ssl=tls, server_hostname="localhost" if tls else None
        )
        return self

    @property
    def port(self) -> int:
        return self._transport.get_extra_info("sockname")[1]  # type: ignore[no-any-return]

    def send(self, message: Request | Response | bytes) -> None:
        self._transport.write(bytes(message))

    async def next(self) -> Request | Response | KeepAlive:
        await until(lambda: self.came)
        return self.came.pop(0)  # type: ignore[no-any-return]

    async def request(self, method: str) -> Request:
        found = await self.next()
        assert isinstance(found, Request) and found.method == method, found
        return found

    async def response(self, status: int) -> Response:
        found = await self.next()
        assert isinstance(found, Response) and found.status == status, found
        return found

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Server:
    """A far end that listens on TCP or TLS."""

    def __init__(self) -> None:
        self.connections: list[Connected] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self, tls: ssl.SSLContext | None = None) -> Server:
        def made() -> Connected:
            self.connections.append(Connected())
            return self.connections[-1]

        self._server = await asyncio.get_running_loop().create_server(made, HOST, 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def target(self, transport: str = "tcp", name: str = "") -> Target:
        return Target(transport, HOST, self.port, name)

    async def connection(self, number: int = 0) -> Connected:
        await until(lambda: len(self.connections) > number and self.connections[number]._transport)
        return self.connections[number]

    def close(self) -> None:
        assert self._server
        self._server.close()
        for one in self.connections:
            one.close()


def made(
    method: str = "OPTIONS", via: str = "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKone", *,
    call_id: str = "call", number: int = 1, tag: str = "", body: bytes = b"", **changes: str,
) -> Request:  # fmt: skip
    """A request from a phone."""
    to = f"<sip:hoy@{HOST}>" + (f";tag={tag}" if tag else "")
    request = Request(method, Uri.sip("hoy", HOST), body=body)
    for name, value in {
        "Via": via, "Max-Forwards": "70", "From": "<sip:alice@example.com>;tag=alice", "To": to, "Call-ID": call_id,
        "CSeq": f"{number} {method}", "Contact": "<sip:alice@127.0.0.1>",
    }.items():  # fmt: skip
        request.headers.add(name, value)
    if body:
        request.headers.add("Content-Type", "application/sdp")
    for name, value in changes.items():
        request.headers.set(name.replace("_", "-"), value)
    return request


def ours(of: Near, target: Target, method: str = "INVITE", *, body: bytes = b"") -> Request:
    """A request from the endpoint."""
    uri = Uri.sip("bob", target.host, target.port)
    return compose(
        method, uri, of.endpoint.via(target), Address.of(Uri.sip("hoy", HOST), tag="us"), Address(uri), "our-call", 1,
        contact=of.endpoint.contact(target, "hoy"), body=body, content_type="application/sdp",
    )  # fmt: skip
