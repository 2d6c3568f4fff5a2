"""What an app is told about a recording, exactly (voice reference 8.3, 2.8.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from hoyhoy.audio import RATE, wav

from .chance import new_sid
from .events import Params
from .ports import Callback
from .recording_rows import SHOWN, RecordingStatus

if TYPE_CHECKING:
    from .recording import Recording

RESUMED = "resumed"
"""What participants made by REST may be told of besides the statuses: in progress, after a pause (6)."""


def callbacks_of(recording: Recording, *, new: bool) -> tuple[Callback, ...]:
    """What an app is told, exactly (8.3). That it goes on after a pause is told to who asks for `resumed`."""
    order, status = recording.order, SHOWN.get(recording.status, recording.status)
    if status is RecordingStatus.COMPLETED and not order.callback:
        return _of_file(recording)
    what = RESUMED if status is RecordingStatus.IN_PROGRESS and not new else status
    if not order.callback or what not in order.events:
        return ()
    params: Params = (
        ("AccountSid", recording.account),
        ("CallSid", recording.call) if recording.call else ("ConferenceSid", recording.conference),
        ("RecordingSid", recording.sid),
        ("RecordingUrl", recording.url),
        ("RecordingStatus", str(status)),
        *((("RecordingDuration", str(recording.duration)),) if status is RecordingStatus.COMPLETED else ()),
        ("RecordingChannels", str(order.channels)),
        ("RecordingStartTime", format_datetime(datetime.fromtimestamp(int(recording.started_at), UTC))),
        ("RecordingSource", order.source),
        ("RecordingTrack", order.track),
        ("ErrorCode", str(recording.error_code or 0)),
    )
    return (_to(recording, order.callback, order.method, params),)


def _of_file(recording: Recording) -> tuple[Callback, ...]:
    """The deprecated `conference-record-end` (2.8.1)."""
    if not recording.order.file_callback or recording.seconds is None:
        return ()
    params: Params = (
        ("EventName", "conference-record-end"),
        ("AccountSid", recording.account),
        ("ConferenceSid", recording.conference),
        ("RecordingSid", recording.sid),
        ("RecordingUrl", recording.url),
        ("Duration", str(recording.duration)),
        ("RecordingFileSize", str(wav.HEAD + round(recording.seconds * RATE) * 2 * recording.order.channels)),
    )
    return (_to(recording, recording.order.file_callback, "POST", params),)


def _to(recording: Recording, url: str, method: str, params: Params) -> Callback:
    sid = new_sid(recording.facilities.chance, "CB")
    return Callback(sid, recording.subject, recording.account, url, method, params)
