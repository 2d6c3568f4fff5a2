"""What a REFER sets off in a dialog: what we are told of a call that we asked for, and what we tell of one that was
asked of us (RFC 3515 2.4.4)."""

from __future__ import annotations

import asyncio

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.leg import Referral
from hoyhoy.wire.sip import causes
from hoyhoy.wire.sip import referral as wire
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.transaction import PATIENCE
from hoyhoy.wire.sip.uri import Uri

from .far_end import FarEnd

LONGEST = 180
"""Seconds that a subscription lasts at most without a word (RFC 3515 2.4.4 leaves it open)."""
IN_ALL = 600.0
"""Seconds that a far end may go on telling."""
TOLD_WITHIN = 2.0
"""Seconds in which a far end may confirm what it is told: the end of its call does not wait longer."""

TRYING = 100
TAKEN_OVER = 200


class Referring:
    """One REFER of ours, until its outcome is known, its subscription is over, or nothing is heard of it any more."""

    def __init__(self, clock: Clock, far: FarEnd, referral: Referral) -> None:
        self._clock, self._far, self._referral = clock, far, referral
        self._number = 0
        self._is_over = False
        self._patience = PATIENCE  # until the first word (RFC 6665 4.1.2.4, timer N)
        self._heard = asyncio.Event()

    async def run(self, to: Uri) -> None:
        def prepare(request: Request) -> None:
            self._number = self._number or request.cseq.number  # with a proof of the password it is another
            wire.refer(request, to, self._far.dialog.local.uri.bare())

        try:
            response = await self._far.ask("REFER", prepare=prepare)
        except SipError as error:
            self._referral.answer = error.status
        else:
            self._referral.answer = response.status
            if response.status < 300:
                await self._listen()
        self._referral.is_over = True

    def hear(self, request: Request) -> None:
        """A NOTIFY, which may come before the answer to the REFER. SipError when it is about another one."""
        news = wire.news(request)
        if news.number is not None and news.number < self._number:
            raise SipError("that is over", 481)
        referral = self._referral
        referral.progress = news.status or referral.progress
        if news.status >= 200:
            referral.status = causes.status_of(news.status)
        self._is_over = self._is_over or news.is_last or news.status >= 200
        referral.is_over = self._is_over
        self._patience = min(LONGEST if news.lasts is None else news.lasts, LONGEST)
        self._heard.set()

    async def _listen(self) -> None:
        until = self._clock.now() + IN_ALL
        try:
            while not self._is_over:
                self._heard.clear()
                async with self._clock.timeout(min(self._patience, until - self._clock.now())):
                    await self._heard.wait()
        except TimeoutError:
            pass


class Taken:
    """A REFER of theirs that was taken. They hear, if they want to (`is_told`), that we try, and at the end of their
    call that others see to it now: what becomes of the other call is not theirs to know (RFC 3515 5.2)."""

    def __init__(self, clock: Clock, far: FarEnd, number: int, *, is_told: bool) -> None:
        self._clock, self._far, self._number = clock, far, number
        self._began = clock.spawn(self._tell(TRYING, f"active;expires={LONGEST}"), "SIP NOTIFY") if is_told else None

    async def end(self) -> None:
        if self._began is not None:
            await asyncio.wait({self._began})
            await self._tell(TAKEN_OVER, "terminated;reason=noresource")

    async def _tell(self, status: int, state: str) -> None:
        try:
            async with self._clock.timeout(TOLD_WITHIN):
                await self._far.ask(
                    "NOTIFY",
                    body=wire.fragment(status),
                    content_type=wire.FRAGMENT,
                    prepare=lambda request: wire.tell(request, self._number, state),
                )
        except (SipError, TimeoutError):
            pass  # whoever does not listen is not waited for
