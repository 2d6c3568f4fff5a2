"""The HTTP server of the exchange: uvicorn on a socket that we bind, inside a loop that we run."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_SECONDS = 65
"""Longer than clients keep idle connections, so that none sends into one that is just being closed."""

CLOSING_SECONDS = 1
"""How long open requests may go on when the exchange stops."""


class PortTaken(Exception):
    """Somebody else listens there; the sentence says where and how to choose another port."""

    def __init__(self, host: str, port: int, option: str) -> None:
        super().__init__(f"Port {port} on {host} is taken by another program. Choose another with {option}.")


def bind(host: str, port: int, option: str = "--port") -> socket.socket:
    """A listening socket; port 0 takes a free one. PortTaken when somebody else is there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise PortTaken(host, port, option) from None
    return listener


class _Uvicorn(uvicorn.Server):
    """uvicorn that leaves signals to us and says when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()


class _Connection(HttpToolsProtocol):
    """A connection that is idle when the server stops is dropped: over TLS, a client that merely keeps it in its pool
    would not answer our goodbye, and the stop would wait for it."""

    def shutdown(self) -> None:
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and not self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().shutdown()


class HttpServer:
    """Serves one ASGI application on one listening socket, and on every connection handed to `protocol()`."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        self._listener = listener
        self._config = uvicorn.Config(
            application, http=_Connection, loop="none", lifespan="off", ws="none", access_log=False,
            log_config=None, server_header=False, proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,             timeout_graceful_shutdown=CLOSING_SECONDS)
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
        self._server.should_exit = True
        if self._task:
            await self._task
        self._listener.close()
