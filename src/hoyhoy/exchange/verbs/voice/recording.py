from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.recording import Recording as Recorded
from hoyhoy.exchange.recording_rows import RUNNING
from hoyhoy.exchange.verbs.nouns import RECORDING_EVENTS, Beside, told_at
from hoyhoy.exchange.verbs.verb import choice, method, several, text, url
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call

SOURCE = "StartCallRecordingTwiML"
"""As measured; the vendor's page says OutboundAPI (voice reference 18 row 14)."""


class Recording(Beside):
    """A recording of the call from here on, beside all that follows (voice reference 2.13). `name` is what stops it."""

    unused = {"recordingConfigurationId": "there are no such configurations."}

    name: str = text()
    recording_status_callback: str | None = url(code=13256)
    recording_status_callback_method: str = method(code=13256)
    recording_status_callback_event: tuple[str, ...] = several(*RECORDING_EVENTS, default=("completed",), code=13621)
    trim: str = choice("trim-silence", "do-not-trim", default="trim-silence", code=13699)
    track: str = choice("inbound", "outbound", "both", default="both", code=13622)
    channels: str = choice("mono", "dual", default="dual", code=12200)

    def start(self, call: Call) -> None:
        """Fault when there are too many already, or one of this name."""
        if self.name and _of_name(call, self.name):
            raise Fault(12200, f"A recording {self.name[:80]!r} of this call is under way already.")
        Recorded.start(
            call,
            Record(
                source=SOURCE,
                track=self.track,
                channels=2 if self.channels == "dual" and self.track == "both" else 1,
                trim=self.trim == "trim-silence",
                callback=told_at(
                    self.element, "recordingStatusCallback", self.recording_status_callback, call, code=13256
                ),
                method=self.recording_status_callback_method,
                events=self.recording_status_callback_event,
                name=self.name,
            ),
        )

    def stop(self, call: Call) -> None:
        """Fault when there is none of this name."""
        if not (found := _of_name(call, self.name)):
            raise Fault(12200, f"No recording {self.name[:80]!r} of this call is under way.")
        for one in found:
            one.stop()


def _of_name(call: Call, name: str) -> list[Recorded]:
    """Those under way that a document began; without a name all of them."""
    began = [one for one in call.recordings if one.order.source == SOURCE and one.status in RUNNING]
    return [one for one in began if not name or one.order.name == name]
