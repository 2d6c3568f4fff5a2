"""The dialer's webhooks: whose requests are heard, what is dialled and what never is, and the voicemail."""

import re

import pytest
from dialer.numbers import Numbers, Undiallable
from dialer_world import NUMBER, DialerWorld
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

OUTGOING, INCOMING = "/voice/outgoing", "/voice/incoming"
PATHS = (OUTGOING, f"{OUTGOING}/over", INCOMING, f"{INCOMING}/over", "/voice/message/over", "/voice/message/kept")
URL = "https://dialer.example"
RECORDING = "RE" + "a" * 32


@pytest.fixture
async def world():
    world = DialerWorld()
    yield world
    await world.close()


# Whose requests ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
async def test_only_twilios_requests_are_heard(world, path):
    # voice 3.8
    params = {"CallSid": "CA1", "From": "client:ada", "To": "+14155550123", "RecordingSid": RECORDING}
    assert (await world.webhook(path, **params)).status_code in (200, 204)
    right = RequestValidator(world.settings.twilio_auth_token).compute_signature(URL + path, params)
    for signature, url, changes in (
        ("", path, {}),
        (right[:-2] + "A=", path, {}),
        (right, path, {"To": "+14155550124"}),
        (right, path, {"Extra": "1"}),
        (right, f"{path}?a=b", {}),
        (RequestValidator("0" * 32).compute_signature(URL + path, params), path, {}),
        (
            RequestValidator(world.settings.twilio_auth_token).compute_signature("http://inside:5001" + path, params),
            path,
            {},
        ),
    ):
        answer = await world.webhook(url, signature=signature, **params | changes)
        assert answer.status_code == 403 and "signature" in answer.json()["error"]
    assert (await world.browser().post(path, data=params)).status_code == 403
    assert (await world.browser().get(path)).status_code == 405
    assert (await world.browser().post(path, json=params)).status_code == 415


async def test_a_query_is_signed_too(world):
    assert (await world.webhook(f"{INCOMING}?line=2", From="+14155550123")).status_code == 200


# From a browser ----------------------------------------------------------------------------


async def test_a_number_is_dialled_with_ours_shown(world):
    # voice 2.7.1: calls from a client need a callerId
    document = await world.document(OUTGOING, From="client:ada", To="+14155550123", CallSid="CA1")
    (dial,) = document
    assert dial.attrib == {
        "callerId": NUMBER,
        "action": f"{URL}/voice/outgoing/over",
        "answerOnBridge": "true",
        "timeout": "40",
    }
    assert [(noun.tag, noun.text) for noun in dial] == [("Number", "+14155550123")]


async def test_one_of_us_is_dialled_with_the_callers_name(world):
    for to in ("bob", "client:bob", " BOB "):
        (dial,) = await world.document(OUTGOING, From="client:ada", To=to)
        assert dial.get("callerId") == "client:ada"
        assert [(noun.tag, noun.text) for noun in dial] == [("Client", "bob")]


@pytest.mark.parametrize(
    ("to", "number"),
    [
        ("(415) 555-0123", "+14155550123"),
        ("415.555.0123", "+14155550123"),
        ("+44 20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("+1\u00a0415\u2010555\u20130123", "+14155550123"),
    ],
)
async def test_numbers_as_people_write_them(world, to, number):
    (dial,) = await world.document(OUTGOING, From="client:ada", To=to)
    assert [noun.text for noun in dial] == [number]


HOSTILE = [
    "sip:eve@evil.example",
    "sips:+14155550123@evil.example",
    "client:eve",
    "eve",
    "tel:+14155550123",
    "+14155550123;ext=1",
    "+14155550123,+14155550124",
    "+1 900 555 0123",
    "+44 909 879 0123",
    "+979 123 456 789",
    "911",
    "112",
    "411",
    "*67 415 555 0123",
    "+14155550123</Number><Sip>sip:eve@evil.example</Sip>",
    "&lt;Sip&gt;",
    "AP" + "0" * 32,
    "+1",
    "+0123456789",
    "+99912345678",
    "+141555501234567890",
    "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660",
    "1" * 5000,
    "\x00",
    " ",
    "",
]


@pytest.mark.parametrize("to", HOSTILE)
async def test_nothing_else_is_dialled(world, to):
    document = await world.document(OUTGOING, From="client:ada", To=to)
    assert [verb.tag for verb in document] == ["Say"] and document[0].text.endswith(".")


async def test_a_call_without_a_target_says_so(world):
    (say,) = await world.document(OUTGOING, From="client:ada")
    assert say.text == "Type a number or a name first."


@pytest.mark.parametrize("caller", ["client:eve", "client:", "+14155550123", "sip:ada@evil.example", "ada@x", ""])
async def test_nobody_else_calls_out(world, caller):
    (say,) = await world.document(OUTGOING, From=caller, To="+14155550124")
    assert say.text == "You may not call from here. Goodbye."


@given(st.text(max_size=80) | st.from_regex(r"\+?[0-9 ().-]{1,25}", fullmatch=True))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_only_numbers_and_names_are_dialled(typed):
    try:
        target = Numbers(NUMBER, ["ada", "bob"]).target(typed)
    except Undiallable as error:
        assert re.fullmatch(r"[A-Z].{9,150}\.", str(error))
    else:
        assert bool(target.number) != bool(target.client)
        assert target.client in ("", "ada", "bob") and re.fullmatch(r"(\+[1-9][0-9]{5,14})?", target.number)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("555 0123", "The area code is missing. Write it with + and the country code, like +1 415 555 0123."),
        ("+1 415 555", "This number is too short."),
        ("+1 415 555 0123 4567", "This number is too long."),
        ("+999 415 555 0123", "There is no such country code."),
        ("+1 900 555 0123", "Numbers that cost more than a call are not called from here."),
        ("911", "Emergency services cannot be called from here: take another phone."),
        ("sip:eve@evil.example", "This is neither a phone number nor one of us."),
        ("9" * 65, "This is too long for a number."),
    ],
)
def test_what_is_wrong_is_said(typed, sentence):
    with pytest.raises(Undiallable) as refused:
        Numbers(NUMBER, []).target(typed)
    assert str(refused.value).startswith(sentence)


def test_countries_can_be_chosen():
    numbers = Numbers(NUMBER, [], ["us", "GB"])
    assert numbers.target("+442079460018").number and numbers.target("+14155550123").number
    for typed in ("+493012345678", "+1 876 555 0123", "+1 604 555 0123"):  # Germany; Jamaica and Canada share +1
        with pytest.raises(Undiallable, match="Only these countries are called from here: GB, US"):
            numbers.target(typed)


def test_our_country_is_that_of_our_number():
    assert Numbers("+442079460018", []).target("020 7946 0019").number == "+442079460019"
    with pytest.raises(Undiallable, match="and the country code"):
        Numbers("", []).target("020 7946 0019")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("busy", ["The line is busy."]),
        ("no-answer", ["Nobody answers."]),
        ("failed", ["This call could not be put through. Please check the number."]),
        ("completed", []),
        ("canceled", []),
        ("", []),
    ],
)
async def test_who_called_hears_why_not(world, status, said):
    # voice 2.7.3
    document = await world.document(f"{OUTGOING}/over", CallSid="CA1", DialCallStatus=status)
    assert [verb.text for verb in document if verb.tag == "Say"] == said and document[-1].tag == "Hangup"


# To our number -----------------------------------------------------------------------------


async def test_all_of_us_ring(world):
    (dial,) = await world.document(INCOMING, From="+14155550123", To=NUMBER)
    assert dial.attrib == {
        "callerId": "+14155550123",
        "action": f"{URL}/voice/incoming/over",
        "answerOnBridge": "true",
        "timeout": "20",
    }
    assert [(noun.tag, noun.text) for noun in dial] == [("Client", "ada"), ("Client", "bob")]


async def test_ten_of_us_at_most_ring():
    # voice 2.7.2: no more nouns than that in one Dial
    world = DialerWorld(dialer_users=" ".join(f"user{n}:password{n}" for n in range(12)))
    (dial,) = await world.document(INCOMING, From="anonymous")
    assert len(dial) == 10 and dial.get("callerId") == "anonymous"
    await world.close()


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed"])
async def test_who_is_not_answered_is_asked_for_a_message(world, status):
    document = await world.document(f"{INCOMING}/over", CallSid="CA1", From="+14155550123", DialCallStatus=status)
    say, record, after = document
    assert (say.tag, record.tag, after.tag) == ("Say", "Record", "Say")
    assert record.attrib == {
        "action": f"{URL}/voice/message/over",
        "recordingStatusCallback": f"{URL}/voice/message/kept",
        "recordingStatusCallbackEvent": "completed",
        "maxLength": "120",
        "timeout": "5",
        "finishOnKey": "#",
        "playBeep": "true",
    }
    assert "message" in say.text and "message" in after.text  # said when nothing was recorded (voice 2.6)


@pytest.mark.parametrize("status", ["completed", "answered", "canceled", "", "<b>"])
async def test_who_was_answered_or_has_gone_is_not(world, status):
    document = await world.document(f"{INCOMING}/over", CallSid="CA1", DialCallStatus=status)
    assert [verb.tag for verb in document] == ["Hangup"]


async def test_a_message_is_thanked_for(world):
    document = await world.document("/voice/message/over", CallSid="CA1", RecordingSid=RECORDING)
    assert [verb.tag for verb in document] == ["Say", "Hangup"]


# The voicemails ----------------------------------------------------------------------------


async def listed(world):
    browser = world.browser()
    await browser.sign_in()
    return (await browser.get("/voicemails")).json()["voicemails"]


async def test_messages_are_listed_the_newest_first(world):
    await world.message("+14155550123", "RE" + "1" * 32, seconds=7)
    await world.message("anonymous", "RE" + "2" * 32, seconds=61)
    assert await listed(world) == [
        {"sid": "RE" + "2" * 32, "caller": "anonymous", "at": world.moment, "seconds": 61},
        {"sid": "RE" + "1" * 32, "caller": "+14155550123", "at": world.moment - 1, "seconds": 7},
    ]


async def test_a_message_told_of_twice_is_one(world):
    for _ in range(2):
        await world.message("+14155550123", RECORDING)
    await world.webhook(
        "/voice/message/kept",
        CallSid="CA9",
        RecordingSid=RECORDING,
        RecordingStatus="completed",
        RecordingDuration="3",
    )
    assert [each["seconds"] for each in await listed(world)] == [7]


async def test_a_message_may_be_told_of_before_anything_else(world):
    params = {"RecordingSid": RECORDING, "RecordingStatus": "completed", "RecordingDuration": "3"}
    assert (await world.webhook("/voice/message/kept", CallSid="CA9", **params)).status_code == 204
    assert [each["caller"] for each in await listed(world)] == [""]


@pytest.mark.parametrize(
    "changes",
    [
        {"RecordingStatus": "absent"},
        {"RecordingStatus": "in-progress"},
        {"RecordingSid": "../../Calls"},
        {"RecordingSid": ""},
        {"RecordingDuration": "-1"},
        {"RecordingDuration": "long"},
        {"RecordingDuration": "\u0663"},
        {"RecordingDuration": ""},
    ],
)
async def test_what_is_no_recording_is_not_listed(world, changes):
    params = {"RecordingSid": RECORDING, "RecordingStatus": "completed", "RecordingDuration": "3"}
    assert (await world.webhook("/voice/message/kept", CallSid="CA9", **params | changes)).status_code == 204
    assert await listed(world) == []


async def test_who_left_no_message_is_forgotten_after_a_day(world):
    await world.document(f"{INCOMING}/over", CallSid="CA1", From="+14155550123", DialCallStatus="busy")
    world.moment += 25 * 3600
    await world.document(f"{INCOMING}/over", CallSid="CA2", From="+14155550124", DialCallStatus="busy")
    params = {"RecordingSid": RECORDING, "RecordingStatus": "completed", "RecordingDuration": "3"}
    await world.webhook("/voice/message/kept", CallSid="CA1", **params)
    assert [each["caller"] for each in await listed(world)] == [""]


async def test_services_of_two_processes_share_a_file(tmp_path):
    database = str(tmp_path / "dialer.db")
    webhooks = DialerWorld(("webhooks",), database=database)
    page = DialerWorld(("token", "page"), database=database)
    await webhooks.message("+14155550123", RECORDING)
    assert [each["sid"] for each in await listed(page)] == [RECORDING]
    for world in (webhooks, page):
        await world.close()
