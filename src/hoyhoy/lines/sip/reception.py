"""One INVITE that came, until it is answered, refused or given up (RFC 3261 13.3.1, RFC 3262 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hoyhoy.wire.sip import prack
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.session_timer import Session

from .agreement import Agreement, description
from .confirmation import Confirmation
from .equipment import Equipment
from .far_end import FarEnd
from .inbound import Inbound
from .talk import Talk, introduce

STILL = 60.0
"""Seconds after which it is said again that it rings, lest a proxy gives it up (RFC 3261 13.3.1.1)."""


class Reception:
    """`body` is our description: the answer, or the offer when the INVITE `waits` for one."""

    def __init__(
        self, equipment: Equipment, inbound: Inbound, far: FarEnd, agreement: Agreement, session: Session
    ) -> None:
        """SipError when the INVITE must be refused: nothing to agree on."""
        self.equipment, self.inbound, self.session = equipment, inbound, session
        self.talk = Talk(equipment, far, agreement)
        self._agreement = agreement
        offer = description(inbound.request)
        self.waits = offer is None
        self.body = agreement.offer() if offer is None else agreement.answer(offer)
        agreement.is_withheld = not self.waits
        self._sender = prack.Sender(equipment.chance.below(2**31))
        self._reliable: Confirmation | None = None
        self._still: asyncio.Task[None] | None = None
        self.is_over = False

    def ring(self, on_lost: Callable[[], None]) -> None:
        """Say that it rings, and go on saying so. `on_lost` when the caller wants that confirmed and does not."""
        if not self.is_over:
            self._still = self.equipment.clock.spawn(self._ring_on(on_lost), "SIP ringing")
            self._say(on_lost)

    def answer(self) -> None:
        """Send the 200. Sound flows from here on, in both directions if the caller has made an offer."""
        self._stop()
        if not self.waits:
            self._agreement.is_withheld = False
            self._agreement.apply()
        self.talk.answer(self.inbound, self.body, self.session, is_first=True, waits=self.waits)

    def refuse(self, status: int) -> None:
        if not self.is_over:
            self._stop()
            self.inbound.respond(self.talk.far.dialog.respond(self.inbound.request, status))

    def _stop(self) -> None:
        self.is_over = True
        self.inbound.on_cancel = None  # the transaction stays for a while, and shall not keep the leg
        if self._still is not None:
            self._still.cancel()
            self._still = None
        if self._reliable is not None:
            self._reliable.stop()

    async def _ring_on(self, on_lost: Callable[[], None]) -> None:
        while True:
            await self.equipment.clock.sleep(STILL)
            self._say(on_lost)

    def _say(self, on_lost: Callable[[], None]) -> None:
        far = self.talk.far
        response = far.dialog.respond(self.inbound.request, 180, contact=far.contact(self.inbound.source))
        introduce(self.equipment, response)
        if "100rel" not in self.inbound.request.headers.tokens("Require"):
            self.inbound.respond(response)
            return
        self._sender.prepare(response)
        self.talk.on_prack = self._prack  # it may come after our answer too (RFC 3262 3)
        self._reliable = Confirmation(self.equipment.clock, self.inbound, response)
        self._reliable.ended.add_done_callback(
            lambda done: on_lost() if done.result() is None and not self.is_over else None
        )

    def _prack(self, request: Request) -> None:
        self._sender.confirm(request)
        if self._reliable is not None:
            self._reliable.confirm(request)
