"""Transcriptions of recordings (voice reference 8.4); with `.txt` nothing but the words."""

from __future__ import annotations

from typing import Any

from hoyhoy.exchange.transcription import TABLE, TYPE, TranscriptionStatus
from hoyhoy.rest.kit import DELETE, FETCH, LIST, Answer, Context, Resource, choice, constant, integer, text
from hoyhoy.rest.kit.description import answers

TEXT = ".txt"


class Transcription(Resource):
    """What was said in a recording; its row is written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Transcriptions", "TR", TABLE
    also = ("/2010-04-01/Accounts/{account_sid}/Recordings/{recording_sid}/Transcriptions",)
    within = {"recording_sid": "recordings"}
    indexes = (("status",),)
    offers = (LIST, FETCH, DELETE)

    api_version: str = constant("2010-04-01")
    duration: int = integer(as_text=True)
    price: str = text()
    price_unit: str = text(default="USD")
    recording_sid: str = text()
    status: str = choice(*TranscriptionStatus)
    transcription_text: str = text()
    type: str = text(default=TYPE)

    call_sid: str = text(shown=False)
    transcribe_callback: str = text(shown=False)
    told_of_call: str = text(shown=False)

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        return await super().find(ctx, sid.removesuffix(TEXT) if ctx.method != "DELETE" else sid)

    @answers(200, "With `.txt`: the words.", content_type="text/plain")
    async def on_fetch(self, ctx: Context) -> Answer | None:
        if not ctx.path.endswith(TEXT):
            return None
        return Answer(200, (self.transcription_text or "").encode(), content_type="text/plain; charset=utf-8")
