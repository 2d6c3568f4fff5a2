from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.verbs.nouns import Beside, attempted
from hoyhoy.exchange.verbs.verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call

AT_ONCE = "the next verb follows at once, and nothing is asked."


class Start(Verb):
    """Begin something that goes on beside the call (voice reference 2.13)."""

    takes = ("Recording", "Stream", "Siprec", "Transcription")
    misplaced = 14300
    unused = dict.fromkeys(("action", "method"), AT_ONCE)

    async def run(self, call: Call) -> None:
        await call.answer()
        for noun in self.nested:
            if isinstance(noun, Beside):
                attempted(call, noun, noun.start)
