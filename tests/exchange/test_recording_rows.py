"""voice 8.2: statuses of recordings, and what their rows and those of calls say of them."""

from hoyhoy.exchange.orders import Record
from hoyhoy.exchange.recording import CALL_API, Recording
from hoyhoy.exchange.recording_rows import (
    FINAL,
    OUTBOUND_API,
    RECORDING,
    RecordingStatus,
    columns_of,
    order_of,
    ordered,
)

from .test_recording import start, talking
from .world import ACCOUNT


def test_lifecycle():
    assert FINAL == (RecordingStatus.COMPLETED, RecordingStatus.ABSENT, RecordingStatus.FAILED)
    assert RECORDING.may_move(RecordingStatus.PAUSED, RecordingStatus.STOPPED)
    assert not RECORDING.may_move(RecordingStatus.STOPPED, RecordingStatus.IN_PROGRESS)


async def test_the_row(exchange):
    sid = await talking(exchange)
    recording = start(exchange, sid, track="inbound", trim=True, callback="http://app/told", method="GET")
    row = await exchange.row("recordings", recording.sid)
    expected = {
        "account_sid": ACCOUNT,
        "call_sid": sid,
        "status": "in-progress",
        "source": "StartCallRecordingAPI",
        "channels": 1,
        "track": "inbound",
        "trim": "trim-silence",
        "start_time": recording.started_at,
        "duration": None,
        "recording_status_callback": "http://app/told",
        "recording_status_callback_method": "GET",
        "recording_status_callback_event": "completed",
    }
    assert row | expected == row and recording.row | expected == recording.row


def test_how_a_call_is_to_be_recorded_survives_in_its_row():
    order = Record(
        source=OUTBOUND_API,
        channels=2,
        trim=True,
        callback="http://app/x",
        method="GET",
        events=("absent", "completed"),
    )
    assert order_of(columns_of(order)) == order
    assert columns_of(None) == {} and order_of({"record": None}) is None


async def test_how_one_was_ordered_survives_in_its_row(exchange):
    order = Record(
        source=CALL_API,
        track="outbound",
        channels=2,
        trim=True,
        callback="http://app/x",
        method="GET",
        events=("absent", "completed"),
        file_callback="http://app/y",
    )
    call = exchange.switchboard.facilities.calls[await talking(exchange)]
    assert ordered(Recording.start(call, order).row) == order
    plain = Record(source=CALL_API)
    assert ordered(Recording.start(call, plain).row) == plain
