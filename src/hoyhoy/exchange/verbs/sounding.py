"""What Say and Play share: they are a sound, which may be made before its turn comes (Gather)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from .verb import Family, Notice, Verb, attribute_of

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.sound import Sound
    from hoyhoy.wire.twiml import Element

LONGEST_LOOP = 1000
"""Times that `loop="0"` means, and that no other number exceeds (voice reference 2.1, 2.2)."""


class Sounding(Verb):
    """A verb that is a sound, repeated as `loop` says."""

    loop: int = 1

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Self:
        made = super().read(element, family, notice)
        if made.loop > LONGEST_LOOP:
            where = f"Line {element.line}: <{element.name}>"
            notice(
                attribute_of(cls, "loop").code,
                f"{where}: loop='{made.loop}' is too often; {LONGEST_LOOP} is the most, and is used.",
            )
            made.loop = LONGEST_LOOP
        return made

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
