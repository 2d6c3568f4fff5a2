from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.program import Next
from hoyhoy.exchange.verbs.verb import Verb, method

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Redirect(Verb):
    """Carry on with another document; empty means this one again (voice reference 1.6, 2.11)."""

    method: str = method(code=13710)

    async def run(self, call: Call) -> None:
        raise Next(call.place.webhook(self.body, self.method))
