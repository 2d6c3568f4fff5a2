"""What Say and Play share: they are a sound, which may be made before its turn comes (Gather)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .verb import Verb

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.sound import Sound

LONGEST_LOOP = 1000
"""Times that `loop="0"` means (voice reference 2.1, 2.2)."""


class Sounding(Verb):
    """A verb that is a sound, repeated as `loop` says."""

    loop: int = 1

    def wish(self, call: Call) -> Sound | None:
        """What is to be heard; None when there is nothing. Fault when it cannot be had."""
        raise NotImplementedError(type(self).__name__)

    @property
    def times(self) -> int:
        """How often it is heard."""
        return self.loop or LONGEST_LOOP

    async def run(self, call: Call) -> None:
        if wish := self.wish(call):
            await call.play(wish, self.times)
