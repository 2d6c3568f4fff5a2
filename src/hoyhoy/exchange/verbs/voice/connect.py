from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.program import leave_to
from hoyhoy.exchange.verbs.verb import Verb, address, method

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


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
    misplaced = 14300

    action: str | None = address()
    method: str = method(code=12200)

    async def run(self, call: Call) -> None:
        action = call.place.action(self.action, self.method)
        await call.answer()
        leave_to(action)
