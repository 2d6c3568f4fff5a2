"""A request of ours on its way: one target after the other until one answers (RFC 3261 8.1.3.1, RFC 3263 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.causes import FAILURES
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.matching import Key
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.transaction import Failure, Transaction
from hoyhoy.wire.sip.via import Via

from .target import Target

DATAGRAM_LIMIT = 1300
"""Octets beyond which a request should not go by UDP (RFC 3261 18.1.1)."""

Hear = Callable[[Response], None]


@dataclass(slots=True, eq=False)
class Asked:
    """A client transaction that runs. `heard` and `failed` tell whoever asked; nobody does for a CANCEL."""

    tx: Transaction
    key: Key
    target: Target
    heard: Hear | None = None
    failed: Callable[[Failure], None] | None = None
    reason: str = ""  # for CANCEL
    message: Request | Response | None = None
    octets: bytes = b""

    def written(self, message: Request | Response) -> bytes:
        """The octets of a message; written once, however often it goes out."""
        if message is not self.message:
            self.message, self.octets = message, bytes(message)
        return self.octets


class Asking(Protocol):
    """What an Outgoing needs of the endpoint."""

    def via(self, target: Target) -> Via: ...

    def contact(self, target: Target) -> Address: ...

    def ask(self, request: Request, target: Target, heard: Hear, failed: Callable[[Failure], None]) -> Asked | None: ...

    def give_up(self, asked: Asked, reason: str) -> None: ...


class Outgoing:
    """`request` and `target` are as last sent. `failure` says why the last response is one of our own making."""

    def __init__(self, endpoint: Asking, request: Request, targets: Sequence[Target], hear: Hear) -> None:
        self.request, self.target = request, targets[0]
        self.failure: Failure | None = None
        self._endpoint, self._hear = endpoint, hear
        self._left = self._ways(request, targets)
        self._asked: Asked | None = None
        self._settled = False  # somebody is at work on it, or it is wanted no more: there it stays
        self._contact = endpoint.contact(targets[0]).uri

    def start(self) -> None:
        self._next(self.request)

    def cancel(self, reason: str = "") -> None:
        """Want an INVITE no more (RFC 3261 9.1): CANCEL goes out as soon as it may, with a Reason (RFC 3326).

        What comes then is heard as ever: 487 as a rule, a 2xx that was on its way, 408 where nothing comes.
        """
        self._settled = True
        if self._asked is not None:
            self._endpoint.give_up(self._asked, reason)

    @staticmethod
    def _ways(request: Request, targets: Sequence[Target]) -> list[Target]:
        if not any(target.is_open and target.transport == "udp" for target in targets):
            return list(targets)
        # Its own Via may be some octets longer than the one that is there.
        if len(bytes(request)) <= DATAGRAM_LIMIT - 40:
            return list(targets)
        ways: list[Target] = []
        for target in targets:
            if target.is_open and target.transport == "udp":
                ways.append(target.by("tcp"))
            ways.append(target)
        return ways

    def _next(self, request: Request) -> None:
        target = self._left.pop(0)
        self.target, self.request = target, request
        request.headers.set("Via", self._endpoint.via(target))
        self._move_contact(request, target)
        self._asked = self._endpoint.ask(request, target, self._heard, self._failed)

    def _again(self) -> bool:
        """Go to the next target, if there is one and this one has shown nothing but failure."""
        if self._settled or not self._left:
            return False
        old = self.request  # the old transaction still needs it, to confirm refusals that come again
        self._next(Request(old.method, old.uri, headers=old.headers.copy(), body=old.body, charset=old.charset))
        return True

    def _heard(self, response: Response) -> None:
        if 100 < response.status < 200:
            self._settled = True
        if response.status == 503 and self._again():
            return
        if response.status >= 200:
            self._asked = None  # there is nothing to cancel any more
        self._hear(response)

    def _failed(self, why: Failure) -> None:
        if self._again():
            return
        self._asked = None
        self.failure = why
        self._hear(self.request.respond(FAILURES[why]))

    def _move_contact(self, request: Request, target: Target) -> None:
        """A Contact that names the place we had towards another target names the one towards this."""
        here, before = self._endpoint.contact(target).uri, self._contact
        self._contact = here
        if here == before or "Contact" not in request.headers:
            return
        try:
            contacts = request.contacts
        except SipError:
            return
        if len(contacts) != 1 or (contacts[0].uri.host, contacts[0].uri.port) != (before.host, before.port):
            return
        old = contacts[0]
        params = old.uri.params.without("transport")
        if here.transport:
            params = params.replace("transport", here.transport)
        moved = replace(old.uri, host=here.host, port=here.port, params=params)
        request.headers.set("Contact", replace(old, uri=moved))
