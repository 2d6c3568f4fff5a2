"""Recordings and their sound (voice reference 8.2).

Without a suffix, or with `.wav` or `.mp3`, an address is that of the sound; with `.json` that of the resource. What is
deleted has no sound any more, and is listed to whoever asks for it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar

from hoyhoy.audio import wav
from hoyhoy.exchange.ports import Encoder, FinishedTape, NotEncoded
from hoyhoy.exchange.recording_rows import DELETED, FINAL, RecordingStatus, address
from hoyhoy.rest.kit import (
    DELETE,
    FETCH,
    LIST,
    Answer,
    Context,
    Resource,
    Stream,
    boolean,
    choice,
    computed,
    constant,
    http_method,
    integer,
    moment,
    not_found,
    text,
    web_url,
    words,
)
from hoyhoy.rest.kit.description import answers
from hoyhoy.rest.kit.filters import Condition
from hoyhoy.rest.kit.properties import asked
from hoyhoy.wire.errors import Fault

SOURCES = (
    "DialVerb",
    "Conference",
    "OutboundAPI",
    "Trunking",
    "RecordVerb",
    "StartCallRecordingAPI",
    "StartConferenceRecordingAPI",
    "StartCallRecordingTwiML",
)
MP3 = ".mp3"
EVENTS = ("in-progress", "completed", "absent")


class Mixed:
    """Both channels of a recording in one (`RequestedChannels`)."""

    def __init__(self, both: FinishedTape) -> None:
        self._both = both
        self.size = wav.HEAD + (both.size - wav.HEAD) // 4 * 2

    async def parts(self, begin: int, end: int) -> AsyncGenerator[bytes]:
        if begin < wav.HEAD:
            yield wav.head(1, self.size - wav.HEAD)[begin:end]
        begin, end = max(begin - wav.HEAD, 0), max(end - wav.HEAD, 0)
        first, last = begin // 2, -(-end // 2)  # samples
        at, rest = first * 2, b""
        async with aclosing(self._both.parts(wav.HEAD + first * 4, wav.HEAD + last * 4)) as parts:
            async for part in parts:
                rest += part
                one, rest = wav.mixed(rest), rest[len(rest) // 4 * 4 :]
                if sound := one[max(0, begin - at) : end - at]:
                    yield sound
                at += len(one)


class Recording(Resource):
    """What was said in a call; its row is written by the exchange."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Recordings", "RE", "recordings"
    offers: ClassVar[tuple[str, ...]] = (LIST, FETCH, DELETE)
    below: ClassVar[Mapping[str, str]] = {"transcriptions": "Transcriptions"}

    api_version: str = constant("2010-04-01")
    call_sid: str = text(find="=")
    conference_sid: str = text(find="=")
    date_created: float = moment(find="range")
    start_time: float = moment()
    duration: int = integer(as_text=True)
    price: str = text()
    price_unit: str = text(default="USD")
    status: str = choice(*RecordingStatus, reached=(DELETED,))
    channels: int = integer()
    source: str = choice(*SOURCES)
    error_code: int = integer()
    encryption_details: str | None = computed()
    media_url: str = computed()

    track: str = text(shown=False)
    trim: str = choice("trim-silence", "do-not-trim", default="do-not-trim", shown=False)
    recording_status_callback: str = web_url(callback=True, error=21609, shown=False)
    recording_status_callback_method: str = http_method(error=21209, shown=False)
    recording_status_callback_event: str = words(*EVENTS, splits=True, default=("completed",), shown=False)
    file_callback: str = web_url(callback=True, shown=False)

    requested_channels: int = asked(integer(between=(1, 2), on=(FETCH,), shown=False))
    include_soft_deleted: bool = asked(boolean(default=False, on=(LIST, FETCH), shown=False))

    def show_status(self, ctx: Context) -> str:
        return str(RecordingStatus.ABSENT) if self.status == RecordingStatus.FAILED else self.status

    def show_media_url(self, ctx: Context) -> str:
        """Where the sound is to be had."""
        return address(ctx.services.switchboard.facilities.rules, self.account_sid, self.sid)

    # Which there are -------------------------------------------------------------------------

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        if ctx.asked.get("include_soft_deleted"):
            return super().where(ctx)
        return [*super().where(ctx), ("status", "in", list(RecordingStatus))]

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        if ctx.method != "DELETE":
            sid = sid.removesuffix(".wav").removesuffix(MP3)
        row = await super().find(ctx, sid)
        is_gone = row is not None and row["status"] == DELETED and not ctx.asked.get("include_soft_deleted")
        return None if is_gone else row

    # Its sound -------------------------------------------------------------------------------

    @answers(200, "Without a suffix or with `.wav`, the sound.", content_type="audio/x-wav")
    @answers(200, "With `.mp3`, the sound in a smaller file.", content_type="audio/mpeg")
    @answers(206, "The part of the sound that `Range` asks for.", content_type="audio/x-wav")
    async def on_fetch(self, ctx: Context) -> Answer | None:
        if not ctx.path.endswith((self.sid, ".wav", MP3)):
            return None
        tape = await ctx.services.switchboard.facilities.tapes.find(self.sid)
        if tape is None:
            raise not_found(ctx.path)
        wanted = ctx.asked.get("requested_channels") or self.channels
        if wanted > self.channels:
            raise Fault(16113)
        sound = Mixed(tape) if wanted < self.channels else tape
        if ctx.path.endswith(MP3):
            file = await self._mp3(ctx.services.switchboard.facilities.encoder, sound, wanted)
            return Answer(200, file, content_type="audio/mpeg")
        return Answer(200, Stream(sound.size, sound.parts), content_type="audio/x-wav")

    async def _mp3(self, encoder: Encoder | None, sound: FinishedTape, channels: int) -> bytes:
        """Fault 20400 where it cannot be made."""
        instead = f"; {self.sid}.wav is to be had."
        if encoder is None:
            raise Fault(20400, "This exchange makes no MP3 files" + instead)
        if sound.size - wav.HEAD > encoder.longest:
            raise Fault(20400, "The recording is too long for an MP3 file" + instead)
        try:
            return await encoder.mp3(sound, channels)
        except NotEncoded as why:
            raise Fault(20400, f"No MP3 file can be made: {str(why).rstrip('.')}{instead}") from None

    # Giving it up ----------------------------------------------------------------------------

    async def on_delete(self, ctx: Context) -> None:
        if self.status not in FINAL:
            raise Fault(16114, "A recording can only be deleted when it is finished.")
        await ctx.services.switchboard.facilities.tapes.drop(self.sid)

    @classmethod
    def write(cls, ctx: Context, sid: str, change: str, values: Mapping[str, Any] | None, *, new: bool = False) -> None:
        if values is None:  # its row stays
            values = {"status": DELETED, "date_updated": ctx.now}
        super().write(ctx, sid, change, values, new=new)
