from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.verbs.verb import Verb, whole

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Pause(Verb):
    """Wait silently for `length` seconds. As the first verb it delays answering (voice reference 2.3)."""

    length: int = whole(1, least=1, code=13910)

    async def run(self, call: Call) -> None:
        await call.pause(self.length)
