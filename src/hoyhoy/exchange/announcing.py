"""Announcements: documents that are heard beside what is going on in a conference (voice reference 6).

They are nobody's call: what they say is played to whom they are meant for, and nothing there stops for them. Those for
one audience are heard one after another.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from hoyhoy.audio import FRAME_SECONDS
from hoyhoy.wire.errors import Fault

from .aside import follow
from .events import Event, Params
from .facilities import Facilities
from .media import Prompt
from .notices import Patience, notify
from .playback import prompt_of
from .ports import FetchFailed, Page, Webhook
from .program import Inline, Place, Source, Within
from .sound import Sound
from .thorough import every

WITHIN = Within(("Say", "Play", "Pause", "Redirect"), 13238)

MOST_AT_ONCE = 10
"""Announcements to one audience that are under way or wait for their turn."""


class Announcement:
    """One document, and those to which it redirects; verbs take it for a call.

    `subject` is what notices are about. Each request carries `params`, as they are then. `hear` returns at the end of a
    sound. `told` is called once, with the code and the sentence of what went wrong, or with 0 and "".
    """

    def __init__(
        self,
        facilities: Facilities,
        account: str,
        what: Webhook,
        *,
        subject: str,
        params: Callable[[], Params],
        hear: Callable[[Prompt], Awaitable[None]],
        told: Callable[[int, str], None],
    ) -> None:
        self.facilities, self.account, self.what, self.subject = facilities, account, what, subject
        self.session = facilities.fetcher.session()
        self.place = Place(None)
        self.asked: Webhook | None = None
        self.page: Page | None = None
        self.soundless_documents = 0
        self._params, self._hear, self._told = params, hear, told
        self._patience = Patience()

    async def run(self) -> None:
        try:
            await follow(self, self.what, WITHIN, self._ask)
        except Fault as fault:
            failed = fault.__cause__
            self.page = failed.page if isinstance(failed, FetchFailed) else self.page
            self.notice(fault.code, fault.message)
            self.over(fault.code, fault.message)
        else:
            self.over()

    def over(self, code: int = 0, why: str = "") -> None:
        told, self._told = self._told, lambda code, why: None
        told(code, why)

    def _ask(self, source: Source) -> Source:
        if isinstance(source, Inline):
            return source
        return replace(source, params=(*self._params(), *source.params))

    # What verbs use --------------------------------------------------------------------------

    async def goes_on(self) -> None:
        """It is cancelled when it is to stop."""

    async def play(self, sound: Sound, times: int = 1) -> None:
        prompt = await prompt_of(self, sound)
        for _ in range(times if len(prompt.samples) else 0):
            await self._hear(prompt)
            if prompt.seconds >= FRAME_SECONDS:
                self.soundless_documents = 0

    async def pause(self, seconds: float) -> None:
        await self.facilities.clock.sleep(seconds)
        self.soundless_documents = 0

    def record(self, event: Event) -> None:
        self.facilities.journal.record(self.subject, self.account, event)

    def notice(self, code: int, message: str) -> None:
        if (told := self._patience.hears(code, message)) is None:
            return
        asked = self.asked or self.what
        notify(
            self.facilities.journal,
            self.facilities.chance,
            self.facilities.clock.now(),
            account=self.account,
            subject=self.subject,
            code=code,
            message=told,
            page=self.page,
            url=self.place.url or asked.url,
            method=asked.method,
            params=asked.params,
        )


class Announcements:
    """Those for one audience, one after another."""

    def __init__(self) -> None:
        self._waiting: deque[Announcement] = deque()
        self._work: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Fault 16099 when there are too many already."""
        if len(self._waiting) >= MOST_AT_ONCE:
            raise Fault(16099, f"{MOST_AT_ONCE} announcements are waiting for their turn already.")

    def start(self, one: Announcement) -> None:
        """Now, or when those before are over. Fault 16099 as `check`."""
        self.check()
        self._waiting.append(one)
        if self._work is None:
            self._work = one.facilities.clock.spawn(self._run(), f"{one.subject} announcements")

    async def _run(self) -> None:
        try:
            while self._waiting:
                one = self._waiting[0]
                try:
                    await one.run()
                finally:
                    if self._waiting and self._waiting[0] is one:
                        self._waiting.popleft()
        finally:
            if self._work is asyncio.current_task():
                self._work = None

    def stop(self, why: str) -> None:
        """None goes on; each is told of."""
        if self._work:
            self._work.cancel()
            self._work = None
        untold = tuple(self._waiting)
        self._waiting.clear()
        every(partial(one.over, 16001, why) for one in untold)
