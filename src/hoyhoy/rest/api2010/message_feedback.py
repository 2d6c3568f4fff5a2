"""What became of a message, as its recipient showed it by typing a code or opening a link (messaging reference 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hoyhoy.rest.kit import CREATE, Context, Resource, choice, place, text
from hoyhoy.wire.errors import Fault


class MessageFeedback(Resource):
    """The outcome of a message that was sent with ProvideFeedback; the last one counts."""

    path = "/2010-04-01/Accounts/{account_sid}/Messages/{message_sid}/Feedback"
    prefix, key, table_name = "FB", "feedback", "message_feedback"
    element = "Feedback"
    within = {"message_sid": "messages"}
    offers = (CREATE,)

    sid: str = text(shown=False)
    message_sid: str = text()
    outcome: str = choice("confirmed", "unconfirmed", default="confirmed", on=(CREATE,))

    async def on_create(self, ctx: Context) -> Mapping[str, Any] | None:
        message = await ctx.services.rows.fetch("messages", ctx.scope["message_sid"])
        if message is None or not message["provide_feedback"]:
            raise Fault(20001, "Feedback is taken only about messages that were sent with 'ProvideFeedback=true'.")
        return None

    def address(self, ctx: Context) -> str:
        return place(ctx)
