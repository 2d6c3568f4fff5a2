"""The connections of SDKs: WebSockets at `/signal`, each a `Device` (official-clients B3).

What goes out waits in a queue of its own for a browser that reads slowly; one that does not read at all, or says
nothing for longer than any SDK does, is not waited for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress

from starlette.types import Message, Receive, Scope, Send

from hoyhoy.wire.softphone import said
from hoyhoy.wire.softphone.place import BY_EDGE, PATH, place

from .admission import counted
from .device import Device
from .line import SoftphoneLine

BEAT = 5.0
"""Seconds between two beats of ours, which the SDK answers; without one for 15 it would give the connection up."""

SILENT_BEATS = 4
"""Of ours, that nothing answers: then nobody is there."""

FIRST_WORD = 20.0
"""Seconds in which a connection must have shown a token."""

MOST_UNREAD = 500
"""Frames that wait for a browser."""

MOST_CONNECTIONS = 500
"""From one address."""

TRY_LATER = 1013
"""The closing code of a server that has too much to do (RFC 6455 7.4.1 and its registry)."""


class SignalServer:
    """An ASGI application for the two paths of the signalling."""

    def __init__(self, line: SoftphoneLine) -> None:
        self._line, self._clock = line, line.equipment.clock
        self._connections: Counter[str] = Counter()

    @property
    def connections(self) -> int:
        return self._connections.total()

    @staticmethod
    def matches(scope: Scope) -> bool:
        return scope["type"] == "websocket" and scope["path"] in (PATH, BY_EDGE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, to its end."""
        await receive()  # websocket.connect
        client = scope.get("client")
        address = str(client[0]) if client else ""
        where = counted(address)
        if where and self._connections[where] >= MOST_CONNECTIONS:
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        self._connections[where] += 1
        try:
            await send({"type": "websocket.accept"})
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            await Connection(self._line, address, host, scope["path"]).run(receive, send)
        finally:
            self._connections[where] -= 1
            if not self._connections[where]:
                del self._connections[where]


class Connection:
    """One WebSocket. It ends when its browser leaves, is silent, does not read, or is not wanted any more."""

    def __init__(self, line: SoftphoneLine, address: str, host: str, path: str) -> None:
        self._clock = line.equipment.clock
        self._unread: asyncio.Queue[str] = asyncio.Queue(MOST_UNREAD)
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._beats = 0
        """Of ours that nothing has answered yet."""
        self.device: Device = line.device(address, place(host, path), self._put)

    async def run(self, receive: Receive, send: Send) -> None:
        tasks = [
            self._clock.spawn(self._hear(receive), "softphone hears"),
            self._clock.spawn(self._write(send), "softphone says"),
            self._clock.spawn(self._beat(), "softphone beats"),
        ]
        try:
            await asyncio.wait([*tasks, self._over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.device.lost()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(Exception):  # it may be closed already, by either end
                await send({"type": "websocket.close", "code": 1000})

    def _put(self, frame: str) -> None:
        try:
            self._unread.put_nowait(frame)
        except asyncio.QueueFull:
            self._end()

    def _end(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

    async def _hear(self, receive: Receive) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            self._beats = 0
            self.device.hear(_text(message))

    async def _write(self, send: Send) -> None:
        with suppress(OSError):  # the browser has left
            while self.device.is_open or not self._unread.empty():
                await send({"type": "websocket.send", "text": await self._unread.get()})

    async def _beat(self) -> None:
        began = self._clock.now()
        while self._beats < SILENT_BEATS:
            self._put(said.HEARTBEAT)
            self._beats += 1
            await self._clock.sleep(BEAT)
            self.device.beat()
            if self.device.grant is None and self._clock.now() - began > FIRST_WORD:
                return


def _text(message: Message) -> str:
    """An SDK sends text alone; what else comes is read as what it would be."""
    text = message.get("text")
    return text if isinstance(text, str) else (message.get("bytes") or b"").decode("utf-8", "replace")
