"""Whether a person or a machine answered a call (voice reference 5.4).

    detection = Detection.start(call, Detect(to_end=True))
    await detection.known

It listens to what comes from the leg, and to nothing else, so neither a document nor another party disturbs it. It is
over when it is known who answered, or with the call: then nobody knows. Nor does anybody when too many calls are
listened to already: all of them are listened to in the loop in which the exchange does everything else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from hoyhoy.audio import FRAME
from hoyhoy.audio.answerer import AnsweredBy, Answerer
from hoyhoy.audio.g711 import Samples

from .chance import new_sid
from .events import AnswererDetected, Params
from .leg import Cause
from .media import Track
from .orders import Detect
from .ports import Callback, Row
from .program import Source

if TYPE_CHECKING:
    from .call import Call, Perform

GRACE = 2.0
"""Seconds a plane may be behind the clock; after that it is not waited for any more."""

AT_ONCE = 5
"""Frames that are listened to together: a tenth of a second later, and at a third of the cost."""

TOO_MANY = 20429
"""The code of the notice about a call that is not listened to."""

ANSWERED_BY = "AnsweredBy"

PERSONS = (AnsweredBy.HUMAN, AnsweredBy.UNKNOWN)
"""Whoever is not known to be a machine is treated as a person."""


class Detection:
    """One of one call, which has been answered; made by `start`."""

    def __init__(self, call: Call, order: Detect) -> None:
        self.call, self.order = call, order
        self._began = call.clock.now()
        self.known: asyncio.Future[AnsweredBy] = asyncio.get_running_loop().create_future()
        self._answerer = Answerer(
            to_end=order.to_end,
            seconds=order.seconds,
            speech=order.speech,
            pause=order.pause,
            silence=order.silence,
        )
        self._came: list[Samples] = []
        """What the answerer has not heard yet."""
        self._samples = 0
        self._open = ExitStack()
        under_way, most = call.facilities.detections, call.facilities.rules.detections
        if len(under_way) >= most:
            call.notice(TOO_MANY, f"Nobody listens who answered: {most} calls are listened to at once already.")
            self._decide(AnsweredBy.UNKNOWN, 0.0)
            return
        under_way.add(call.sid)
        self._open.callback(under_way.discard, call.sid)
        self._open.callback(call.line.media.tap(Track.FROM, self._hear).close)
        self._open.callback(call.spawn(self._give_up(), "detection").cancel)

    @classmethod
    def start(cls, call: Call, order: Detect) -> Detection:
        call.detection = cls(call, order)
        return call.detection

    def end(self) -> None:
        """The call is over, or there is no more time."""
        self._listen()
        if not self.known.done():
            self._decide(self._answerer.give_up(), self.call.clock.now() - self._began)

    def _hear(self, frames: Samples) -> None:
        self._came.append(frames)
        self._samples += len(frames)
        if self._samples >= AT_ONCE * FRAME:
            self._listen()

    def _listen(self) -> None:
        """To what came since the last time: several frames cost little more than one."""
        if self.known.done() or not self._came:
            return
        came, self._came, self._samples = np.concatenate(self._came), [], 0
        if answered_by := self._answerer.hear(came):
            self._decide(answered_by, self._answerer.seconds)

    async def _give_up(self) -> None:
        await self.call.clock.sleep(self.order.seconds + GRACE)
        self.end()

    def _decide(self, answered_by: AnsweredBy, seconds: float) -> None:
        self.known.set_result(answered_by)
        self._open.close()
        record(self.call, self.order, answered_by, seconds)
        if self.order.hangs_up and answered_by not in PERSONS:
            self.call.order_end(Cause.NORMAL)


def record(call: Call, order: Detect, answered_by: AnsweredBy, seconds: float) -> None:
    """Keep who answered, and tell the app: in its requests, or in a callback."""
    told: Params = (
        (ANSWERED_BY, str(answered_by)),
        ("MachineDetectionDuration", str(round(seconds * 1000))),
    )
    call.result += told[:1]
    callbacks: tuple[Callback, ...] = ()
    if not order.is_async:
        call.detected = told
    elif order.callback:
        params = (("CallSid", call.sid), ("AccountSid", call.account), *told)
        sid = new_sid(call.facilities.chance, "CB")
        callbacks = (Callback(sid, call.sid, call.account, order.callback, order.method, params),)
    event = AnswererDetected(answered_by=str(answered_by), seconds=round(seconds, 2))
    rows = (Row("calls", call.sid, {"answered_by": str(answered_by), "date_updated": call.clock.now()}),)
    call.facilities.journal.record(call.sid, call.account, event, rows, callbacks)


def after_detection(detection: Detection, performing: Perform) -> Perform:
    """`performing`, whose first document waits until it is known who answered."""
    waits = [detection.known]

    async def waiting(call: Call, source: Source) -> Source | None:
        if waits:
            await asyncio.wait({waits.pop()})
            await call.goes_on()
        return await performing(call, source)

    return waiting


# Over a restart ------------------------------------------------------------------------------


def columns_of(order: Detect | None) -> dict[str, Any]:
    """What is to be found out, as columns of the call's row."""
    if order is None:
        return {}
    return {
        "machine_detection": "DetectMessageEnd" if order.to_end else "Enable",
        "machine_detection_timeout": round(order.seconds),
        "machine_detection_speech_threshold": round(order.speech * 1000),
        "machine_detection_speech_end_threshold": round(order.pause * 1000),
        "machine_detection_silence_timeout": round(order.silence * 1000),
        "async_amd": order.is_async,
        "async_amd_status_callback": order.callback or None,
        "async_amd_status_callback_method": order.method,
        "if_machine": "Hangup" if order.hangs_up else None,
    }


def order_of(row: Mapping[str, Any]) -> Detect | None:
    """What is to be found out about the call of a row."""
    if not row["machine_detection"]:
        return None
    return Detect(
        to_end=row["machine_detection"] == "DetectMessageEnd",
        seconds=row["machine_detection_timeout"],
        speech=row["machine_detection_speech_threshold"] / 1000,
        pause=row["machine_detection_speech_end_threshold"] / 1000,
        silence=row["machine_detection_silence_timeout"] / 1000,
        is_async=bool(row["async_amd"]),
        callback=row["async_amd_status_callback"] or "",
        method=row["async_amd_status_callback_method"],
        hangs_up=row["if_machine"] == "Hangup",
    )


def recover(call: Call, row: Mapping[str, Any], ended: float) -> None:
    """A call that the exchange did not finish before a restart; it ended then. What was not known by then never will
    be, and is told so."""
    order = order_of(row)
    if order is None or row["answer_time"] is None:
        return
    if row["answered_by"]:
        call.result += ((ANSWERED_BY, row["answered_by"]),)
    else:
        record(call, order, AnsweredBy.UNKNOWN, max(0.0, ended - row["answer_time"]))
