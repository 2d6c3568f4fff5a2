"""After a restart: nothing that was accepted is lost, and no call is left non-final (design, durability).

Queued calls that are young enough are dialled, older ones failed; so are those that were to validate a
caller id, whose code is only in the memory of who asked for it, and those that were to take part in a conference:
conferences are over. Calls that rang or talked when
the exchange died get a final status with a Notification, a duration up to their last event and
their last callback. Messages go on from where they stood; an inbound one that was being answered is not answered
from the start again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Protocol

from . import detection
from .call import FINAL, Call, CallStatus
from .conference import FINAL as CONFERENCE_OVER
from .conference import TABLE as CONFERENCES
from .conference import recover as recover_conference
from .events import Entry, VerbStarted
from .leg import Cause
from .message import MESSAGE, SETTLED, Message, MessageStatus
from .orders import LONGEST_CALL, PLAIN, PlaceCall, Terms
from .ports import Steering
from .recording import Recording
from .recording import recover as recover_recording
from .recording_rows import DELETED, OUTBOUND_API, RecordingStatus, order_of
from .recording_rows import FINAL as RECORDED
from .recording_rows import TABLE as RECORDINGS
from .switchboard import Switchboard
from .transcription import FINAL as TRANSCRIBED
from .transcription import TABLE as TRANSCRIPTIONS
from .transcription import recover as recover_transcription
from .validation import outcome

AT_ONCE = 20
"""Messages taken up in one turn of the loop."""

REPLIES = ("Message", "Sms")


class Unfinished(Protocol):
    """What the store knows about the time before."""

    async def unfinished(self, table: str, column: str, final: Collection[str]) -> list[dict[str, Any]]:
        """Rows whose `column` is none of `final`, oldest first."""

    async def last_event_at(self, subject: str) -> float | None: ...

    async def events(self, after: int = 0, *, subject: str | None = None, limit: int = 1000) -> list[Entry]:
        """Entries of the log above a position, oldest first."""


async def recover(switchboard: Switchboard, store: Unfinished) -> int:
    """Take up every call and message that was not over; say how many there were."""
    ordered: dict[str, Recording] = {}
    unfinished = await store.unfinished(RECORDINGS, "status", (*RECORDED, DELETED))
    await switchboard.facilities.tapes.tidy({row["sid"] for row in unfinished})
    for row in unfinished:
        found = await recover_recording(switchboard.facilities, row)
        if found.order.source == OUTBOUND_API:
            ordered[found.call] = found
    for row in await store.unfinished(TRANSCRIPTIONS, "status", TRANSCRIBED):
        await recover_transcription(switchboard.facilities, row)
    for row in await store.unfinished(CONFERENCES, "status", CONFERENCE_OVER):
        recover_conference(switchboard.facilities, row)
    calls = await store.unfinished("calls", "status", FINAL)
    for row in calls:
        await _recover_call(switchboard, row, store, ordered.get(row["sid"]))
    messages = await store.unfinished("messages", "status", SETTLED)
    for i, row in enumerate(messages):
        await _recover_message(switchboard, row, store)
        if i % AT_ONCE == AT_ONCE - 1:
            await switchboard.facilities.clock.sleep(0)
    return len(calls) + len(messages)


async def _recover_call(
    switchboard: Switchboard, row: dict[str, Any], store: Unfinished, recording: Recording | None
) -> None:
    facilities = switchboard.facilities
    steering = Steering(
        url=row["url"] or "",
        method=row["method"] or "POST",
        fallback_url=row["fallback_url"] or "",
        fallback_method=row["fallback_method"] or "POST",
        status_callback=row["status_callback"] or "",
        status_callback_method=row["status_callback_method"] or "POST",
        application=row["application_sid"] or "",
    )
    events = tuple((row["status_callback_event"] or "completed").split())
    call = Call(
        facilities,
        account=row["account_sid"],
        direction=row["direction"],
        caller=row["from"],
        called=row["to"],
        steering=steering,
        events=events,
        sid=row["sid"],
        time_limit=row["time_limit"] or LONGEST_CALL,
        parent=row["parent_call_sid"] or "",
    )
    call.resume(row)
    if row["validation"]:
        call.result = outcome(facilities.directory.caller_id(call.account, call.called))
    if recording is not None and recording.status is RecordingStatus.COMPLETED:
        call.result += recording.told
    now = facilities.clock.now()
    young = (
        (row["url"] or row["twiml"])
        and not row["validation"]
        and now - row["date_created"] < facilities.rules.requeue_younger_than
    )
    if call.status is CallStatus.QUEUED and young and row["start_time"] is None:
        order = PlaceCall(
            account=call.account,
            to=call.called,
            caller=call.caller,
            steering=steering,
            twiml=row["twiml"] or "",
            events=events,
            send_digits=row["send_digits"] or "",
            timeout=row["timeout"] or 60,
            time_limit=int(call.time_limit),
            caller_id=row["caller_id"] or "",
            detect=detection.order_of(row),
            record=order_of(row),
            username=row["sip_auth_username"] or "",
            password=row["sip_auth_password"] or "",
        )
        switchboard.resume_call(call, order)
        return
    ended = await store.last_event_at(call.sid)  # before the notice becomes the last event
    call.notice(
        12400,
        "The exchange was restarted while this call was "
        + ("waiting to be dialled." if row["start_time"] is None else f"{call.status}."),
    )
    detection.recover(call, row, ended or now)
    call.end(Cause.FAILED, at=ended or now)


async def _recover_message(switchboard: Switchboard, row: dict[str, Any], store: Unfinished) -> None:
    status = MessageStatus(row["status"])
    message = Message(
        switchboard.facilities,
        account=row["account_sid"],
        direction=row["direction"],
        sender=row["from"] or "",
        recipient=row["to"],
        body=row["body"] or "",
        media=tuple(json.loads(row["media"] or "[]")),
        status_callback=row["status_callback"] or "",
        terms=Terms(
            service=row["messaging_service_sid"] or "",
            send_at=row["due_at"],
            validity_period=row["validity_period"] or PLAIN.validity_period,
            as_mms=bool(row["send_as_mms"]),
            discard=row["content_retention"] == "discard",
            obfuscate=row["address_retention"] == "obfuscate",
        ),
        sid=row["sid"],
        status=status,
        since=row["date_created"],
    )
    if MESSAGE.may_move(status, MessageStatus.RECEIVED):
        if await _was_answered(message.sid, store):
            await message.moved(MessageStatus.RECEIVED)
        else:
            switchboard.answer_message(message)
    else:
        switchboard.resume_message(message)


async def _was_answered(sid: str, store: Unfinished) -> bool:
    """Whether one of its documents had come as far as to send something."""
    after = 0
    while entries := await store.events(after, subject=sid):
        if any(isinstance(one.event, VerbStarted) and one.event.verb in REPLIES for one in entries):
            return True
        after = entries[-1].position
    return False
