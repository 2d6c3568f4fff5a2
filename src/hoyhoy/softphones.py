"""The browsers' line put together: the connections of SDKs, and what their pages fetch.

There is none under the virtual clock: browsers live in real time.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from .exchange.chance import Chance
from .exchange.clock import Clock
from .exchange.media import MediaPlane
from .exchange.ports import Directory
from .lines.webrtc.line import SoftphoneLine
from .lines.webrtc.ports import Equipment
from .lines.webrtc.server import SignalServer


class Softphones:
    """`line` is a way out and in; the whole is an ASGI application for the requests that it `matches`."""

    def __init__(
        self,
        clock: Clock,
        chance: Chance,
        directory: Directory,
        plane: MediaPlane,
        complain: Callable[[str, int, str], object],
    ) -> None:
        """`complain` makes a Notification: the account's sid, the code, a sentence."""
        self.line = SoftphoneLine(Equipment(clock, chance, plane, directory, complain))
        self._signal = SignalServer(self.line)

    def matches(self, scope: Scope) -> bool:
        return self._signal.matches(scope)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._signal(scope, receive, send)
