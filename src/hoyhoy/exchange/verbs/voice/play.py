from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hoyhoy.exchange.sound import Audio, Keys
from hoyhoy.exchange.verbs.verb import Verb, checked, whole

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call

LONGEST_LOOP = 1000


def dtmf(raw: str) -> str:
    """Keys and pauses as they are sent; ValueError says what is lawful."""
    if not re.fullmatch(r"[0-9A-D#*wW]+", raw):
        raise ValueError("a sequence of 0-9 A-D # * w W")
    return raw


class Play(Verb):
    """Play a recording by URL, or send keys (voice reference 2.2). With both, the keys win."""

    digits: str = checked("", dtmf, code=13430)
    loop: int = whole(1, least=0, code=13410)

    async def run(self, call: Call) -> None:
        if self.digits:
            await call.play(Keys(self.digits))
        elif self.body:
            # The request for the sound carries no parameters of the call (1.7), so only the address matters.
            audio = Audio(call.place.webhook(self.body, "GET").url)
            for _ in range(self.loop or LONGEST_LOOP):
                await call.play(audio)
        else:
            call.notice(12200, f"Line {self.element.line}: <Play> names nothing to play; it is skipped.")
