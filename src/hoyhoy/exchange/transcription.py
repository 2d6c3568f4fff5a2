"""A transcription: what is said in a recording, in words (voice reference 2.6, 8.4).

    transcription = Transcription.start(call, recording, callback="https://app/transcribed")
    with hearing(call.line, transcription.words.append):
        ...                                                  # for as long as it is recorded

Virtual phones say their words beside their sound; other recordings are given to the recogniser when they are finished.
Its row is there from the beginning, so that an exchange that dies meanwhile does not leave the app waiting. Of a
recording that came to nothing there is none.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hoyhoy.audio import wav
from hoyhoy.wire.errors import Fault

from .chance import new_sid
from .events import Params, ResourceChanged, TranscriptionMoved
from .facilities import Facilities
from .lifecycle import Lifecycle
from .notices import notify
from .ports import Callback, RecognitionFailed, Row
from .progress import standard
from .recording import Recording
from .recording_rows import TABLE as RECORDINGS
from .recording_rows import RecordingStatus, address

if TYPE_CHECKING:
    from .call import Call


class TranscriptionStatus(StrEnum):
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"


_ = TranscriptionStatus
TRANSCRIPTION = Lifecycle.of(
    (_.IN_PROGRESS, [_.COMPLETED, _.FAILED]),
    (_.COMPLETED, []),
    (_.FAILED, []),
)
FINAL = tuple(status for status in TranscriptionStatus if TRANSCRIPTION.is_final(status))

TABLE = "transcriptions"
TYPE = "fast"

SHORTEST, LONGEST = 2.0, 120.0
"""Seconds: what is not longer, or longer, is not transcribed (2.6)."""

IMPOSSIBLE, TOO_SHORT, TOO_LONG = 13617, 13618, 13619
"""Codes of notices (17.2)."""

LANGUAGE = "en-US"
"""The only one (2.6)."""

TOLD = ("CallSid", "AccountSid", "From", "To", "Caller", "Called", "CallStatus", "ApiVersion", "Direction",
        "ForwardedFrom")  # fmt: skip
"""Of the standard parameters, those that its callback has (2.6)."""


class Transcription:
    """One transcription; made by `start`."""

    def __init__(
        self, facilities: Facilities, *, account: str, call: str, recording: str, callback: str, sid: str = ""
    ) -> None:
        self.facilities = facilities
        self.account, self.call, self.recording, self.callback = account, call, recording, callback
        self.sid = sid or new_sid(facilities.chance, "TR")
        self.status = TranscriptionStatus.IN_PROGRESS
        self.words: list[str] = []
        """What was said beside the sound."""
        self.text = ""
        self.seconds = 0.0
        """How long the recording is, when it is finished."""
        self.about: Params = ()
        """What its callback says of the call."""

    @classmethod
    def start(cls, call: Call, recording: Recording, callback: str = "") -> Transcription:
        """Transcribe a recording of the call as soon as it is finished."""
        made = cls(call.facilities, account=call.account, call=call.sid, recording=recording.sid, callback=callback)
        made.about = _about(call)
        made._record(made._values(), new=True)
        call.spawn(made._live(call, recording), f"transcription {made.sid}")
        return made

    @property
    def url(self) -> str:
        """Where it is to be had, as apps are told."""
        return f"{self._recorded_at}/Transcriptions/{self.sid}"

    @property
    def _recorded_at(self) -> str:
        return address(self.facilities.rules, self.account, self.recording)

    # Its life --------------------------------------------------------------------------------

    async def _live(self, call: Call, recording: Recording) -> None:
        await asyncio.wait({recording.done})
        if recording.status is not RecordingStatus.COMPLETED:
            self.drop()
            return
        self.seconds = recording.seconds or 0.0
        refused: Fault | None = None
        try:
            self._check_length()
            self.text = " ".join(self.words) if self.words or call.line.has_words else await self._recognised()
        except Fault as fault:
            refused = fault
        self.about = _about(call)
        if refused:
            self.fail(refused)
        else:
            self._move(TranscriptionStatus.COMPLETED)

    def _check_length(self) -> None:
        if self.seconds <= SHORTEST:
            raise Fault(TOO_SHORT, f"The recording {self.recording} is not transcribed: it is not longer than 2 s.")
        if self.seconds > LONGEST:
            raise Fault(TOO_LONG, f"The recording {self.recording} is not transcribed: it is longer than 120 s.")

    async def _recognised(self) -> str:
        facilities = self.facilities
        if (recogniser := facilities.recogniser) is None:
            why = "this exchange has no recogniser (--recogniser)"
            raise Fault(IMPOSSIBLE, f"The recording {self.recording} is not transcribed: {why}.")
        try:
            with facilities.clock.busy(f"the sound of {self.recording}"):
                if (file := await facilities.tapes.read(self.recording)) is None:
                    raise RecognitionFailed("Its sound is gone.")
                sound = await asyncio.to_thread(wav.read, file, LONGEST)
            return " ".join((await recogniser.recognise(sound, LANGUAGE, ())).text.split())
        except (RecognitionFailed, OSError, wav.NotWav) as why:
            raise Fault(IMPOSSIBLE, f"The recording {self.recording} is not transcribed: {why}") from why

    def fail(self, why: Fault) -> None:
        facilities = self.facilities
        notify(
            facilities.journal,
            facilities.chance,
            facilities.clock.now(),
            account=self.account,
            subject=self.call,
            code=why.code,
            message=why.message,
        )
        self._move(TranscriptionStatus.FAILED)

    def drop(self) -> None:
        """There was nothing to transcribe."""
        gone = ResourceChanged(table=TABLE, change="deleted")
        self.facilities.journal.record(self.call, self.account, gone, (Row(TABLE, self.sid, None),))

    def _move(self, status: TranscriptionStatus) -> None:
        self.status = TRANSCRIPTION.move(self.status, status)
        changes = {
            "status": str(status),
            "transcription_text": self.text,
            "duration": round(self.seconds),
            "date_updated": self.facilities.clock.now(),
        }
        self._record(changes)

    def _record(self, values: Mapping[str, Any], *, new: bool = False) -> None:
        event = TranscriptionMoved(transcription=self.sid, recording=self.recording, status=str(self.status))
        rows = (Row(TABLE, self.sid, values, new=new),)
        self.facilities.journal.record(self.call, self.account, event, rows, self._callback())

    def _callback(self) -> tuple[Callback, ...]:
        """What an app is told, exactly (2.6)."""
        if not self.callback or not TRANSCRIPTION.is_final(self.status):
            return ()
        params: Params = (
            ("TranscriptionSid", self.sid),
            ("TranscriptionText", self.text),
            ("TranscriptionStatus", str(self.status)),
            ("TranscriptionUrl", self.url),
            ("TranscriptionType", TYPE),
            ("RecordingSid", self.recording),
            ("RecordingUrl", self._recorded_at),
            *self.about,
            ("url", self.callback),
        )
        sid = new_sid(self.facilities.chance, "CB")
        return (Callback(sid, self.call, self.account, self.callback, "POST", params),)

    def _values(self) -> dict[str, Any]:
        now = self.facilities.clock.now()
        return {
            "account_sid": self.account,
            "call_sid": self.call,
            "recording_sid": self.recording,
            "status": str(self.status),
            "type": TYPE,
            "transcribe_callback": self.callback or None,
            "told_of_call": json.dumps(self.about),
            "date_created": now,
            "date_updated": now,
        }


async def recover(facilities: Facilities, row: Mapping[str, Any]) -> None:
    """Give up a transcription that was under way when the exchange died, after its recording was finished."""
    found = Transcription(
        facilities,
        account=row["account_sid"],
        call=row["call_sid"],
        recording=row["recording_sid"],
        callback=row["transcribe_callback"] or "",
        sid=row["sid"],
    )
    found.about = tuple((name, value) for name, value in json.loads(row["told_of_call"] or "[]"))
    recorded = await facilities.rows.fetch(RECORDINGS, found.recording) if facilities.rows else None
    if recorded is None or recorded["status"] != RecordingStatus.COMPLETED:
        found.drop()
        return
    found.seconds = recorded["duration"] or 0
    why = f"The recording {found.recording} is not transcribed: the exchange was restarted meanwhile."
    found.fail(Fault(IMPOSSIBLE, why))


def _about(call: Call) -> Params:
    return tuple((name, value) for name, value in standard(call, str(call.status)) if name in TOLD)
