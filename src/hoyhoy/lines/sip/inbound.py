"""A request that came, and our answer to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.matching import Key
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.transaction import Failure, Transaction

from .target import Target
from .transport import Origin

# What stands for the messages of a transaction that has its final response: only the octets are needed again.
_GONE = Request("GONE", None)  # type: ignore[arg-type]
_SENT = Response(200)


@dataclass(slots=True, eq=False)
class Served:
    """A server transaction that runs, as small as can be: it may outlive its request by 32 seconds."""

    tx: Transaction
    key: Key
    merged: Key | None
    origin: Origin
    back: Target
    """Where the responses go (RFC 3261 18.2.2, RFC 3581 4)."""
    spare: Target | None
    """Where they go when the TCP connection of the request is gone: a proxy may have let it idle out (18.2.2)."""
    tag: str
    up: Callable[[Request], None] | None
    message: Request | Response | None = None
    octets: bytes = b""
    final: bool = False
    canceled: Request | None = None
    on_cancel: Callable[[Request], None] | None = None
    on_failure: Callable[[Failure], None] | None = None

    def written(self, message: Request | Response) -> bytes:
        """The octets of a message; written once, however often it goes out."""
        if message is not self.message:
            self.message, self.octets = message, bytes(message)
        return self.octets

    def shrink(self) -> None:
        """Let go of what a transaction with a final response needs no more."""
        self.tx.request, self.up = _GONE, None
        self.tx.last = self.message = _SENT


class Answering(Protocol):
    """What an Inbound needs of the endpoint."""

    def answer(self, served: Served, response: Response) -> None: ...


class Inbound:
    """A request with its server transaction; an ACK for a 2xx has none and takes no answer.

    `source` is where it came from and where requests to its sender go (the connection itself, where it came by
    one); `local` is our place as the sender reaches it. `tag` is ours for To, in every answer that has none.
    """

    __slots__ = ("_endpoint", "_served", "local", "request", "source", "tag")

    def __init__(
        self, endpoint: Answering, served: Served | None, request: Request, source: Target, local: Target, tag: str
    ) -> None:
        self._endpoint, self._served = endpoint, served
        self.request, self.source, self.local, self.tag = request, source, local, tag

    def respond(self, response: Response) -> None:
        """Send a response, which is the endpoint's from then on.

        100 goes out by itself after 200 ms. A 2xx to an INVITE may be given again to repeat it; any other response
        after the final one says nothing.
        """
        if self._served is not None:
            self._endpoint.answer(self._served, response)

    def refuse(self, error: SipError) -> None:
        """Answer with what is wrong."""
        self.respond(self.request.refuse(error, to_tag=self.tag))

    @property
    def is_answered(self) -> bool:
        """Has the final response been given?"""
        return self._served is None or self._served.final

    @property
    def canceled(self) -> Request | None:
        """The CANCEL that came for it."""
        return self._served.canceled if self._served else None

    @property
    def on_cancel(self) -> Callable[[Request], None] | None:
        """Called with a CANCEL, which has its 200 by then; whoever listens answers the INVITE with 487.
        Where nobody listens the endpoint does."""
        return self._served.on_cancel if self._served else None

    @on_cancel.setter
    def on_cancel(self, act: Callable[[Request], None] | None) -> None:
        if self._served is not None:
            self._served.on_cancel = act

    @property
    def on_failure(self) -> Callable[[Failure], None] | None:
        """Called when a response could not be sent (TRANSPORT), or nobody confirmed a refused INVITE (NO_ACK)."""
        return self._served.on_failure if self._served else None

    @on_failure.setter
    def on_failure(self, act: Callable[[Failure], None] | None) -> None:
        if self._served is not None:
            self._served.on_failure = act
