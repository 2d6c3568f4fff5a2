"""voice 8.3: what an app is told about a recording, exactly."""

from hoyhoy.exchange.facilities import Rules

from .test_recording import SAYING, start, talking, told
from .world import ACCOUNT, world


async def test_what_a_callback_says_exactly(exchange):
    sid = await talking(exchange, {"wait": 1, "say": SAYING})
    recording = start(exchange, sid, callback="http://app/told", events=("in-progress", "completed"), channels=2)
    await exchange.run(10)
    recording.pause()
    recording.resume()  # which is not told
    recording.stop()
    await exchange.run(1)
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording.sid}"
    common = {
        "AccountSid": ACCOUNT,
        "CallSid": sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": url,
        "RecordingChannels": "2",
        "RecordingStartTime": "Tue, 14 Nov 2023 22:13:22 +0000",
        "RecordingSource": "StartCallRecordingAPI",
        "RecordingTrack": "both",
        "ErrorCode": "0",
    }
    assert told(exchange) == [
        common | {"RecordingStatus": "in-progress"},
        common | {"RecordingStatus": "completed", "RecordingDuration": "10"},
    ]


async def test_where_the_api_is_for_apps_is_the_operators_choice():
    async with world(rules=Rules(api="https://calls.example.org")) as exchange:
        recording = start(exchange, await talking(exchange))
        assert recording.url.startswith("https://calls.example.org/2010-04-01/Accounts/AC")
