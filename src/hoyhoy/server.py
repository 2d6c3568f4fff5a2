"""The HTTP server of the exchange: uvicorn on a socket that we bind, inside a loop that we run."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BODY_SECONDS = 20.0
"""How long the next piece of a request's body may take."""

KEEP_ALIVE_SECONDS = 65
"""Longer than clients keep idle connections, so that none sends into one that is just being closed."""

CLOSING_SECONDS = 1
"""How long open requests may go on when the exchange stops."""

REQUEST_SECONDS = 60
"""How long a request may take to arrive whole; then the connection is closed."""

LARGEST_HEAD = 64 * 1024
"""Bytes of a request line and its headers."""

LARGEST_FRAME = 128 * 1024
"""Bytes of one message on a WebSocket."""

BACKLOG = 2048

MOST_CONNECTIONS = 4096
"""Open at the same time; one more is closed at once, so that those that are open keep their files."""


class PortTaken(Exception):
    """Somebody else listens there; the sentence says where and how to choose another port."""

    def __init__(self, host: str, port: int, option: str, error: OSError | None = None) -> None:
        if error is None or error.errno == errno.EADDRINUSE:
            super().__init__(f"Port {port} on {host} is taken by another program. Choose another with {option}.")
        else:
            super().__init__(f"Cannot listen on {host}, port {port}: {error.strerror}.")


def bind(host: str, port: int, option: str = "--port") -> socket.socket:
    """A listening socket; port 0 takes a free one. PortTaken when somebody else is there.

    It listens at once: of two programs that start at the same moment only one can, and requests that
    come while the exchange takes up its calls wait instead of being refused.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortTaken(host, port, option, error) from None
    return listener


class _Uvicorn(uvicorn.Server):
    """uvicorn that leaves signals to us, says when it serves, and stops at once when told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving, self.stopping = asyncio.Event(), asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()

    def stop(self) -> None:
        self.should_exit = True
        self.stopping.set()

    async def main_loop(self) -> None:
        tick = 0  # ten in a second, as uvicorn counts them
        while not await self.on_tick(tick):
            tick = (tick + 1) % 864_000
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """What is being answered may come to its end, for CLOSING_SECONDS; then the rest is dropped."""
        state = self.server_state
        for server in self.servers:
            server.close()
        for connection in list(state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                while state.connections or state.tasks:  # noqa: ASYNC110  uvicorn keeps sets, and tells nobody
                    await asyncio.sleep(0.005)
        late = list(state.tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for connection in list(state.connections):
            if transport := getattr(connection, "transport", None):
                transport.abort()
        await asyncio.sleep(0)  # connection_lost


class _Connection(HttpToolsProtocol):
    """A connection with bounds: the head of a request has a size, the whole of it a time to arrive in.

    One that is idle when the server stops is dropped: over TLS, a client that merely keeps it in its pool
    would not answer our goodbye, and the stop would wait for it.
    """

    _head: int | None = 0
    """Bytes of the head that is arriving; None while a body does."""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._arriving()

    def connection_lost(self, error: Exception | None) -> None:
        self._arrived()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
            # A head that ends within this piece is judged by what it holds, in on_header.
            if self._head > LARGEST_HEAD + len(data):
                self.send_400_response(f"The head of a request may have {LARGEST_HEAD} bytes.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._head, self._kept = 0, 0
        self._arriving()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._kept += len(name) + len(value) + 4  # colon, blank and line end, as they travelled
        if self._kept > LARGEST_HEAD:
            raise ValueError("the head is too large")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()
        if self.parser.should_upgrade() and self._should_upgrade():
            return  # to a WebSocket, which has no answer of this kind
        self.cycle.transport = _Joined(self.transport, self.loop)  # type: ignore[assignment]

    def on_message_complete(self) -> None:
        self._head = 0
        self._arrived()
        super().on_message_complete()

    def _arriving(self) -> None:
        self._arrived()
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _arrived(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def shutdown(self) -> None:
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and not self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().shutdown()


class _Joined:
    """Where one answer is written: its head waits for the first piece of its body, if that comes in the same turn
    of the loop, and both leave in one packet. A packet costs more than the rest of the writing."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head: bytes | None = None
        self._began = False

    def write(self, piece: bytes) -> None:
        if not self._began:
            self._began, self._head = True, piece
            self._loop.call_soon(self._leave)
        elif self._head is None:
            self._transport.write(piece)
        else:
            self._head += piece
            self._leave()

    def _leave(self) -> None:
        if self._head is not None:
            self._transport.write(self._head)
            self._head = None

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._leave()
        self._transport.close()


def _impatient(application: Any) -> Any:
    """A client that does not go on with its body for too long has left, as far as the application can see."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await application(scope, receive, send)
            return
        complete = False

        async def wait() -> Any:
            nonlocal complete
            if complete:  # what is waited for now is the client's leaving
                return await receive()
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    message = await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}
            complete = not message.get("more_body", False)
            return message

        await application(scope, wait, send)

    return served


class HttpServer:
    """Serves one ASGI application on one listening socket, and on every connection handed to `protocol()`."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        self._listener = listener
        self._config = uvicorn.Config(
            _impatient(application),
            http=_Connection,
            loop="none",
            lifespan="off",
            ws="websockets-sansio",
            ws_max_size=LARGEST_FRAME,
            ws_ping_interval=None,  # browsers' SDKs have a heartbeat of their own
            ws_per_message_deflate=False,  # its memory, for each connection, is worth more than what it saves
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        self._server = _Uvicorn(self._config)
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    async def start(self) -> None:
        # The server is the roof's own task: it lives outside the exchange's clock.
        self._task = asyncio.create_task(self._server.serve([self._listener]), name="http server")
        await self._server.serving.wait()

    def protocol(self) -> asyncio.Protocol:
        """One more connection, accepted elsewhere (the intercepting port)."""
        return _Connection(self._config, self._server.server_state, {})

    async def close(self) -> None:
        self._server.stop()
        if self._task:
            await self._task
        self._listener.close()
