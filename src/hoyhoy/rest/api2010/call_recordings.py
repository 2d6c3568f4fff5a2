"""Recordings of one call: those of a call that is going on can be begun, paused and stopped (voice reference 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hoyhoy.exchange.recording import CALL_API
from hoyhoy.exchange.recording_rows import TABLE, RecordingStatus
from hoyhoy.rest.kit import ALL, CREATE, UPDATE, Context, choice, computed, http_method, text, web_url, words
from hoyhoy.rest.kit.properties import asked
from hoyhoy.rest.kit.recorded import record

from .recordings import EVENTS, Recording

CURRENT = "Twilio.CURRENT"
"""Stands for the sid of the recording that is under way."""


class CallRecording(Recording):
    """A recording of this call."""

    path = "/2010-04-01/Accounts/{account_sid}/Calls/{call_sid}/Recordings"
    key, table_name = "recordings", TABLE
    element = "Recording"
    within = {"call_sid": "calls"}
    offers: ClassVar[tuple[str, ...]] = ALL
    below: ClassVar[Mapping[str, str]] = {}
    live = True
    indexes = (("account_sid", "conference_sid"), ("status",))

    call_sid: str = text()
    conference_sid: str = text()
    status: str = choice("in-progress", "paused", "stopped", reached=tuple(RecordingStatus), on=(UPDATE,))
    pause_behavior: str = asked(choice("skip", "silence", default="silence", on=(UPDATE,), shown=False))
    track: str = choice("inbound", "outbound", "both")
    media_url: str = computed(shown=False)

    recording_channels: str = asked(choice("mono", "dual", default="mono", on=(CREATE,), shown=False))
    recording_track: str = asked(
        choice("inbound", "outbound", "both", default="both", on=(CREATE,), error=13622, shown=False)
    )
    recording_configuration_id: str = asked(text(255, on=(CREATE,), shown=False, idle=True))
    trim: str = choice("trim-silence", "do-not-trim", default="do-not-trim", on=(CREATE,), shown=False)
    recording_status_callback: str = web_url(callback=True, on=(CREATE,), error=21609, shown=False)
    recording_status_callback_method: str = http_method(on=(CREATE,), error=21209, shown=False)
    recording_status_callback_event: str = words(
        *EVENTS, splits=True, on=(CREATE,), default=("completed",), shown=False
    )

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        if sid == CURRENT:
            (column,) = cls.within
            sid = ctx.services.switchboard.current_recording(ctx.scope[column]) or ""
        return await super().find(ctx, sid)

    async def on_create(self, ctx: Context) -> Mapping[str, Any]:
        recording = ctx.services.switchboard.record_call(ctx.scope["call_sid"], record(self, CALL_API))
        return recording.row

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        if changed.get("status"):
            silence = changed.get("pause_behavior", self.pause_behavior) == "silence"
            ctx.services.switchboard.change_recording(self.sid, changed["status"], silence=silence)
            ctx.sid = self.sid  # one that was stopped is not the current one any more
