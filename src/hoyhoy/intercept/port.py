"""One listening port that is an HTTP(S) proxy and a TLS port at once (official-clients A4).

    first byte 0x16                  -> TLS; the name asked for (SNI) chooses the leaf -> the application
    CONNECT to a Twilio host         -> "200 Connection established", then TLS (or plain HTTP) -> the application
    CONNECT to another host          -> a tunnel, untouched, or chained to the caller's own proxy
    GET http://... (absolute form)   -> forwarded, one request a connection; a Twilio host -> the application
    anything else                    -> 400 and a sentence

A Twilio host never leaves the machine, whatever the scheme, port or upstream. The application is the
HTTP protocol of this process: it gets the socket itself, so the scheme and the client's address are
facts of the connection and no header has to be trusted; WebSocket upgrades work as on any port.

Strangers are bounded: only loopback (or the networks allowed) may speak, heads have a size and a
time, connections a number, tunnels an end when nothing moves. The application sees a connection only
after a whole request head has come.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, cast

from . import hosts, tunnel
from .authority import Authority, NotOurs
from .head import END, BadHead, Body, Head, absolute, authority, closing, parse, single

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"  # twilio-php knows this phrase, and no header (A4)
TLS_HANDSHAKE = b"\x16"  # RFC 8446 5.1

HttpProtocol = Callable[[], asyncio.Protocol]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds and counts."""

    head: int = 16 * 1024
    head_time: float = 10.0
    dial_time: float = 30.0
    idle: float = 900.0
    connections: int = 512


class InterceptPort:
    """The port. `http_protocol` makes the protocol of the running HTTP server for one connection.

    `upstream` is the caller's own proxy as a URL; ValueError when it is of a kind we cannot chain to.
    `allow` names networks besides loopback whose clients are served ("172.17.0.0/16").
    """

    def __init__(
        self,
        authority: Authority,
        http_protocol: HttpProtocol,
        *,
        upstream: str | None = None,
        allow: Iterable[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self._authority = authority
        self._http_protocol = http_protocol
        self._upstream = tunnel.Upstream.parse(upstream) if upstream else None
        self._allowed = [ip_network(network) for network in allow]
        self._limits = limits or Limits()
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening: set[Opening] = set()
        self._served: set[asyncio.BaseTransport] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 8943) -> int:
        """Listen; port 0 takes a free one. Returns the port. OSError when it is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(256)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
        self._listener = listener
        number = int(listener.getsockname()[1])
        if self._upstream and self._upstream.port == number and self._upstream.host in (host, "localhost", "127.0.0.1"):
            self._upstream = None  # started from a shell that leads here already: the way to the world is direct
        self._start(self._accept(listener))
        return number

    async def close(self) -> None:
        """Stop listening; end tunnels and connections that have not reached the application, which ends its own."""
        for opening in list(self._opening):
            opening.abort()
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._listener:
            self._listener.close()

    @property
    def connections(self) -> int:
        """How many are open, strangers included."""
        self._served = {transport for transport in self._served if not transport.is_closing()}
        return len(self._tasks) - 1 + len(self._served)

    # Accepting ---------------------------------------------------------------------------

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, address = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(0.1)  # out of descriptors: those that end give some back
                continue
            if not self._may_speak(address[0]) or self.connections >= self._limits.connections:
                sock.close()
                continue
            sock.setblocking(False)
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(self._serve(Connection(sock, is_local=plain(address[0]).is_loopback)))

    def _may_speak(self, text: str) -> bool:
        address = plain(text)
        return address.is_loopback or any(address in network for network in self._allowed)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: Connection) -> None:
        """One connection, from its first byte to where it belongs."""
        try:
            try:
                async with asyncio.timeout(self._limits.head_time):
                    request = None if await connection.speaks_tls() else await connection.read_head(self._limits.head)
                if request is None:
                    await self._serve_tls(connection, "localhost")
                elif request.method == "CONNECT":
                    await self._connect(connection, *authority(request.target))
                else:
                    await self._request(connection, request)
            except (BadHead, NotOurs) as error:
                await connection.refuse("400 Bad Request", str(error))
            except tunnel.Unreachable as error:
                await connection.refuse("502 Bad Gateway", str(error))
        except (OSError, EOFError, TimeoutError):
            pass  # the other side left, dawdled or failed its handshake
        finally:
            connection.close()

    # To the application ------------------------------------------------------------------

    async def _serve_tls(self, connection: Connection, name: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(
            lambda: Opening(self),
            connection.give(),
            ssl=self._authority.context(name),
            ssl_handshake_timeout=self._limits.head_time,
        )

    async def _serve_plain(self, connection: Connection) -> None:
        await asyncio.get_running_loop().connect_accepted_socket(lambda: Opening(self), connection.give())

    async def _serve_absolute(self, connection: Connection, head: bytes, scheme: str) -> None:
        await asyncio.get_running_loop().connect_accepted_socket(lambda: Opening(self, head, scheme), connection.give())

    # To the world ------------------------------------------------------------------------

    async def _connect(self, connection: Connection, host: str, port: int) -> None:
        if hosts.is_ours(host):
            self._authority.context(host)  # NotOurs for a name that is no name, before anything is promised
            await connection.send(ESTABLISHED)
            async with asyncio.timeout(self._limits.head_time):
                tls = await connection.speaks_tls()
            await (self._serve_tls(connection, host) if tls else self._serve_plain(connection))
            return
        far = await self._dial(connection, host, port, self._upstream)
        try:
            await connection.send(ESTABLISHED)
            near = await connection.streams()
            try:
                await tunnel.join(near, far, self._limits.idle)
            finally:
                near[1].close()
        finally:
            far[1].close()

    async def _dial(
        self, connection: Connection, host: str, port: int, upstream: tunnel.Upstream | None, *, tls: bool = False
    ) -> tunnel.Streams:
        """Dial for this client: one that is not of this machine does not get at what listens on loopback only."""
        far = await tunnel.dial(host, port, upstream, tls=tls, within=self._limits.dial_time)
        if not upstream and not connection.is_local:
            peer = far[1].get_extra_info("peername")
            if not peer or is_private_to_us(peer[0]):
                far[1].close()
                raise tunnel.Unreachable(f"{host} is an address of this machine alone.")
        return far

    async def _request(self, connection: Connection, head: Head) -> None:
        """One request in absolute form. Some clients send https:// targets so too, instead of CONNECT."""
        scheme, host, port, path = absolute(head)
        name = f"[{host}]" if ":" in host else host
        host_field = name if port == (443 if scheme == "https" else 80) else f"{name}:{port}"
        body = Body(head)
        if hosts.is_ours(host):
            await self._serve_absolute(connection, single(head, path, host_field).to_bytes(), scheme)
            return
        upstream = self._upstream
        if upstream and scheme == "http":
            target = f"http://{host_field}{path}"
            sent = single(head, target, host_field, upstream.credentials)
            far = await self._dial(connection, upstream.host, upstream.port, None, tls=upstream.tls)
        else:
            sent = single(head, path, host_field)
            far = await self._dial(connection, host, port, upstream, tls=scheme == "https")
        try:
            near = await connection.streams()
            try:
                await self._exchange(near, far, sent.to_bytes(), body)
            finally:
                near[1].close()
        finally:
            far[1].close()

    async def _exchange(self, near: tunnel.Streams, far: tunnel.Streams, head: bytes, body: Body) -> None:
        """Send one request on and its response back; what follows the request's body is dropped."""
        far[1].write(head)
        watch = tunnel.Watch(self._limits.idle)
        loop = asyncio.get_running_loop()

        async def request() -> None:
            try:
                while piece := await near[0].read(tunnel.CHUNK):
                    watch.moved()
                    if kept := body.take(piece):
                        far[1].write(kept)
                        await far[1].drain()
            except BadHead:
                far[1].transport.abort()  # half a request must not look like a whole one

        async def response() -> None:
            try:
                while (status := await far[0].readuntil(END)).split(b" ")[1:2] in ([b"100"], [b"103"]):
                    near[1].write(status)
                near[1].write(closing(status))
            except asyncio.IncompleteReadError as error:
                near[1].write(error.partial)
            except asyncio.LimitOverrunError:
                return
            await tunnel.pipe(far[0], near[1], watch)

        # Either end closing ends the exchange: after the response nothing more of this client is wanted.
        sending = loop.create_task(request())
        try:
            await tunnel.first_of(watch, response())
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


class Connection:
    """An accepted socket, read no further than it must be, so that it can be given away whole."""

    def __init__(self, sock: socket.socket, *, is_local: bool = True) -> None:
        self._sock: socket.socket | None = sock
        self.is_local = is_local

    def give(self) -> socket.socket:
        """The socket; from now on the receiver closes it."""
        sock, self._sock = self._socket(), None
        return sock

    def close(self) -> None:
        if self._sock:
            self._sock.close()

    async def speaks_tls(self) -> bool:
        return (await self._peek(1)) == TLS_HANDSHAKE

    async def read_head(self, limit: int) -> Head:
        """Take a request head and not a byte more; BadHead past `limit` bytes."""
        raw = b""
        while not raw.endswith(END):
            seen = raw + await self._peek(limit)
            cut = seen.find(END)
            stop = len(seen) if cut < 0 else cut + len(END)
            if stop > limit:
                raise BadHead(f"The request head is longer than {limit} bytes.")
            raw += self._socket().recv(stop - len(raw))
        return parse(raw)

    async def send(self, text: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket(), text)

    async def refuse(self, status: str, sentence: str) -> None:
        """Answer in plain text, if the socket is still ours."""
        if self._sock:
            text = f"hoyhoy: {sentence}\n".encode()
            fields = f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(text)}\r\nConnection: close"
            async with asyncio.timeout(1):
                await self.send(f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + text)
            # Bytes left unread would turn the close into a reset, which can eat the answer on its way.
            with contextlib.suppress(OSError):
                self._sock.recv(tunnel.CHUNK)

    async def streams(self) -> tunnel.Streams:
        return await asyncio.open_connection(sock=self.give(), limit=tunnel.CHUNK)

    def _socket(self) -> socket.socket:
        if self._sock is None:
            raise EOFError
        return self._sock

    async def _peek(self, size: int) -> bytes:
        """Wait for bytes and look at them without taking them; EOFError at the end."""
        sock, loop = self._socket(), asyncio.get_running_loop()
        while True:
            try:
                seen = sock.recv(size, socket.MSG_PEEK)
            except BlockingIOError:
                ready: asyncio.Future[None] = loop.create_future()
                loop.add_reader(sock.fileno(), _wake, ready)
                try:
                    await ready
                finally:
                    loop.remove_reader(sock.fileno())
                continue
            if not seen:
                raise EOFError
            return seen


def plain(text: str) -> IPv4Address | IPv6Address:
    """An address without its zone, and as IPv4 when it is that in IPv6 clothes."""
    address = ip_address(text.partition("%")[0])
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def is_private_to_us(text: str) -> bool:
    """Loopback, link-local (cloud metadata lives there) and unspecified addresses."""
    address = plain(text)
    return address.is_loopback or address.is_link_local or address.is_unspecified


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Opening(asyncio.Protocol):
    """Holds a connection until a whole request head has come, then hands it to the application.

    With `head` the request is here already (it came in absolute form) and goes in at once; `scheme` is its target's.
    """

    def __init__(self, port: InterceptPort, head: bytes = b"", scheme: str = "") -> None:
        self._port = port
        self._head = bytearray(head)
        self._scheme = scheme
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has a class of its own
        self._port._served.add(transport)
        if self._head:
            self._hand_over()
        else:
            self._port._opening.add(self)
            self._timer = asyncio.get_running_loop().call_later(self._port._limits.head_time, self.abort)

    def data_received(self, data: bytes) -> None:
        self._head += data
        if END in self._head:
            self._hand_over()
        elif len(self._head) > self._port._limits.head:
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._forget()

    def abort(self) -> None:
        self._forget()
        if self._transport:
            self._transport.abort()

    def _hand_over(self) -> None:
        self._forget()
        assert self._transport
        application = self._port._http_protocol()
        self._transport.set_protocol(application)
        application.connection_made(self._transport)
        if self._scheme and hasattr(application, "scheme"):
            application.scheme = self._scheme
        application.data_received(bytes(self._head))

    def _forget(self) -> None:
        self._port._opening.discard(self)
        if self._timer:
            self._timer.cancel()
