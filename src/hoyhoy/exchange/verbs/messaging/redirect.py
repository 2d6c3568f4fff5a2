from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.program import Next
from hoyhoy.exchange.verbs.verb import Verb, method

if TYPE_CHECKING:
    from hoyhoy.exchange.reply import Reply


class Redirect(Verb):
    """Carry on with another document (messaging reference 1.10)."""

    method: str = method(code=13710)

    async def run(self, reply: Reply) -> None:
        raise Next(reply.place.webhook(self.body, self.method))
