"""The sockets of a SIP endpoint: where messages come in, and which way one goes out (RFC 3261 18).

Datagrams are read here, streams in their `Flow`; both deliver the same: a message, or the SipError that says
what is wrong with one. Sending never waits. What cannot be sent is told by `broke`, always later than `send` returns.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter, OrderedDict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.sip import message
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import is_ip
from hoyhoy.wire.sip.message import Request, Response

from .alarm import Alarm, Clockwork
from .allowance import Allowance
from .flow import Broke, Flow, Look
from .notices import Notices
from .target import TRANSPORTS, Bind, Limits, Target
from .tls import client_context
from .udp import UdpSocket, open_socket

BACKLOG = 512
WAITING = 100
"""Messages that may wait for one connection to open."""
ROUTES = 4096
"""Hosts of which we remember by which of our addresses we reach them."""

Found = Request | Response | SipError
Trace = Callable[[str, Target, bytes], None]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message came from, and the socket or connection it came by."""

    source: Target
    way: UdpSocket | Flow

    @property
    def is_open(self) -> bool:
        """Can it still be answered by the way it came? A datagram always can."""
        return not isinstance(self.way, Flow) or self.way.is_open


class Transports:
    """All sockets of one endpoint. `deliver` gets what comes in, `lost` each target whose connection is gone."""

    def __init__(
        self,
        clock: Clock,
        alarm: Alarm,
        limits: Limits,
        notices: Notices,
        deliver: Callable[[Found, Origin], None],
        lost: Callable[[Target], None],
        client_tls: ssl.SSLContext | None = None,
    ) -> None:
        self.limits = limits
        self.ports: dict[str, int] = {}
        self.note = notices.note
        self.now = alarm.now
        self.on_wire: Trace | None = None
        self.is_needed: Callable[[Target], bool] = lambda target: False
        """Whether somebody wants to keep the connection to a target."""
        self._clock, self._deliver, self._lost, self._client_tls = clock, deliver, lost, client_tls
        self._allowance = Allowance(limits.messages_per_second, 2 * limits.messages_per_second, limits.addresses)
        self._looks: Clockwork[Flow, Look] = Clockwork(alarm, self._look)
        self._udp: list[UdpSocket] = []
        self._listeners: list[tuple[Bind, socket.socket]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows: dict[Target, Flow] = {}
        self._open: set[Flow] = set()
        self._connecting: dict[Target, list[tuple[bytes, Broke]]] = {}
        self._held: Counter[str] = Counter()  # connections that came, by host
        self._arriving: dict[Flow, socket.socket] = {}
        self._came = 0  # of the open ones
        self._number = 0
        self._routes: OrderedDict[str, str] = OrderedDict()
        self._closing = False

    # Opening and closing ---------------------------------------------------------------------

    async def start(self, binds: Sequence[Bind]) -> None:
        """OSError with a sentence when one place cannot be had; then none is held."""
        self._closing = False
        try:
            for bind in binds:
                await self._listen(bind)
        except BaseException:
            await self.close()
            raise

    async def _listen(self, bind: Bind) -> None:
        if bind.transport not in TRANSPORTS:
            raise OSError(f"SIP is not spoken over {bind.transport!r} here: udp, tcp or tls")
        if not is_ip(bind.host):
            raise OSError(f"SIP listens at addresses, and {bind.host!r} is none")
        if bind.transport == "tls" and bind.tls is None:
            raise OSError("a tls place needs a certificate")
        if bind.transport == "udp":
            udp = UdpSocket(bind, self._datagram)
            self._udp.append(udp)
            await udp.start()
            self.ports.setdefault("udp", udp.port)
            return
        listener = open_socket(bind.host, bind.port, socket.SOCK_STREAM)
        self._listeners.append((bind, listener))
        listener.listen(BACKLOG)
        self.ports.setdefault(bind.transport, listener.getsockname()[1])
        self._spawn(self._accept(bind, listener), f"SIP {bind.transport}")

    async def close(self) -> None:
        """Give all places back; what was written to connections has a second to go out."""
        self._closing = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _, listener in self._listeners:
            listener.close()
        for udp in self._udp:
            udp.close()
        for accepted in self._arriving.values():  # whose task had not begun
            accepted.close()
        for flow in [flow for flow in self._open if not flow.is_open]:
            self.ended(flow)
        flows = list(self._open)
        for flow in flows:
            flow.close()
        if flows:
            await asyncio.wait([flow.closed for flow in flows], timeout=1)
        for flow in flows:
            flow.abort()
        self._looks.stop()
        self._udp.clear()
        self._listeners.clear()
        self._arriving.clear()
        self._connecting.clear()
        self.ports.clear()

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = self._clock.spawn(work, name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What comes in ---------------------------------------------------------------------------

    def allows(self, host: str) -> bool:
        """May this host send one more message?"""
        return self._allowance.take(host, self.now())

    def _datagram(self, octets: bytes, source: Target, by: UdpSocket) -> None:
        if not self._allowance.take(source.host, self.now()):
            self.note("datagrams beyond what one address may send dropped")
            return
        if self.on_wire:
            self.on_wire("in", source, octets)
        if message.is_keep_alive(octets):
            return
        try:
            found: Found = message.parse(octets)
        except SipError as error:
            found = error
        self._deliver(found, Origin(source, by))

    def needs(self, flow: Flow) -> bool:
        return self.is_needed(flow.target) or self.is_needed(_plain(flow.target))

    def deliver(self, found: Found, flow: Flow) -> None:
        self._deliver(found, Origin(flow.target, flow))

    def traced(self, direction: str, flow: Flow, octets: bytes) -> None:
        if self.on_wire:
            self.on_wire(direction, flow.target, octets)

    # What goes out ---------------------------------------------------------------------------

    def send(self, octets: bytes, target: Target, broke: Broke, by: UdpSocket | Flow | None = None) -> None:
        """Send by the way something came (`by`), or by whichever reaches the target; `broke` when none does."""
        if target.transport == "udp":
            udp = by if isinstance(by, UdpSocket) else self._udp_for(target)
            if udp is None or not udp.send(octets, target):
                self.later(broke)
            elif self.on_wire:
                self.on_wire("out", target, octets)
            return
        if isinstance(by, Flow) and by.send(octets):
            return
        flow = self._flows.get(target)
        if flow is not None and flow.send(octets):
            return
        if target.flow or self._closing:
            self.later(broke)
            return
        waiting = self._connecting.get(target)
        if waiting is None:
            if len(self._open) - self._came >= self.limits.connections:
                self.note("no room for one more connection")
                self.later(broke)
                return
            waiting = self._connecting[target] = []
            flow = Flow(target, self, ours=True)
            self._open.add(flow)
            self._spawn(self._connect(flow), "SIP connection")
        if len(waiting) < WAITING:
            waiting.append((octets, broke))
        else:
            self.later(broke)

    def later(self, broke: Broke) -> None:
        asyncio.get_running_loop().call_soon(broke)

    def families(self) -> tuple[bool, bool]:
        """Do datagrams go by IPv4, by IPv6?"""
        return any(":" not in udp.bind.host for udp in self._udp), any(":" in udp.bind.host for udp in self._udp)

    def _udp_for(self, target: Target) -> UdpSocket | None:
        six = ":" in target.host
        found = [udp for udp in self._udp if (":" in udp.bind.host) == six]
        if len(found) > 1:
            host = self._route(target.host)
            found.sort(key=lambda udp: udp.bind.host != host)
        return found[0] if found else None

    def local(self, target: Target, by: UdpSocket | Flow | None = None) -> Target:
        """Our place as that target reaches it; port 0 where we do not listen by that transport."""
        six = ":" in target.host
        if target.transport == "udp":
            udp = by if isinstance(by, UdpSocket) else self._udp_for(target)
            bind, port = (udp.bind, udp.port) if udp else (None, 0)
        else:
            places = [one for one in self._listeners if one[0].transport == target.transport]
            places.sort(key=lambda one: (":" in one[0].host) != six)
            bind, port = (places[0][0], places[0][1].getsockname()[1]) if places else (None, 0)
        if bind is not None and bind.advertised:
            return Target(target.transport, bind.advertised, port)
        if isinstance(by, Flow) and by.local[0]:
            return Target(target.transport, by.local[0], port or by.local[1])
        if bind is not None and bind.host not in ("0.0.0.0", "::") and (":" in bind.host) == six:  # noqa: S104
            return Target(target.transport, bind.host, port)
        return Target(target.transport, self._route(target.host), port)

    def _route(self, host: str) -> str:
        """The address of ours from which the machine reaches that host; asking sends nothing."""
        if host in self._routes:
            return self._routes[host]
        six = ":" in host
        with socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM) as asked:
            try:
                asked.connect((host, 9))
                found: str = asked.getsockname()[0]
            except OSError:
                return "::1" if six else "127.0.0.1"
        self._routes[host] = found
        if len(self._routes) > ROUTES:
            self._routes.popitem(last=False)
        return found

    # Connections -----------------------------------------------------------------------------

    async def _accept(self, bind: Bind, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(listener)
            except OSError:
                self.note("a connection could not be taken")  # it is gone again, or we have no file left for it
                await self._clock.sleep(0.05)
                continue
            host = address[0]
            full = self._came >= self.limits.connections
            if full or self._held[host] >= self.limits.connections_per_address:
                self.note("connections beyond the limit refused")
                accepted.close()
                continue
            self._number += 1
            flow = Flow(Target(bind.transport, host, address[1], flow=self._number), self, ours=False)
            self._held[host] += 1
            self._came += 1
            self._open.add(flow)
            self._arriving[flow] = accepted
            self._spawn(self._greet(flow, accepted, bind.tls), "SIP connection")

    async def _greet(self, flow: Flow, accepted: socket.socket, tls: ssl.SSLContext | None) -> None:
        limit = self.limits.first_message_seconds if tls else None
        try:
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: flow, accepted, ssl=tls, ssl_handshake_timeout=limit
            )
        except (OSError, TimeoutError):  # all errors of TLS are an OSError
            self.note("TLS handshakes that failed")
        finally:
            self._arriving.pop(flow, None)
            if not flow.is_open:
                accepted.close()
                self.ended(flow)

    async def _connect(self, flow: Flow) -> None:
        target = flow.target
        try:
            tls = self._context() if target.transport == "tls" else None
            with self._clock.busy("a SIP connection"):
                async with self._clock.timeout(self.limits.connect_seconds):
                    await asyncio.get_running_loop().create_connection(
                        lambda: flow, target.host, target.port, ssl=tls,
                        server_hostname=(target.name or target.host) if tls else None,
                    )  # fmt: skip
        except (OSError, TimeoutError):
            self.note("connections that could not be opened")
        finally:
            if not flow.is_open:
                self.ended(flow)
            for octets, broke in self._connecting.pop(target, []):
                if not flow.send(octets):
                    self.later(broke)

    def _context(self) -> ssl.SSLContext:
        if self._client_tls is None:
            self._client_tls = client_context()
        return self._client_tls

    def look_again(self, flow: Flow, why: Look, seconds: float) -> None:
        self._looks.set(flow, why, seconds)

    def _look(self, flow: Flow, why: Look) -> None:
        if why is Look.RESUME:
            flow.resume()
        else:
            flow.look()

    def opened(self, flow: Flow) -> None:
        self._flows[flow.target] = flow
        self._flows.setdefault(_plain(flow.target), flow)

    def ended(self, flow: Flow) -> None:
        """A connection is gone, or never was."""
        if flow not in self._open:
            return
        self._open.discard(flow)
        self._looks.forget(flow)
        if not flow.closed.done():
            flow.closed.set_result(None)
        if not flow.ours:
            self._came -= 1
            self._held[flow.target.host] -= 1
            if not self._held[flow.target.host]:
                del self._held[flow.target.host]
        for target in {flow.target, _plain(flow.target)}:
            if self._flows.get(target) is flow:
                del self._flows[target]
                self._lost(target)


def _plain(target: Target) -> Target:
    """The place alone: a phone that tells the port of its own end of a connection is reached by that connection."""
    return replace(target, flow=0)
