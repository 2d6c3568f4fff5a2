from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.program import Left
from hoyhoy.exchange.verbs.verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Leave(Verb):
    """Leave the queue that the document is performed in; elsewhere nothing (voice reference 2.10)."""

    async def run(self, call: Call) -> None:
        raise Left
