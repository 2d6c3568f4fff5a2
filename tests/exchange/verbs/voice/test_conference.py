"""voice 2.8: what may be written, and that every attribute does what it says. What comes of it is tested beside
exchange/conference.py and exchange/participant.py."""

import pytest

from hoyhoy.exchange.events import ParticipantJoined
from hoyhoy.exchange.performance import known_verbs
from hoyhoy.exchange.program import read_root
from hoyhoy.exchange.verbs.voice.conference import Conference
from hoyhoy.wire.twiml import parse

from ...meeting import Meeting, conference
from ...talking import ANN, BOB, EVE, heard, on, says

WAIT = "<Response><Say>Please wait</Say></Response>"


def read(attributes: str) -> tuple[Conference, list[int]]:
    """A noun as it is read, and the codes of what was said about it."""
    codes: list[int] = []
    document = f"<Response><Dial><Conference {attributes}>Room</Conference></Dial></Response>"
    (dial,) = read_root(parse(document), known_verbs(), lambda code, sentence: codes.append(code))
    (noun,) = dial.nested
    assert isinstance(noun, Conference)
    return noun, codes


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ('muted="yes"', 13230),
        ('endConferenceOnExit="1"', 13231),
        ('startConferenceOnEnter="no"', 13232),
        ('waitMethod="PUT"', 13234),
        ('beep="loud"', 13235),
        ('trim="short"', 13239),
        ('maxParticipants="0"', 12200),
        ('maxParticipants="251"', 12200),
        ('record="always"', 13217),
        ('recordingStatusCallbackMethod="PUT"', 13256),
        ('recordingStatusCallbackEvent="begun"', 13621),
        ('region="mars"', 12200),
        ('statusCallbackMethod="PUT"', 12200),
        ('statusCallbackEvent="joined"', 12200),
        ('statusCallbackEvent=""', 12200),
        ('jitterBufferSize="small"', 12200),
        ('recordingConfigurationId="x"', 12200),
        ('colour="red"', 12200),
    ],
)
def test_an_illegal_value_is_a_warning_and_the_default_is_used(attribute, code):
    noun, codes = read(attribute)
    plain, _ = read("")
    noun.element = plain.element
    assert (codes, noun) == ([code], plain)


@pytest.mark.parametrize(
    ("mode", "is_recorded"), [("record-from-start", True), ("true", True), ("false", False), ("do-not-record", False)]
)
def test_modes_of_recording(mode, is_recorded):
    noun, codes = read(f'record="{mode}"')
    assert (noun.record, codes) == (is_recorded, [])


async def test_it_stands_alone(exchange):
    meeting = Meeting(exchange)
    exchange.app.pages["http://app/in"] = (
        f"<Response><Dial><Number>{BOB}</Number><Conference>Room</Conference></Dial></Response>"
    )
    await meeting.comes(ANN)
    assert meeting.codes() == [13000] and meeting.conference.name == "Room"
    assert not exchange.network.phone(BOB).calls


@pytest.mark.obeys("Conference", "muted")
async def test_muted(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'muted="true"')
    await meeting.comes(BOB)
    says(exchange, ANN, "Nobody hears me")
    await exchange.run(2)
    assert heard(exchange, BOB) == []


@pytest.mark.obeys("Conference", "beep")
async def test_beep(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN)
    await meeting.comes(BOB, 'beep="onExit"')
    assert heard(exchange, ANN, "tone") == ["music"]


@pytest.mark.obeys("Conference", "startConferenceOnEnter")
async def test_start_conference_on_enter(exchange):
    meeting = Meeting(exchange)
    for phone in (ANN, BOB):
        await meeting.comes(phone, 'startConferenceOnEnter="false"')
    assert meeting.conference.status == "init"


@pytest.mark.obeys("Conference", "endConferenceOnExit")
async def test_end_conference_on_exit(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'endConferenceOnExit="true"')
    await meeting.comes(BOB)
    on(exchange, ANN).put_down()
    await exchange.run(1)
    assert conference(exchange) is None


@pytest.mark.obeys("Conference", "participantLabel")
async def test_participant_label(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'participantLabel="the boss"')
    assert [one.label for one in exchange.events(ParticipantJoined)] == ["the boss"]


@pytest.mark.obeys("Conference", "waitUrl", "waitMethod")
async def test_wait_url(exchange):
    meeting = Meeting(exchange, wait=WAIT)
    await meeting.comes(ANN, 'waitUrl="/wait" waitMethod="GET"')
    await exchange.run(2)
    assert heard(exchange, ANN, "speech", "tone") == ["Please wait"]
    assert exchange.app.asked[-1].method == "GET"


@pytest.mark.parametrize("url", ["wait", "ftp://app/wait"])
async def test_what_cannot_be_requested_is_a_warning_and_the_music(exchange, url):
    meeting = Meeting(exchange)
    exchange.phone(ANN)
    exchange.place("", ANN, twiml=f'<Response><Dial><Conference waitUrl="{url}">Room</Conference></Dial></Response>')
    await exchange.run(5)
    assert meeting.codes() == [13233] and heard(exchange, ANN, "tone") == ["music"]


@pytest.mark.obeys("Conference", "maxParticipants")
async def test_max_participants(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'maxParticipants="1"')
    await meeting.comes(BOB)
    assert len(meeting.conference.participants) == 1


@pytest.mark.obeys(
    "Conference",
    "record",
    "recordingStatusCallback",
    "recordingStatusCallbackMethod",
    "recordingStatusCallbackEvent",
    "trim",
)
async def test_record(exchange):
    meeting = Meeting(exchange)
    noun = (
        'beep="false" record="record-from-start" trim="do-not-trim" recordingStatusCallback="/recorded" '
        'recordingStatusCallbackMethod="GET" recordingStatusCallbackEvent="in-progress completed" '
        'eventCallbackUrl="/file"'
    )
    for phone in (ANN, BOB):
        await meeting.comes(phone, noun)
    await exchange.run(4)
    meeting.conference.end()
    await exchange.run(2)
    first, last = meeting.told("http://app/recorded")
    assert (first["RecordingStatus"], last["RecordingStatus"]) == ("in-progress", "completed")
    assert last["RecordingDuration"] == "5" and meeting.told("http://app/file") == []
    assert {one.method for one in exchange.callbacks} == {"GET"}


@pytest.mark.obeys("Conference", "eventCallbackUrl")
async def test_event_callback_url(exchange):
    meeting = Meeting(exchange)
    for phone in (ANN, BOB):
        await meeting.comes(phone, 'beep="false" record="true" trim="do-not-trim" eventCallbackUrl="/file"')
    sid = meeting.conference.sid
    await exchange.run(1)
    meeting.conference.end()
    await exchange.run(2)
    (told,) = meeting.told("http://app/file")
    (row,) = await exchange.database.rows.page("recordings")
    file = await exchange.switchboard.facilities.tapes.find(row["sid"])
    assert told == {
        "EventName": "conference-record-end",
        "AccountSid": row["account_sid"],
        "ConferenceSid": sid,
        "RecordingSid": row["sid"],
        "RecordingUrl": told["RecordingUrl"],
        "Duration": "2",
        "RecordingFileSize": str(file.size),
    }
    assert told["RecordingUrl"].endswith(row["sid"])


@pytest.mark.obeys("Conference", "region")
async def test_region(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'region="ie1"')
    await meeting.comes(BOB, 'region="au1"')
    (row,) = await exchange.database.rows.page("conferences")
    assert row["region"] == "ie1"


@pytest.mark.obeys("Conference", "coach")
async def test_coach(exchange):
    meeting = Meeting(exchange)
    ann = await meeting.comes(ANN)
    await meeting.comes(BOB)
    await meeting.comes(EVE, f'coach="{ann.sid}"')
    says(exchange, EVE, "Ask about the price")
    await exchange.run(2)
    assert heard(exchange, ANN) == ["Ask about the price"] and heard(exchange, BOB) == []


@pytest.mark.obeys("Conference", "statusCallback", "statusCallbackMethod", "statusCallbackEvent")
async def test_status_callback(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'statusCallback="/told" statusCallbackMethod="GET" statusCallbackEvent="join"')
    on(exchange, ANN).put_down()
    await exchange.run(1)
    assert meeting.stories() == ["participant-join Ann"]
    assert [one.method for one in exchange.callbacks] == ["GET"]


@pytest.mark.parametrize(
    ("events", "known", "codes"),
    [
        ("start end join leave dance", ("start", "end", "join", "leave"), [12200]),
        ("start, end,join", ("start", "end", "join"), []),
        ("a b c d e f g h join", ("join",), [12200] * 5),
        ("dance sing", (), [12200]),
    ],
)
def test_a_word_that_nobody_knows_does_not_silence_the_others(events, known, codes):
    noun, told = read(f'statusCallback="/told" statusCallbackEvent="{events}"')
    assert (noun.status_callback_event, told) == (known, codes)


async def test_nothing_is_told_that_was_not_asked_for(exchange):
    # 18 row 9: TwiML has no default
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'statusCallback="/told"')
    await meeting.comes(BOB)
    assert meeting.told() == []


async def test_a_status_callback_that_cannot_be_requested_is_a_warning(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'statusCallback="ftp://app/told" statusCallbackEvent="join"')
    await exchange.run(1)
    assert meeting.codes() == [11100] and meeting.of(ANN).is_in
