"""Recordings as rows: their statuses, how they were ordered, where their sound is (voice reference 8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .facilities import Rules
from .lifecycle import Lifecycle
from .orders import Record
from .progress import API_VERSION

if TYPE_CHECKING:
    from .recording import Recording

OUTBOUND_API = "OutboundAPI"
"""The source of a recording that a call was made with."""

TABLE = "recordings"

DELETED = "deleted"
"""What the row of a finished recording says whose sound was given up through REST (8.2)."""


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


def address(rules: Rules, account: str, sid: str) -> str:
    """Where the sound of a recording is to be had, as apps are told."""
    return f"{rules.api}/{API_VERSION}/Accounts/{account}/Recordings/{sid}"


def values_of(recording: Recording) -> dict[str, Any]:
    """The columns of one that has no end yet."""
    order = recording.order
    return {
        "account_sid": recording.account,
        "call_sid": recording.call or None,
        "conference_sid": recording.conference or None,
        "status": str(recording.status),
        "source": order.source,
        "channels": order.channels,
        "track": order.track,
        "trim": "trim-silence" if order.trim else "do-not-trim",
        "start_time": recording.started_at,
        "recording_status_callback": order.callback or None,
        "recording_status_callback_method": order.method,
        "recording_status_callback_event": " ".join(order.events),
        "file_callback": order.file_callback or None,
        "date_created": recording.started_at,
        "date_updated": recording.started_at,
    }


def ordered(row: Mapping[str, Any]) -> Record:
    """How the recording of a row was ordered."""
    return Record(
        source=row["source"],
        track=row["track"] or "both",
        channels=row["channels"] or 1,
        trim=row["trim"] == "trim-silence",
        callback=row["recording_status_callback"] or "",
        method=row["recording_status_callback_method"] or "POST",
        events=tuple((row["recording_status_callback_event"] or "completed").split()),
        file_callback=row["file_callback"] or "",
    )


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
