"""voice 2.13, 8.1, 8.3: a recording that a document begins beside the call, and ends by its name."""

import pytest

from hoyhoy.audio import RATE, wav
from hoyhoy.exchange.events import Noticed, PhoneHeard

from ...world import World

TEXT = "This is what is recorded while the call goes on"


async def recorded(exchange: World, document: str) -> list[dict[str, str]]:
    """The callbacks about recordings."""
    exchange.app.pages["http://app/start"] = f"<Response>{document}</Response>"
    exchange.phone()
    exchange.place()
    await exchange.run()
    return [dict(one.params) for one in exchange.callbacks if "RecordingSid" in dict(one.params)]


async def sound(exchange: World, sid: str) -> float:
    """How many seconds the file holds, both channels."""
    file = await exchange.switchboard.facilities.tapes.read(sid)
    assert file is not None
    return (len(file) - wav.HEAD) / 2 / RATE


@pytest.mark.obeys("Recording", "recordingStatusCallback")
async def test_it_goes_on_beside_what_follows(exchange):
    (told,) = await recorded(
        exchange,
        f'<Start><Recording recordingStatusCallback="/rec"/></Start><Say>{TEXT}</Say><Pause length="2"/>',
    )
    assert (told["RecordingStatus"], told["RecordingSource"]) == ("completed", "StartCallRecordingTwiML")
    assert (told["RecordingChannels"], told["RecordingTrack"], told["ErrorCode"]) == ("2", "both", "0")
    assert [event.text for event in exchange.events(PhoneHeard)] == [TEXT]


@pytest.mark.obeys("Recording", "channels", "recordingStatusCallbackEvent")
async def test_one_channel_and_every_event(exchange):
    told = await recorded(
        exchange,
        '<Start><Recording channels="mono" recordingStatusCallback="/rec" recordingStatusCallbackEvent="in-progress '
        f'completed"/></Start><Say>{TEXT}</Say>',
    )
    assert [one["RecordingStatus"] for one in told] == ["in-progress", "completed"]
    assert {one["RecordingChannels"] for one in told} == {"1"}


@pytest.mark.obeys("Recording", "track", "recordingStatusCallbackMethod")
async def test_one_track_is_mono(exchange):
    (told,) = await recorded(
        exchange,
        '<Start><Recording track="outbound" recordingStatusCallback="/rec" recordingStatusCallbackMethod="GET"/>'
        f"</Start><Say>{TEXT}</Say>",
    )
    assert (told["RecordingTrack"], told["RecordingChannels"]) == ("outbound", "1")
    assert [one.method for one in exchange.callbacks if one.url.endswith("/rec")] == ["GET"]


@pytest.mark.obeys("Recording", "trim")
async def test_silence_at_the_ends_is_cut_off_unless_it_is_to_stay(exchange):
    (told,) = await recorded(
        exchange,
        '<Start><Recording channels="mono" trim="do-not-trim" recordingStatusCallback="/rec"/></Start>'
        f'<Pause length="5"/><Say>{TEXT}</Say>',
    )
    assert int(told["RecordingDuration"]) >= 5 < await sound(exchange, told["RecordingSid"])


@pytest.mark.obeys("Recording", "name")
async def test_stopped_by_its_name(exchange):
    told = await recorded(
        exchange,
        '<Start><Recording name="first" recordingStatusCallback="/rec1"/></Start>'
        '<Start><Recording name="second" recordingStatusCallback="/rec2"/></Start>'
        f'<Say>{TEXT}</Say><Stop><Recording name="first"/></Stop><Say>{TEXT}</Say>',
    )
    first, second = sorted(int(one["RecordingDuration"]) for one in told)
    assert first < second


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('<Stop><Recording name="none"/></Stop>', 12200),
        ('<Start><Recording name="a"/><Recording name="a"/></Start>', 12200),
        ('<Start><Recording track="left"/></Start>', 13622),
        ('<Start><Recording recordingStatusCallback="ftp://x"/></Start>', 13256),
        ('<Start><Recording recordingStatusCallbackEvent="begun"/></Start>', 13621),
        ("<Start>" + "<Recording/>" * 9 + "</Start>", 16108),
    ],
)
async def test_what_is_wrong_is_told_and_the_call_goes_on(exchange, document, code):
    await recorded(exchange, f"{document}<Say>{TEXT}</Say>")
    assert [notice.code for notice in exchange.events(Noticed)] == [code]
    assert [event.text for event in exchange.events(PhoneHeard)] == [TEXT]
