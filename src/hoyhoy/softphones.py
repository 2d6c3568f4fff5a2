"""The browsers' line put together: the connections of SDKs, and what their pages fetch.

There is none under the virtual clock: browsers live in real time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from .exchange.chance import Chance
from .exchange.clock import Clock
from .exchange.media import MediaPlane
from .exchange.ports import Directory, Journal, Rows
from .lines.webrtc.equipment import Equipment
from .lines.webrtc.line import SoftphoneLine
from .lines.webrtc.pages import Pages
from .lines.webrtc.registry import Source
from .lines.webrtc.server import SignalServer

SDKS = "sdk"
"""The folder of browsers' SDKs, in the data folder."""


class Softphones:
    """`line` is a way out and in; the whole is an ASGI application for the requests that it `matches`."""

    def __init__(
        self,
        clock: Clock,
        chance: Chance,
        directory: Directory,
        plane: MediaPlane,
        journal: Journal,
        rows: Rows,
        folder: Path | None,
        complain: Callable[[str, int, str], object],
        own_proxy: str = "",
    ) -> None:
        """`folder` keeps SDKs that pages have asked for; `complain` makes a Notification: the account's sid, the code,
        a sentence; `own_proxy` is the address of the intercepting port."""
        self.line = SoftphoneLine(Equipment(clock, chance, plane, directory, complain))
        self._signal = SignalServer(self.line)
        self._pages = Pages(clock, directory, journal, rows, folder, partial(Source.here, own=own_proxy))

    def matches(self, scope: Scope) -> bool:
        return self._signal.matches(scope) or self._pages.matches(scope)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        served: ASGIApp = self._signal if self._signal.matches(scope) else self._pages
        await served(scope, receive, send)

    async def close(self) -> None:
        """After the calls have ended."""
        await self._pages.close()
