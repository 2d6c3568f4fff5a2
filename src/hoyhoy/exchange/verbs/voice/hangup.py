from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.program import End
from hoyhoy.exchange.verbs.nouns import UNDOCUMENTED
from hoyhoy.exchange.verbs.verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Hangup(Verb):
    """End the call. As the first verb it still answers (voice reference 2.5)."""

    unused = {"Parameter": UNDOCUMENTED}

    async def run(self, call: Call) -> None:
        await call.answer()
        raise End
