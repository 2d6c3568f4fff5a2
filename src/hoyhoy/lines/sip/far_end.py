"""The far end of one dialog: what we ask of it, and which way that goes (RFC 3261 12.2.1, 13.2.2.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.authentication import Attempt, Login
from hoyhoy.wire.sip.dialog import TARGET_REFRESH, Dialog
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Message, Request, Response
from hoyhoy.wire.sip.uri import Uri

from .equipment import Equipment
from .target import Target
from .way import is_known, way_back

SPARE = 8
"""ACKs that are kept for answers that come again."""


@dataclass(slots=True)
class FarEnd:
    """`place` is where requests go whatever Contact says (way.py), `source` where it was called or spoke from last;
    `allows` are the methods it understands.

    A far end may name any host in Contact and Record-Route: requests go there only where a program's might go too,
    else to `source`, or strangers would have us knock at doors in our own network.
    """

    equipment: Equipment
    dialog: Dialog
    place: Target | None = None
    login: Login | None = None
    login_at: Target | None = None
    """The only place that gets proofs of the password: whoever else our requests come to, be it a neighbour at the
    same host, would carry them on (CVE-2021-41158)."""
    user: str = ""
    """The user part of our Contact."""
    allows: frozenset[str] = frozenset()
    source: Target | None = None
    _hop: Uri | None = None
    _ways: list[Target] = field(default_factory=list)
    _acks: dict[int, tuple[Request, Target]] = field(default_factory=dict)  # by CSeq number

    def learn(self, message: Message) -> None:
        """Remember what its message says it can do."""
        if "Allow" in message.headers:
            self.allows = message.headers.tokens("Allow")

    def moves(self, request: Request, source: Target) -> None:
        """A request of its own shows where it is."""
        self.place, self.source = way_back(request, source), source

    def contact(self, target: Target) -> Address:
        return self.equipment.contact(target, self.user, secure=self.dialog.target.secure)

    async def ask(
        self,
        method: str,
        *,
        body: bytes = b"",
        content_type: str = "",
        prepare: Callable[[Request], None] | None = None,
    ) -> Response:
        """A request and its final response; an INVITE that succeeds is confirmed. `prepare` adds header fields.

        SipError when it cannot be sent: another is pending (491), there is no way.
        """
        ways = await self._targets()
        request = self.dialog.request(
            method,
            self.equipment.endpoint.via(ways[0]),
            contact=self.contact(ways[0]) if method in TARGET_REFRESH else None,
            body=body,
            content_type=content_type,
        )
        if prepare:
            prepare(request)
        if self.login is None or not self._is_trusted(ways[0]):
            return await self._asked(request, ways)
        ways = ways[:1]
        attempt = Attempt(self.login)
        self.login.authorize(request, self.equipment.tag())
        while True:
            response = await self._asked(request, ways)
            if response.status not in (401, 407):
                return response
            number = self.dialog.number + 1
            again = attempt.retry(request, response, branch="", cnonce=self.equipment.tag(), number=number)
            if again is None:
                return response
            request, self.dialog.number = again, number
            if method == "INVITE":
                self.dialog.inviting = number

    async def confirm(self, invite: Request) -> None:
        """The ACK for a 2xx, as often as the 2xx comes."""
        number = invite.cseq.number
        if number not in self._acks:
            ways = await self._targets()
            ack = self.dialog.ack(invite, self.equipment.endpoint.via(ways[0]))
            if not self._is_trusted(ways[0]):
                for name in ("Authorization", "Proxy-Authorization"):
                    ack.headers.set(name)
            self._acks[number] = ack, ways[0]
            if len(self._acks) > SPARE:
                del self._acks[min(self._acks)]
        self.equipment.endpoint.send_ack(*self._acks[number])

    async def _asked(self, request: Request, ways: list[Target]) -> Response:
        final: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def hear(response: Response) -> None:
            self.dialog.heard(response)
            if response.status >= 200 and not final.done():
                self.learn(response)
                final.set_result(response)
            if request.method == "INVITE" and 200 <= response.status < 300:
                self.equipment.clock.spawn(self._confirmed(request), "SIP ACK")

        outgoing = self.equipment.endpoint.send(request, ways, hear)
        try:
            return await final
        except asyncio.CancelledError:
            if request.method == "INVITE":
                outgoing.cancel()  # one on which somebody works would be open for ever (RFC 3261 17.1.1.2)
            raise

    async def _confirmed(self, invite: Request) -> None:
        try:
            await self.confirm(invite)
        except SipError:
            pass  # there is no way there any more: what we ask next says so

    async def _targets(self) -> list[Target]:
        if self.place is not None and not self.dialog.routes:
            return [self.place]
        hop = self.dialog.next_hop
        if hop != self._hop or not self._ways:
            self._ways, self._hop = await self.equipment.endpoint.resolve(hop), hop
        known, permits = self.source, self.equipment.permits
        if known is None:
            return self._ways
        return [one for one in self._ways if is_known(one, known) or permits(one)] or [known]

    def _is_trusted(self, way: Target) -> bool:
        """May it have a proof of the password?"""
        at = self.login_at
        if at is None or (way.host, way.port) != (at.host, at.port):
            return False
        return way.transport == at.transport or (way.transport != "tls" != at.transport)  # UDP or TCP is our choice
