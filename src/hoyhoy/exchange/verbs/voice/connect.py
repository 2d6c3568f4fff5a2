from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hoyhoy.exchange.program import Next
from hoyhoy.exchange.verbs.verb import Notice, Verb, method, misplaced, url

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.verb import Family
    from hoyhoy.wire.twiml import Element

MISPLACED = 14300


class Connect(Verb):
    """Give the call to something else until that is over (voice reference 2.13). Nothing that this version knows can be
    connected: it is over at once."""

    takes = (
        "Stream",
        "ConversationRelay",
        "ConversationRelaySession",
        "VirtualAgent",
        "Conversation",
        "Room",
        "Autopilot",
        "AiSession",
    )

    action: str | None = url()
    method: str = method(code=12200)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Connect:
        return super().read(misplaced(element, cls.takes, notice, MISPLACED), family, notice)

    async def run(self, call: Call) -> None:
        action = call.place.webhook(self.action, self.method) if self.action is not None else None
        await call.answer()
        if action:
            raise Next(replace(action))
