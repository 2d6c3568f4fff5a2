"""One TCP or TLS connection, whoever opened it (RFC 3261 18.3, RFC 5626 4.4.1)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, cast

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.stream import PONG, KeepAlive, Stream

from .target import Limits, Target

PAUSE = 0.1
"""Seconds for which nothing is read of a peer that sends too fast."""


Broke = Callable[[], None]
"""Told when a message could not be sent."""


class Look(StrEnum):
    """What a timer of a connection is for."""

    STATE = "state"  # is it worth keeping?
    RESUME = "resume"  # a pause for a peer that was too fast is over


class Keeper(Protocol):
    """What a connection needs of whoever holds it."""

    limits: Limits

    def now(self) -> float: ...

    def look_again(self, flow: Flow, why: Look, seconds: float) -> None: ...

    def allows(self, host: str) -> bool: ...

    def needs(self, flow: Flow) -> bool: ...

    def deliver(self, found: Request | Response | SipError, flow: Flow) -> None: ...

    def traced(self, direction: str, flow: Flow, octets: bytes) -> None: ...

    def note(self, kind: str, level: int = logging.WARNING) -> None: ...

    def opened(self, flow: Flow) -> None: ...

    def ended(self, flow: Flow) -> None: ...


class Flow(asyncio.Protocol):
    """`target` is the other end as messages are sent to it; `ours` says that we opened it."""

    def __init__(self, target: Target, keeper: Keeper, *, ours: bool) -> None:
        self.target, self.ours = target, ours
        self.local: tuple[str, int] = ("", 0)
        self.is_open = False
        self.closed = asyncio.get_running_loop().create_future()
        self._keeper = keeper
        self._stream = Stream()
        self._transport: asyncio.Transport | None = None
        self._since = self._heard = keeper.now()
        self._waiting: float | None = None  # since when the rest of a message is missing
        self._messages = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.local = transport.get_extra_info("sockname")[:2]
        self.is_open = True
        self._since = self._heard = self._keeper.now()
        self._keeper.opened(self)
        self.look()

    def send(self, octets: bytes) -> bool:
        """False when the connection is no more. A peer that does not read loses it."""
        if not self.is_open or self._transport is None:
            return False
        self._transport.write(octets)
        self._keeper.traced("out", self, octets)
        if self._transport.get_write_buffer_size() > self._keeper.limits.unsent:
            self._keeper.note("a peer that does not read: connection closed")
            self.abort()
        return True

    def data_received(self, data: bytes) -> None:
        keeper, self._heard = self._keeper, self._keeper.now()
        keeper.traced("in", self, data)
        hasty = False
        for found in self._stream.feed(data):
            hasty = not keeper.allows(self.target.host) or hasty
            if isinstance(found, KeepAlive):
                if self._transport is not None:
                    self._transport.write(PONG)
                continue
            self._messages += 1
            keeper.deliver(found, self)
        if self._stream.broken or (not self._messages and self._stream.pending > keeper.limits.unproven):
            keeper.note("a stream that is no SIP: connection closed")
            self.close()
            return
        if not self._stream.pending:
            self._waiting = None
        elif self._waiting is None:
            self._waiting = self._heard
            self.look()
        if hasty and self._transport is not None and not self._transport.is_closing():
            keeper.note("a peer that sends too fast: made to wait")
            self._transport.pause_reading()
            keeper.look_again(self, Look.RESUME, PAUSE)

    def resume(self) -> None:
        if self.is_open and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def look(self) -> None:
        """Close the connection if it has been useless for too long, else say when to look again. One that calls hang on
        may be silent as long as these are: they have timers of their own."""
        limits, now = self._keeper.limits, self._keeper.now()
        heard = now if self._keeper.needs(self) else self._heard
        ends = [(heard + limits.idle_seconds, "an idle connection closed")]
        if not self.ours and not self._messages:
            ends.append((self._since + limits.first_message_seconds, "a connection without a message closed"))
        if self._waiting is not None:
            ends.append((self._waiting + limits.message_seconds, "a connection with half a message closed"))
        end, kind = min(ends)
        if end <= now:
            self._keeper.note(kind, logging.INFO)  # it happens every day
            self.close()
        else:
            self._keeper.look_again(self, Look.STATE, end - now)

    def close(self) -> None:
        """No more is read; what was written still goes out."""
        self.is_open = False
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._keeper.ended(self)
