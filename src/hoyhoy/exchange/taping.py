"""The recording that a Dial asked for, whoever its caller comes to talk with (voice reference 2.7, 2.7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.wire.errors import Fault

from .events import Params
from .orders import Record
from .recording import Recording
from .recording_rows import RecordingStatus

if TYPE_CHECKING:
    from .call import Call


class Taping:
    """Of the leg of a call, as `order` says; without one nothing is recorded."""

    def __init__(self, call: Call, order: Record | None) -> None:
        self.call, self.order = call, order
        self.recording: Recording | None = None

    def start(self) -> None:
        """From here on, unless it began before. The Dial goes on when that cannot be: a notice says why."""
        if self.order is None or self.recording:
            return
        try:
            self.recording = Recording.start(self.call, self.order)
        except Fault as fault:
            self.call.notice(fault.code, fault.message)

    def stop(self) -> None:
        if self.recording:
            self.recording.stop()

    async def done(self) -> None:
        """Return when there is a file, or never will be, or it is waited for no longer."""
        if self.recording:
            await self.recording.kept()

    @property
    def told(self) -> Params:
        """What the Dial's action is told of it when it is done: nothing of one that was not kept."""
        kept = self.recording is not None and self.recording.status is RecordingStatus.COMPLETED
        return self.recording.told if self.recording and kept else ()
