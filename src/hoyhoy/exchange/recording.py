"""A recording: what is said in a call, from its beginning to a file that can be had (voice reference 8).

    recording = Recording.start(call, Record(source="DialVerb", channels=2))
    recording.stop()
    await recording.done

All recordings are made here, whoever asked for them. A recording lives beside its call: it ends with the call's leg,
or with the plane that carries the sound, and is finished after that, even by the next exchange when this one dies. That
of a conference lives beside it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hoyhoy.audio import FRAME, FRAME_SECONDS, RATE, wav
from hoyhoy.wire.errors import Fault

from .chance import new_sid
from .events import Params, RecordingMoved
from .facilities import Facilities, Rules
from .lifecycle import Lifecycle
from .media import Recorder, Tape, Track
from .notices import notify
from .orders import Record
from .ports import Callback, OpenTape, Row
from .progress import API_VERSION

if TYPE_CHECKING:
    from .call import Call


class RecordingStatus(StrEnum):
    IN_PROGRESS = "in-progress"
    PAUSED = "paused"
    STOPPED = "stopped"
    PROCESSING = "processing"
    COMPLETED = "completed"
    ABSENT = "absent"
    FAILED = "failed"


_ = RecordingStatus
RECORDING = Lifecycle.of(
    (_.IN_PROGRESS, [_.PAUSED, _.STOPPED, _.PROCESSING]),
    (_.PAUSED, [_.IN_PROGRESS, _.STOPPED, _.PROCESSING]),
    (_.STOPPED, [_.PROCESSING]),
    (_.PROCESSING, [_.COMPLETED, _.ABSENT, _.FAILED]),
    (_.COMPLETED, []),
    (_.ABSENT, []),
    (_.FAILED, []),
)
FINAL = tuple(status for status in RecordingStatus if RECORDING.is_final(status))

SHOWN = {_.FAILED: _.ABSENT}
"""The platform has one word for all that came to nothing; the error code says which it was (8.2)."""

RUNNING = (_.IN_PROGRESS, _.PAUSED)

RECORD_VERB, OUTBOUND_API, CALL_API = "RecordVerb", "OutboundAPI", "StartCallRecordingAPI"
CONFERENCE = "Conference"

SHORTEST = 1.0
"""Seconds: what is shorter is absent (18 row 15)."""

FILE_SECONDS = 5.0
"""How long anything may wait for the file of a recording that is stopped."""

MOST_AT_ONCE = 8
"""Recordings of one call."""

TOO_SHORT, SILENT, TOO_MANY, NOT_KEPT = 16101, 16102, 16108, 12400
"""Codes of notices and faults (17.2)."""

RESUMED = "resumed"
"""What participants made by REST may be told of besides the statuses: in progress, after a pause (6)."""

TABLE = "recordings"

DELETED = "deleted"
"""What the row of a finished recording says whose sound was given up through REST (8.2)."""


class Recording:
    """One recording; made by `start`, or `of_room` for that of a conference, which has no `call`."""

    def __init__(
        self,
        facilities: Facilities,
        order: Record,
        *,
        account: str,
        call: str = "",
        conference: str = "",
        sid: str = "",
    ) -> None:
        self.facilities, self.order = facilities, order
        self.account, self.call, self.conference = account, call, conference
        self.subject = call or conference
        self.sid = sid or new_sid(facilities.chance, "RE")
        self.status = RecordingStatus.IN_PROGRESS
        self.started_at = facilities.clock.now()
        self.seconds: float | None = None
        """How long it is, when it is finished."""
        self.error_code: int | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when its status is final: there is a file, or never will be."""
        self._is_late = False
        self._paused_at: float | None = None
        self._keeps_silence = False
        self._left_out = 0.0
        self._tape: OpenTape
        self._reel: _Reel
        self._recorder: Recorder

    @classmethod
    def start(cls, call: Call, order: Record) -> Recording:
        """Record the leg of a call from here on. Fault 16108 when there are too many recordings of it already."""
        if len(call.recordings) >= MOST_AT_ONCE:
            raise Fault(TOO_MANY, f"There are {len(call.recordings)} recordings of this call at once already.")
        made = cls(call.facilities, order, account=call.account, call=call.sid)
        track = _track(order)
        made._begin(lambda tape: call.line.media.record(track, order.seconds, tape))
        call.recordings.append(made)
        call.spawn(made._live(call.recordings), f"recording {made.sid}")
        return made

    @classmethod
    def of_room(
        cls, facilities: Facilities, order: Record, *, account: str, conference: str, room: int, among: list[Recording]
    ) -> Recording:
        """Record all that is said in the room of a conference from here on, until it is stopped. `among` are those of
        it that are under way."""
        made = cls(facilities, order, account=account, conference=conference)
        made._begin(lambda tape: facilities.plane.record_room(account, room, order.seconds, tape))
        among.append(made)
        facilities.clock.spawn(made._live(among), f"{conference} recording {made.sid}")
        return made

    @property
    def ended(self) -> asyncio.Future[None]:
        """Done when nothing is recorded any more: it is stopped, as long as it may be, or what it recorded is gone."""
        return self._recorder.ended

    @property
    def url(self) -> str:
        """Where the sound is to be had, without an extension (8.2)."""
        return address(self.facilities.rules, self.account, self.sid)

    @property
    def told(self) -> Params:
        """What requests about the call say of it, when it is done (2.6, 3.2)."""
        return (
            ("RecordingUrl", self.url),
            ("RecordingSid", self.sid),
            ("RecordingDuration", str(self.duration or 0)),
        )

    @property
    def row(self) -> dict[str, Any]:
        """As it stands."""
        return {"sid": self.sid, **self._values(), "duration": self.duration, "error_code": self.error_code}

    @property
    def duration(self) -> int | None:
        return None if self.seconds is None else round(self.seconds)

    async def kept(self) -> bool:
        """Whether there is a file: as soon as that is known, or False after a while, in which a disk that is in order
        has made one. More than one may ask."""
        try:
            async with self.facilities.clock.timeout(FILE_SECONDS):
                await asyncio.wait({self.done})
        except TimeoutError:
            if self.status not in RUNNING and not self._is_late:
                self._is_late = True
                self.facilities.clock.spawn(self._tell_late(), f"{self.sid} is late")  # which keeps nobody either
        return self.status is RecordingStatus.COMPLETED

    async def _tell_late(self) -> None:
        self._notice(NOT_KEPT, f"The recording {self.sid} is still no file: what waited for that goes on without it.")

    # Orders ----------------------------------------------------------------------------------

    def stop(self) -> None:
        """Nothing more is recorded; when it was over already this changes nothing."""
        if self.status in RUNNING:
            self._recorder.stop()  # also when the store refuses to have that written
            self._move(RecordingStatus.STOPPED)

    def pause(self, *, silence: bool = True) -> None:
        """Leave out what is said until `resume`; with `silence`, keep its time. Fault 16114 unless it is under way."""
        if self.status is not RecordingStatus.IN_PROGRESS:
            raise _wrong_state(self)
        self._paused_at, self._keeps_silence = self.facilities.clock.now(), silence
        self._recorder.pause(True)
        self._move(RecordingStatus.PAUSED)

    def resume(self) -> None:
        """Fault 16114 unless it is paused."""
        if self.status is not RecordingStatus.PAUSED:
            raise _wrong_state(self)
        self._end_pause()
        self._recorder.pause(False)
        self._move(RecordingStatus.IN_PROGRESS)

    def _end_pause(self) -> None:
        if self._paused_at is None:
            return
        lasted = self.facilities.clock.now() - self._paused_at
        if self._keeps_silence:
            self._reel.gap(_samples(self._paused_at - self.started_at - self._left_out), _samples(lasted))
        self._left_out += lasted
        self._paused_at = None

    # Its life --------------------------------------------------------------------------------

    def _begin(self, record: Callable[[Tape], Recorder]) -> None:
        self._tape = self.facilities.tapes.open(self.sid, self.order.channels)
        self._tape.on_failed = self._fail
        self._reel = _Reel(self._tape, self.order.channels)
        self._recorder = record(self._reel)
        self.facilities.recordings[self.sid] = self
        self._record(self._values(), new=True)

    def _fail(self) -> None:
        """The sound cannot be kept: why is said when it is finished."""
        self._recorder.stop()

    async def _live(self, among: list[Recording]) -> None:
        try:
            await self._recorder.ended
            self._end_pause()
            self._reel.end()
            await self._finish(lambda: self._tape.finish(self.order.trim), self._recorder.why)
        finally:
            among.remove(self)
            del self.facilities.recordings[self.sid]
            self.done.set_result(None)

    async def _finish(self, finish: Callable[[], Any], refused: str = "") -> None:
        """Make a file of it, and say what became of it. `refused` is why there is nothing to make one of."""
        if self.status is not RecordingStatus.PROCESSING:
            self._move(RecordingStatus.PROCESSING)
        facilities = self.facilities
        with facilities.clock.busy(f"the file of {self.sid}"):
            try:
                self.seconds = await finish()
                if self.seconds < SHORTEST:
                    await facilities.tapes.drop(self.sid)
            except OSError as error:
                self.seconds = None
                self._failed(NOT_KEPT, f"The recording {self.sid} is lost: {error.strerror or error}.")
                self._move(RecordingStatus.FAILED)
                return
        if refused and not self.seconds:
            self.seconds = None
            self._failed(NOT_KEPT, f"The recording {self.sid} could not be made: {refused}.")
            self._move(RecordingStatus.FAILED)
            return
        if self.seconds >= SHORTEST:
            self._move(RecordingStatus.COMPLETED)
            return
        if self.seconds:
            self._failed(TOO_SHORT, f"The recording {self.sid} is shorter than a second and was not kept.")
        else:
            self._failed(SILENT, f"Nothing was heard in the recording {self.sid}, which was not kept.")
        self._move(RecordingStatus.ABSENT)

    def _failed(self, code: int, message: str) -> None:
        self.error_code = code
        self._notice(code, message)

    def _notice(self, code: int, message: str) -> None:
        facilities = self.facilities
        notify(
            facilities.journal,
            facilities.chance,
            facilities.clock.now(),
            account=self.account,
            subject=self.subject,
            code=code,
            message=message,
        )

    def _move(self, status: RecordingStatus) -> None:
        self.status = RECORDING.move(self.status, status)
        changes: dict[str, Any] = {"status": str(status), "date_updated": self.facilities.clock.now()}
        if RECORDING.is_final(status):
            changes |= {"duration": self.duration, "error_code": self.error_code}
        self._record(changes)

    def _record(self, values: Mapping[str, Any], *, new: bool = False) -> None:
        event = RecordingMoved(
            recording=self.sid,
            status=str(self.status),
            source=self.order.source,
            seconds=self.seconds,
            error_code=self.error_code,
        )
        rows = (Row(TABLE, self.sid, values, new=new),)
        self.facilities.journal.record(self.subject, self.account, event, rows, self._callback(new))

    def _callback(self, new: bool) -> tuple[Callback, ...]:
        """What an app is told, exactly (8.3). That it goes on after a pause is told to who asks for `resumed`."""
        order, status = self.order, SHOWN.get(self.status, self.status)
        if status is RecordingStatus.COMPLETED and not order.callback:
            return self._of_file()
        what = RESUMED if status is RecordingStatus.IN_PROGRESS and not new else status
        if not order.callback or what not in order.events:
            return ()
        params: Params = (
            ("AccountSid", self.account),
            ("CallSid", self.call) if self.call else ("ConferenceSid", self.conference),
            ("RecordingSid", self.sid),
            ("RecordingUrl", self.url),
            ("RecordingStatus", str(status)),
            *((("RecordingDuration", str(self.duration)),) if status is RecordingStatus.COMPLETED else ()),
            ("RecordingChannels", str(order.channels)),
            ("RecordingStartTime", format_datetime(datetime.fromtimestamp(int(self.started_at), UTC))),
            ("RecordingSource", order.source),
            ("RecordingTrack", order.track),
            ("ErrorCode", str(self.error_code or 0)),
        )
        return (self._to(order.callback, order.method, params),)

    def _of_file(self) -> tuple[Callback, ...]:
        """The deprecated `conference-record-end` (2.8.1)."""
        if not self.order.file_callback or self.seconds is None:
            return ()
        params: Params = (
            ("EventName", "conference-record-end"),
            ("AccountSid", self.account),
            ("ConferenceSid", self.conference),
            ("RecordingSid", self.sid),
            ("RecordingUrl", self.url),
            ("Duration", str(self.duration)),
            ("RecordingFileSize", str(wav.HEAD + round(self.seconds * RATE) * 2 * self.order.channels)),
        )
        return (self._to(self.order.file_callback, "POST", params),)

    def _to(self, url: str, method: str, params: Params) -> Callback:
        return Callback(new_sid(self.facilities.chance, "CB"), self.subject, self.account, url, method, params)

    def _values(self) -> dict[str, Any]:
        order = self.order
        return {
            "account_sid": self.account,
            "call_sid": self.call or None,
            "conference_sid": self.conference or None,
            "status": str(self.status),
            "source": order.source,
            "channels": order.channels,
            "track": order.track,
            "trim": "trim-silence" if order.trim else "do-not-trim",
            "start_time": self.started_at,
            "recording_status_callback": order.callback or None,
            "recording_status_callback_method": order.method,
            "recording_status_callback_event": " ".join(order.events),
            "file_callback": order.file_callback or None,
            "date_created": self.started_at,
            "date_updated": self.started_at,
        }


def address(rules: Rules, account: str, sid: str) -> str:
    """Where the sound of a recording is to be had, as apps are told."""
    return f"{rules.api}/{API_VERSION}/Accounts/{account}/Recordings/{sid}"


def columns_of(order: Record | None) -> dict[str, Any]:
    """How a call is to be recorded, as columns of its row."""
    if order is None:
        return {}
    return {
        "record": True,
        "recording_channels": "dual" if order.channels == 2 else "mono",
        "recording_track": order.track,
        "recording_status_callback": order.callback or None,
        "recording_status_callback_method": order.method,
        "recording_status_callback_event": " ".join(order.events),
        "trim": "trim-silence" if order.trim else "do-not-trim",
    }


def order_of(row: Mapping[str, Any]) -> Record | None:
    """How the call of a row is to be recorded."""
    if not row["record"]:
        return None
    return Record(
        source=OUTBOUND_API,
        track=row["recording_track"],
        channels=2 if row["recording_channels"] == "dual" else 1,
        trim=row["trim"] == "trim-silence",
        callback=row["recording_status_callback"] or "",
        method=row["recording_status_callback_method"],
        events=tuple(row["recording_status_callback_event"].split()),
    )


async def recover(facilities: Facilities, row: Mapping[str, Any]) -> Recording:
    """Finish a recording that was under way when the exchange died, with what is on the tape; its row is given."""
    order = Record(
        source=row["source"],
        track=row["track"] or "both",
        channels=row["channels"] or 1,
        trim=row["trim"] == "trim-silence",
        callback=row["recording_status_callback"] or "",
        method=row["recording_status_callback_method"] or "POST",
        events=tuple((row["recording_status_callback_event"] or "completed").split()),
        file_callback=row["file_callback"] or "",
    )
    found = Recording(
        facilities,
        order,
        account=row["account_sid"],
        call=row["call_sid"] or "",
        conference=row["conference_sid"] or "",
        sid=row["sid"],
    )
    found.status = RecordingStatus(row["status"])
    found.started_at = row["start_time"]
    await found._finish(lambda: facilities.tapes.resume(found.sid, order.channels, order.trim))
    found.done.set_result(None)
    return found


class _Reel:
    """A tape on which silence takes the place of what was left out: what comes does not say where it was."""

    def __init__(self, tape: OpenTape, channels: int) -> None:
        self._tape, self._width = tape, 2 * channels
        self._written = 0
        self._gaps: deque[tuple[int, int]] = deque()

    def gap(self, at: int, samples: int) -> None:
        """Silence after the first `at` samples of what comes."""
        self._gaps.append((at, samples))
        self.write(b"")

    def write(self, sound: bytes) -> None:
        while self._gaps and self._gaps[0][0] * self._width <= self._written + len(sound):
            at, samples = self._gaps.popleft()
            before = max(0, at * self._width - self._written)
            self._put(sound[:before])
            self._tape.silence(samples)
            sound = sound[before:]
        self._put(sound)

    def end(self) -> None:
        """Nothing more comes, even if a little less came than the clock made one expect."""
        while self._gaps:
            self._tape.silence(self._gaps.popleft()[1])

    def _put(self, sound: bytes) -> None:
        if sound:
            self._written += len(sound)
            self._tape.write(sound)


def _track(order: Record) -> Track:
    if order.channels == 2:
        return Track.DUAL
    return {"inbound": Track.FROM, "outbound": Track.TO}.get(order.track, Track.BOTH)


def _samples(seconds: float) -> int:
    """In whole frames, as a plane counts."""
    return round(seconds / FRAME_SECONDS) * FRAME


def _wrong_state(recording: Recording) -> Fault:
    return Fault(16114, f"The recording {recording.sid} is {SHOWN.get(recording.status, recording.status)}.")
