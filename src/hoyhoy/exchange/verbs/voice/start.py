from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.recording import RUNNING
from hoyhoy.exchange.recording import Recording as Recorded
from hoyhoy.exchange.verbs.nouns import RECORDING_EVENTS, told_at
from hoyhoy.exchange.verbs.verb import Notice, Verb, choice, method, misplaced, several, text, url
from hoyhoy.wire.errors import Fault

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.verb import Family
    from hoyhoy.wire.twiml import Element

MISPLACED = 14300
NOUNS = ("Recording", "Stream", "Siprec", "Transcription")

SOURCE = "StartCallRecordingTwiML"
"""As measured; the vendor's page says OutboundAPI (voice reference 18 row 14)."""

AT_ONCE = "the next verb follows at once, and nothing is asked."


class Recording(Verb):
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


class Start(Verb):
    """Begin something that goes on beside the call (voice reference 2.13)."""

    takes = NOUNS
    unused = {"action": AT_ONCE, "method": AT_ONCE}

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Start:
        return super().read(misplaced(element, cls.takes, notice, MISPLACED), family, notice)

    async def run(self, call: Call) -> None:
        await call.answer()
        for noun in self.nested:
            if isinstance(noun, Recording):
                _told(call, noun, noun.start)


class Stop(Verb):
    """End what a Start began, by its name (voice reference 2.13)."""

    takes = NOUNS

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Stop:
        return super().read(misplaced(element, cls.takes, notice, MISPLACED), family, notice)

    async def run(self, call: Call) -> None:
        for noun in self.nested:
            if isinstance(noun, Recording):
                _told(call, noun, noun.stop)


def _told(call: Call, noun: Recording, act: Callable[[Call], None]) -> None:
    """What cannot be done is said, and the document goes on."""
    try:
        act(call)
    except Fault as fault:
        call.notice(fault.code, f"Line {noun.element.line}: <Recording>: {fault.message}")


def _of_name(call: Call, name: str) -> list[Recorded]:
    """Those under way that a document began; without a name all of them."""
    began = [one for one in call.recordings if one.order.source == SOURCE and one.status in RUNNING]
    return [one for one in began if not name or one.order.name == name]
