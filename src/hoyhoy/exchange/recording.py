"""A recording: what is said in a call, from its beginning to a file that can be had (voice reference 8).

    recording = Recording.start(call, Record(source="DialVerb", channels=2))
    recording.stop()
    if await recording.kept(): ...

All recordings are made here, whoever asked for them. A recording lives beside its call: it ends with the call's leg,
or with the plane that carries the sound, and is finished after that, even by the next exchange when this one dies. That
of a conference lives beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hoyhoy.wire.errors import Fault

from .chance import new_sid
from .events import Params, RecordingMoved
from .facilities import Facilities
from .media import Recorder, Tape, Track
from .notices import notify
from .orders import Record
from .ports import OpenTape, Row
from .recording_callbacks import callbacks_of
from .recording_rows import RECORDING, RUNNING, SHOWN, TABLE, RecordingStatus, address, ordered, values_of
from .reel import Reel, samples

if TYPE_CHECKING:
    from .call import Call

RECORD_VERB, CALL_API, CONFERENCE = "RecordVerb", "StartCallRecordingAPI", "Conference"
"""Where recordings come from, with OUTBOUND_API (8.2)."""

SHORTEST = 1.0
"""Seconds: what is shorter is absent (18 row 15)."""

FILE_SECONDS = 5.0
"""How long anything may wait for the file of a recording that is stopped."""

MOST_AT_ONCE = 8
"""Recordings of one call."""

TOO_SHORT, SILENT, TOO_MANY, NOT_KEPT = 16101, 16102, 16108, 12400
"""Codes of notices and faults (17.2)."""


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
        self._reel: Reel
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
        return {"sid": self.sid, **values_of(self), "duration": self.duration, "error_code": self.error_code}

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
            self._reel.gap(samples(self._paused_at - self.started_at - self._left_out), samples(lasted))
        self._left_out += lasted
        self._paused_at = None

    # Its life --------------------------------------------------------------------------------

    def _begin(self, record: Callable[[Tape], Recorder]) -> None:
        self._tape = self.facilities.tapes.open(self.sid, self.order.channels)
        self._tape.on_failed = self._fail
        self._reel = Reel(self._tape, self.order.channels)
        self._recorder = record(self._reel)
        self.facilities.recordings[self.sid] = self
        self._record(values_of(self), new=True)

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
        self.facilities.journal.record(self.subject, self.account, event, rows, callbacks_of(self, new=new))


async def recover(facilities: Facilities, row: Mapping[str, Any]) -> Recording:
    """Finish a recording that was under way when the exchange died, with what is on the tape; its row is given."""
    found = Recording(
        facilities,
        ordered(row),
        account=row["account_sid"],
        call=row["call_sid"] or "",
        conference=row["conference_sid"] or "",
        sid=row["sid"],
    )
    found.status = RecordingStatus(row["status"])
    found.started_at = row["start_time"]
    await found._finish(lambda: facilities.tapes.resume(found.sid, found.order.channels, found.order.trim))
    found.done.set_result(None)
    return found


def _track(order: Record) -> Track:
    if order.channels == 2:
        return Track.DUAL
    return {"inbound": Track.FROM, "outbound": Track.TO}.get(order.track, Track.BOTH)


def _wrong_state(recording: Recording) -> Fault:
    return Fault(16114, f"The recording {recording.sid} is {SHOWN.get(recording.status, recording.status)}.")
