from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.leg import LegState
from hoyhoy.exchange.verbs.verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


class Echo(Verb):
    """Play the caller's own sound back until he hangs up (voice reference 2.12)."""

    async def run(self, call: Call) -> None:
        await call.answer()
        began, leg = call.clock.now(), call.line
        leg.media.echo(True)
        leg.on_words = leg.overhear
        try:
            await leg.reached(LegState.RELEASED)
        finally:
            leg.on_words = None
            leg.media.echo(False)
            call.lasted_since(began)
        await call.goes_on()
