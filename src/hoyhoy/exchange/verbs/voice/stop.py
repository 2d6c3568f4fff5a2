from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.verbs.nouns import Beside, attempted
from hoyhoy.exchange.verbs.verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Stop(Verb):
    """End what a Start began, by its name (voice reference 2.13)."""

    takes = ("Recording", "Stream", "Siprec", "Transcription")
    misplaced = 14300

    async def run(self, call: Call) -> None:
        for noun in self.nested:
            if isinstance(noun, Beside):
                attempted(call, noun, noun.stop)
