"""The media of messages, sent or received (messaging reference 1.1, 1.3).

A medium stays where it came from: whoever asks for its bytes, by its address without a suffix, is
sent there.
"""

from __future__ import annotations

from urllib.parse import quote

from hoyhoy.rest.kit import DELETE, FETCH, LIST, Answer, Context, Resource, moment, text
from hoyhoy.rest.kit.description import answers

RESERVED = "%/:?#[]@!$&'()*+,;=~"


class MessageMedia(Resource):
    """A picture, sound or other file of a message; its row is written with the message."""

    path = "/2010-04-01/Accounts/{account_sid}/Messages/{parent_sid}/Media"
    prefix, key, table_name = "ME", "media_list", "media"
    element = "Media"
    within = {"parent_sid": "messages"}
    offers = (LIST, FETCH, DELETE)

    parent_sid: str = text()
    content_type: str = text()
    date_created: float = moment(find="range")
    file_url: str = text(shown=False)

    @answers(307, "Where the bytes are; without a suffix.")
    async def on_fetch(self, ctx: Context) -> Answer | None:
        if not ctx.path.endswith(self.sid):
            return None
        return Answer(307, headers={"location": quote(self.file_url, safe=RESERVED)})
