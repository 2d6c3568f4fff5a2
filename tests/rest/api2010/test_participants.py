"""Who takes part in a conference, and calls that are made to come into one (voice reference 6)."""

import pytest
from twilio.base.exceptions import TwilioRestException

from hoyhoy.exchange.announcing import MOST_AT_ONCE
from hoyhoy.exchange.events import PhoneHeard, PhoneRang
from hoyhoy.lines.simulated.script import Behaviour
from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, OTHERS_NUMBER, PHONE, SHARED

from .meeting import ANN, BOB, EVE, ask, attendant, comes, conference, meets
from .test_calls import SipPhones, call_token, ended, seen, told

SILENT = "+14155550149"
"""A phone that rings and is never answered."""


def path_of(made, sid=""):
    return f"/Conferences/{made['conference_sid']}/Participants/{sid or made['call_sid']}.json"


async def change(exchange, made, **form):
    answer = await exchange.post(path_of(made), **form)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def make_participant(exchange):
    made = await comes(exchange, "Specimen", Label="alice")
    await comes(exchange, "Specimen", To=BOB)
    return f"{BASE}/Conferences/{made['conference_sid']}/Participants/{made['call_sid']}"


SPECIMENS = {"Participant": make_participant}


async def test_representation(exchange):  # Appendix B
    answer = await ask(exchange, "Room 1", To=ANN)
    made = answer.json()
    assert answer.status_code == 201
    assert made == {
        "account_sid": ACCOUNT,
        "call_sid": made["call_sid"],
        "label": None,
        "conference_sid": made["conference_sid"],
        "call_sid_to_coach": None,
        "coaching": False,
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "end_conference_on_exit": False,
        "muted": False,
        "hold": False,
        "start_conference_on_enter": True,
        "status": "queued",
        "queue_time": "0",
        "uri": f"{BASE}/Conferences/{made['conference_sid']}/Participants/{made['call_sid']}.json",
    }
    call = (await exchange.get(f"/Calls/{made['call_sid']}.json")).json()
    assert (call["direction"], call["to"], call["from"]) == ("outbound-api", ANN, NUMBER)
    assert call["phone_number_sid"] == "PN" + NUMBER[1:].zfill(32)
    room = (await exchange.get(f"/Conferences/{made['conference_sid']}.json")).json()
    assert (room["friendly_name"], room["status"]) == ("Room 1", "init")


async def test_with_the_official_client(exchange):
    def call(client):
        room = client.conferences("Stand up & more").participants
        first = room.create(from_=NUMBER, to=ANN, label="Ann, the first & only")
        second = client.conferences(first.conference_sid).participants.create(from_=NUMBER, to=BOB)
        return first.call_sid, second.call_sid, first.conference_sid

    first, second, sid = await exchange.sdk(call)
    await exchange.run(10)

    def talk(client):
        assert client.conferences(sid).fetch().status == "in-progress"
        room = client.conferences(sid).participants
        assert [one.call_sid for one in room.list(page_size=1)] == [second, first]
        by_label = room("Ann, the first & only").fetch()
        assert (by_label.call_sid, by_label.status) == (first, "connected")
        assert room(first).update(muted=True).muted is True
        assert room("Ann, the first & only").update(hold=True, hold_url="").hold is True
        assert [one.call_sid for one in room.list(hold=True)] == [first]
        assert room(second).delete()

    await exchange.sdk(talk)
    await exchange.run(1)
    assert (await exchange.get(f"/Calls/{second}.json")).json()["status"] == "completed"

    def end(client):
        room = client.conferences(sid)
        with pytest.raises(TwilioRestException) as gone:
            room.participants(second).fetch()
        assert (gone.value.status, gone.value.code) == (404, 20404)
        over = room.update(status="completed")
        assert (over.status, over.reason_conference_ended) == ("completed", "conference-ended-via-api")
        assert room.participants.list() == []
        with pytest.raises(TwilioRestException) as late:
            room.participants(first).update(muted=False)
        with pytest.raises(TwilioRestException) as closed:
            room.participants.create(from_=NUMBER, to=EVE)
        return late.value.code, closed.value.code

    assert await exchange.sdk(end) == (20404, 16022)
    await exchange.run(1)
    assert (await exchange.get(f"/Calls/{first}.json")).json()["status"] == "completed"


@SHARED
async def test_whose_it_is(shared):
    made, _ = await meets(shared, "Ours")
    theirs = {"auth": (OTHER, OTHER_TOKEN)}
    at = f"/2010-04-01/Accounts/{OTHER}{path_of(made)}"
    assert (await shared.request("GET", at, **theirs)).status_code == 404
    assert (await shared.request("DELETE", at, **theirs)).status_code == 404
    assert (await shared.request("GET", at.rpartition("/")[0] + ".json", **theirs)).status_code == 404
    form = {"From": OTHERS_NUMBER, "To": EVE}
    one = await shared.request("POST", at.rpartition("/")[0] + ".json", data=form, **theirs)
    assert (one.status_code, one.json()["code"]) == (400, 16022)
    other = await shared.request(
        "POST", f"/2010-04-01/Accounts/{OTHER}/Conferences/Ours/Participants.json", data=form, **theirs
    )
    assert other.json()["conference_sid"] != made["conference_sid"]
    assert attendant(shared, made).is_in


@SHARED
@pytest.mark.parametrize(
    ("form", "code"),
    [  # 17.2, 17.3
        ({"To": None}, 21201),
        ({"From": None}, 21213),
        ({"To": "abc"}, 21211),
        ({"From": "abc"}, 21212),
        ({"From": OTHERS_NUMBER}, 21210),
        ({"CallerId": OTHERS_NUMBER}, 21210),
        ({"Label": "a/b"}, 16024),
        ({"Label": "x" * 129}, 16024),
        ({"Label": "CA" + "0" * 32}, 16024),
        ({"CallSidToCoach": "CA" + "0" * 32}, 16028),
        ({"CallSidToCoach": "me"}, 13240),
        ({"Coaching": "true"}, 13240),
        ({"Timeout": "4"}, 21208),
        ({"Timeout": "601"}, 21208),
        ({"TimeLimit": "0"}, 20001),
        ({"Beep": "loud"}, 20001),
        ({"WaitUrl": "nowhere"}, 20001),
        ({"WaitMethod": "PUT"}, 21209),
        ({"MaxParticipants": "1"}, 20001),
        ({"MaxParticipants": "251"}, 20001),
        ({"Region": "moon"}, 20001),
        ({"StatusCallback": "x"}, 21609),
        ({"StatusCallbackEvent": "dancing"}, 20001),
        ({"ConferenceStatusCallbackEvent": "dancing"}, 20001),
        ({"ConferenceTrim": "x"}, 13239),
        ({"RecordingTrack": "x"}, 13622),
        ({"MachineDetection": "Perhaps"}, 21234),
    ],
)
async def test_refused(shared, form, code):
    before = (await shared.get("/Calls.json")).json()["calls"]
    answer = await ask(shared, "Nowhere", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await shared.get("/Calls.json")).json()["calls"] == before
    assert (await shared.get("/Conferences.json?FriendlyName=Nowhere")).json()["conferences"] == []


@SHARED
async def test_names(shared):  # 2.8
    assert (await ask(shared, "x" * 129)).json()["code"] == 13237
    assert (await ask(shared, "CF" + "0" * 32)).json()["code"] == 16022
    await comes(shared, "Named", Label="ann")
    assert (await ask(shared, "Named", To=BOB, Label="ann")).json()["code"] == 16026
    assert (await shared.get("/Conferences/Elsewhere/Participants.json")).status_code == 404
    assert len((await shared.get("/Conferences/Named/Participants.json")).json()["participants"]) == 1
    for method in ("GET", "POST", "DELETE"):
        answer = await shared.request(method, f"{BASE}/Conferences/Named/Participants/bob.json")
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


# What the parameters of creation do ----------------------------------------------------------


@pytest.mark.works("Participant.create", "CallerId", To="+14155550124", From="+14155550155")
@pytest.mark.works("Participant.create", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent")
async def test_whom_it_calls_and_who_is_told(exchange):
    exchange.own("+14155550155")
    callbacks = told(exchange)
    made = await comes(
        exchange,
        "Room",
        To=PHONE,
        CallerId="(415) 555-0155",
        StatusCallback="http://app/status",
        StatusCallbackMethod="GET",
        StatusCallbackEvent=["initiated", "answered"],
    )
    [rang] = await seen(exchange, made["call_sid"], PhoneRang)
    assert (rang.phone, rang.caller) == (PHONE, "+14155550155")
    assert (await exchange.get(f"/Calls/{made['call_sid']}.json")).json()["from"] == NUMBER
    assert [(url, method, params["CallStatus"]) for url, method, params in callbacks()] == [
        ("http://app/status", "GET", "initiated"),
        ("http://app/status", "GET", "in-progress"),
    ]


async def test_an_application_comes_in(exchange):
    exchange.app.document = "<Response><Say>I am a program</Say><Pause length='60'/></Response>"
    sid = (await exchange.post("/Applications.json", VoiceUrl="http://desk/voice")).json()["sid"]
    made = await comes(exchange, "Room", To=f"app:{sid}?room=1")
    assert exchange.app.asked[0].url == "http://desk/voice"
    assert dict(exchange.app.asked[0].params)["Param_room"] == "1"
    assert attendant(exchange, made).status == "connected"


@pytest.mark.parametrize("name", ["AP" + "0" * 32, "me", "", "theirs", "mute"])
@SHARED
async def test_applications_that_do_not_help(shared, name):
    code = 21218
    if name == "theirs":
        name = shared.write("applications", "AP" + "9" * 32, OTHER, account_sid=OTHER, voice_url="http://a/voice")
    elif name == "mute":
        name, code = (await shared.post("/Applications.json")).json()["sid"], 21205
    answer = await ask(shared, "Nowhere", To=f"app:{name}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.works("Participant.create", "Timeout")
async def test_it_rings_as_long_as_it_may_and_five_seconds(exchange):
    exchange.network.phone(SILENT).behaviour = Behaviour(answering="ring-out")
    made = (await ask(exchange, "Room", To=SILENT, Timeout="7")).json()
    row = await ended(exchange, made["call_sid"])
    assert (row["status"], row["end_time"] - row["start_time"]) == ("no-answer", 12)
    assert conference(exchange, made) is None
    assert (await exchange.get(f"/Conferences/{made['conference_sid']}.json")).json()["status"] == "completed"


@pytest.mark.works("Participant.create", "TimeLimit")
async def test_it_lasts_as_long_as_it_may(exchange):
    made = await comes(exchange, "Room", TimeLimit="7")
    row = await ended(exchange, made["call_sid"])
    assert (row["status"], row["duration"]) == ("completed", 7)


async def who_answers(exchange, answering, greeting="", **form):
    """What the callback says of it; the call is in the conference meanwhile."""
    exchange.network.phone(EVE).behaviour = Behaviour(answering=answering, greeting=greeting)
    callbacks = told(exchange)
    made = await comes(
        exchange, "Room", To=EVE, AmdStatusCallback="http://app/amd", AmdStatusCallbackMethod="GET", **form
    )
    assert not [one for one in callbacks() if one[0] == "http://app/amd"]
    await exchange.run(20)
    ((method, params),) = [one[1:] for one in callbacks() if one[0] == "http://app/amd"]
    call = (await exchange.get(f"/Calls/{made['call_sid']}.json")).json()
    assert method == "GET" and params["CallSid"] == made["call_sid"] and call["answered_by"] == params["AnsweredBy"]
    return params["AnsweredBy"], int(params["MachineDetectionDuration"])


@pytest.mark.works("Participant.create", "MachineDetection", "AmdStatusCallback", "AmdStatusCallbackMethod")
@pytest.mark.works("Participant.create", "MachineDetectionTimeout")
@pytest.mark.works("Participant.create", "MachineDetectionSpeechThreshold", "MachineDetectionSpeechEndThreshold")
@pytest.mark.works("Participant.create", "MachineDetectionSilenceTimeout")
async def test_who_answers_is_found_out_beside_the_conference(exchange):  # 5.4
    words = "Who on earth is calling me at this hour?"
    form = {"MachineDetection": "DetectMessageEnd", "MachineDetectionSpeechThreshold": "6000"}
    found = await who_answers(exchange, "human", words, MachineDetectionSpeechEndThreshold="3000", **form)
    assert found[0] == "human" and found[1] > 5500
    form = {"MachineDetection": "DetectMessageEnd", "MachineDetectionTimeout": "4"}
    assert await who_answers(exchange, "voicemail", words * 3, **form) == ("machine_end_other", 4000)
    form = {"MachineDetection": "Enable", "MachineDetectionSilenceTimeout": "2000"}
    assert await who_answers(exchange, "silent", **form) == ("unknown", 2000)


@SHARED
async def test_what_of_detection_has_no_meaning_here(shared):  # 21262, 21263
    made = (await ask(shared, "Undetected", MachineDetection="Enable", AsyncAmd="true")).json()
    told = (await shared.get(f"/Calls/{made['call_sid']}/Notifications.json")).json()["notifications"]
    assert {(one["error_code"], one["log"]) for one in told} == {("21262", "1"), ("21263", "1")}


@pytest.mark.works("Participant.create", "SipAuthUsername", "SipAuthPassword")
async def test_a_sip_far_end_that_asks_who_calls_is_answered(exchange):
    phones = SipPhones(exchange.network)
    exchange.switchboard.facilities.lines.append(phones)
    form = {"To": "sip:ada@example.com", "SipAuthUsername": "hoy", "SipAuthPassword": "secret"}
    answer = await ask(exchange, "Room", CallReason="Your parcel", **form)
    await exchange.clock.advance(1)
    (asked,) = phones.asked
    assert (asked.address, asked.username, asked.password) == ("sip:ada@example.com", "hoy", "secret")
    assert "secret" not in answer.text
    row = await exchange.database.rows.fetch("calls", answer.json()["call_sid"])
    assert row["call_reason"] == "Your parcel"


@pytest.mark.works(
    "Participant.create", "Label", "Muted", "EndConferenceOnExit", "StartConferenceOnEnter", "CallSidToCoach"
)
async def test_how_it_takes_part(exchange):
    agent = await comes(exchange, "Room")
    form = {"EndConferenceOnExit": "true", "StartConferenceOnEnter": "false", "Muted": "TRUE"}
    made = await comes(exchange, "Room", To=BOB, Label="boss", CallSidToCoach=agent["call_sid"], **form)
    assert (made["label"], made["call_sid_to_coach"], made["coaching"]) == ("boss", agent["call_sid"], True)
    flags = made["end_conference_on_exit"], made["start_conference_on_enter"], made["muted"]
    assert flags == (True, False, True)
    assert attendant(exchange, made).coaches == agent["call_sid"]


@pytest.mark.works("Participant.create", "Coaching")
async def test_who_is_named_is_not_coached_when_that_is_denied(exchange):
    agent = await comes(exchange, "Room")
    made = await comes(exchange, "Room", To=BOB, Coaching="false", CallSidToCoach=agent["call_sid"], Muted="loud")
    assert (made["coaching"], made["call_sid_to_coach"], made["muted"]) == (False, None, False)


@pytest.mark.works("Participant.create", "Beep", "Region", "MaxParticipants")
async def test_what_the_room_is_like(exchange):
    made = await comes(exchange, "Room", Beep="onExit", Region="ie1", MaxParticipants="2")
    one = attendant(exchange, made)
    assert (one.beeps_on_enter, one.beeps_on_exit) == (False, True)
    assert (await exchange.get(f"/Conferences/{made['conference_sid']}.json")).json()["region"] == "ie1"
    await comes(exchange, "Room", To=BOB)
    assert (await ask(exchange, "Room", To=EVE)).json()["code"] == 16020


@pytest.mark.works("Participant.create", "WaitUrl", "WaitMethod")
async def test_what_is_heard_alone(exchange):
    exchange.app.document = "<Response><Say>Soon</Say></Response>"
    made = await comes(exchange, "Room", WaitUrl="http://app/wait", WaitMethod="GET")
    await exchange.run(5)
    assert [(one.url, one.method) for one in exchange.app.asked] == [("http://app/wait", "GET")]
    assert [heard.text for heard in await seen(exchange, made["call_sid"], PhoneHeard)] == ["Soon"]


async def test_silence_or_music(exchange):
    silent = await comes(exchange, "Silence", WaitUrl="")
    music = await comes(exchange, "Music", To=BOB)
    await exchange.run(5)
    assert await seen(exchange, silent["call_sid"], PhoneHeard) == []
    assert [heard.kind for heard in await seen(exchange, music["call_sid"], PhoneHeard)] == ["tone"]


@pytest.mark.works(
    "Participant.create",
    "ConferenceStatusCallback",
    "ConferenceStatusCallbackMethod",
    "ConferenceStatusCallbackEvent",
)
async def test_who_is_told_of_the_conference(exchange):  # 2.8.1
    callbacks = told(exchange)
    await meets(
        exchange,
        "Room",
        ConferenceStatusCallback="http://app/room",
        ConferenceStatusCallbackMethod="GET",
        ConferenceStatusCallbackEvent="join start",
    )
    assert [(url, method, params["StatusCallbackEvent"]) for url, method, params in callbacks()] == [
        ("http://app/room", "GET", "participant-join"),
        ("http://app/room", "GET", "participant-join"),
        ("http://app/room", "GET", "conference-start"),
    ]


async def test_beginning_and_end_are_told_unless_other_is_asked_for(exchange):  # 18 row 9
    callbacks = told(exchange)
    made, _ = await meets(exchange, "Room", ConferenceStatusCallback="http://app/room")
    await exchange.post(f"/Conferences/{made['conference_sid']}.json", Status="completed")
    await exchange.run(1)
    assert [params["StatusCallbackEvent"] for _, _, params in callbacks()] == ["conference-start", "conference-end"]


@pytest.mark.works(
    "Participant.create",
    "Record",
    "RecordingChannels",
    "Trim",
    "RecordingStatusCallback",
    "RecordingStatusCallbackMethod",
    "RecordingStatusCallbackEvent",
)
async def test_its_recording(exchange):
    callbacks = told(exchange)
    made = await comes(
        exchange,
        "Room",
        Record="true",
        RecordingChannels="dual",
        Trim="do-not-trim",
        RecordingStatusCallback="http://app/recorded",
        RecordingStatusCallbackMethod="GET",
        RecordingStatusCallbackEvent="started failed",
    )
    await exchange.run(1)
    [found] = (await exchange.get(f"/Calls/{made['call_sid']}/Recordings.json")).json()["recordings"]
    assert (found["source"], found["channels"], found["track"]) == ("OutboundAPI", 2, "both")
    assert (await exchange.database.rows.fetch("recordings", found["sid"]))["trim"] == "do-not-trim"
    assert [(url, method, params["RecordingStatus"]) for url, method, params in callbacks()] == [
        ("http://app/recorded", "GET", "in-progress")
    ]


async def test_pauses_of_its_recording_are_told(exchange):  # 6: the wider list of events
    callbacks = told(exchange)
    events = {
        "RecordingStatusCallback": "http://app/recorded",
        "RecordingStatusCallbackEvent": "paused resumed stopped",
    }
    made = await comes(exchange, "Room", Record="true", **events)
    await exchange.run(1)
    for status in ("paused", "in-progress", "stopped"):
        await exchange.post(f"/Calls/{made['call_sid']}/Recordings/Twilio.CURRENT.json", Status=status)
        await exchange.run(1)
    assert [params["RecordingStatus"] for _, _, params in callbacks()] == ["paused", "in-progress", "stopped"]


@pytest.mark.works("Participant.create", "RecordingTrack")
async def test_one_track(exchange):
    made = await comes(exchange, "Room", Record="true", RecordingTrack="inbound")
    [found] = (await exchange.get(f"/Calls/{made['call_sid']}/Recordings.json")).json()["recordings"]
    assert found["track"] == "inbound"


@pytest.mark.works(
    "Participant.create",
    "ConferenceRecord",
    "ConferenceTrim",
    "ConferenceRecordingStatusCallback",
    "ConferenceRecordingStatusCallbackMethod",
    "ConferenceRecordingStatusCallbackEvent",
)
async def test_the_recording_of_the_conference(exchange):
    callbacks = told(exchange)
    made, _ = await meets(
        exchange,
        "Room",
        ConferenceRecord="true",
        ConferenceTrim="do-not-trim",
        ConferenceRecordingStatusCallback="http://app/recorded",
        ConferenceRecordingStatusCallbackMethod="GET",
        ConferenceRecordingStatusCallbackEvent="in-progress",
    )
    await exchange.run(1)
    room = f"/Conferences/{made['conference_sid']}"
    [found] = (await exchange.get(f"{room}/Recordings.json")).json()["recordings"]
    assert (found["source"], found["channels"]) == ("StartConferenceRecordingAPI", 1)
    assert (await exchange.database.rows.fetch("recordings", found["sid"]))["trim"] == "do-not-trim"
    await exchange.post(f"{room}.json", Status="completed")
    await exchange.run(1)
    assert [(url, method, params["RecordingStatus"]) for url, method, params in callbacks()] == [
        ("http://app/recorded", "GET", "in-progress")
    ]


@SHARED
async def test_what_is_only_kept_is_told(shared):
    made = (await ask(shared, "Kept", JitterBufferSize="off", EarlyMedia="false")).json()
    [note] = (await shared.get(f"/Calls/{made['call_sid']}/Notifications.json")).json()["notifications"]
    assert "EarlyMedia%2C+JitterBufferSize" in note["message_text"]


# Lists and changes -------------------------------------------------------------------------


@pytest.mark.works("Participant.list", "Muted", "Hold", "Coaching")
async def test_a_list_is_searched(exchange):
    one, two = await meets(exchange, "Room")
    coach = await comes(exchange, "Room", To=EVE, CallSidToCoach=one["call_sid"])
    await change(exchange, one, Muted="true")
    await change(exchange, two, Hold="true")

    async def found(**asked):
        listed = await exchange.sdk(lambda client: client.conferences(one["conference_sid"]).participants.list(**asked))
        return [listed.call_sid for listed in listed]

    everybody = [coach["call_sid"], two["call_sid"], one["call_sid"]]
    assert await found() == everybody
    assert await found(muted=True) == [one["call_sid"]]
    assert await found(hold=True) == [two["call_sid"]]
    assert await found(coaching=True) == [coach["call_sid"]]
    assert await found(coaching=False) == everybody[1:]


@pytest.mark.works("Participant.update", "Muted", "EndConferenceOnExit", "BeepOnExit", "Coaching", "CallSidToCoach")
async def test_it_takes_part_in_another_way(exchange):
    one, two = await meets(exchange, "Room")
    form = {"Muted": "true", "EndConferenceOnExit": "true", "CallSidToCoach": one["call_sid"]}
    found = await change(exchange, two, BeepOnExit="false", **form)
    assert (found["muted"], found["end_conference_on_exit"], found["coaching"]) == (True, True, True)
    assert found["call_sid_to_coach"] == one["call_sid"]
    assert not attendant(exchange, two).beeps_on_exit
    found = await change(exchange, two, Coaching="false", Muted="no")
    assert (found["coaching"], found["call_sid_to_coach"], found["muted"]) == (False, None, False)
    assert found["end_conference_on_exit"] is True


@pytest.mark.works("Participant.update", "Hold", "HoldUrl", "HoldMethod")
async def test_hold(exchange):
    exchange.app.document = "<Response><Say>Please hold</Say></Response>"
    one, _ = await meets(exchange, "Room", WaitUrl="")
    assert (await change(exchange, one, Hold="true", HoldUrl="http://app/hold", HoldMethod="POST"))["hold"] is True
    await exchange.run(3)
    assert [(asked.url, asked.method) for asked in exchange.app.asked] == [("http://app/hold", "POST")]
    assert "Please hold" in [heard.text for heard in await seen(exchange, one["call_sid"], PhoneHeard)]
    assert (await change(exchange, one, Hold="false"))["hold"] is False


async def test_hold_is_asked_for_by_get(exchange):  # 18 row 10
    one, _ = await meets(exchange, "Room", WaitUrl="")
    await change(exchange, one, Hold="true", HoldUrl="http://app/hold")
    await exchange.run(3)
    assert exchange.app.asked[0].method == "GET"


@pytest.mark.works("Participant.update", "AnnounceUrl", "AnnounceMethod")
async def test_an_announcement_for_one(exchange):
    one, two = await meets(exchange, "Room", WaitUrl="")
    exchange.app.document = "<Response><Say>For you alone</Say></Response>"
    await change(exchange, one, AnnounceUrl="http://app/announce", AnnounceMethod="GET")
    await exchange.run(5)
    assert [(asked.url, asked.method) for asked in exchange.app.asked] == [("http://app/announce", "GET")]
    assert "For you alone" in [heard.text for heard in await seen(exchange, one["call_sid"], PhoneHeard)]
    assert "For you alone" not in [heard.text for heard in await seen(exchange, two["call_sid"], PhoneHeard)]


@pytest.mark.works("Participant.update", "WaitUrl", "WaitMethod")
async def test_who_waits_waits_with_something_else(exchange):
    exchange.app.document = "<Response><Say>Soon</Say></Response>"
    one = await comes(exchange, "Room", WaitUrl="")
    await change(exchange, one, WaitUrl="http://app/wait", WaitMethod="GET")
    await exchange.run(3)
    assert [(asked.url, asked.method) for asked in exchange.app.asked] == [("http://app/wait", "GET")]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Hold": "perhaps"}, 20001),
        ({"HoldUrl": "nowhere"}, 20001),
        ({"HoldMethod": "PUT"}, 21209),
        ({"AnnounceUrl": "nowhere"}, 20001),
        ({"Coaching": "true"}, 13240),
        ({"CallSidToCoach": "CA" + "0" * 32}, 16028),
        ({"CallSidToCoach": "somebody"}, 13240),
    ],
)
@SHARED
async def test_changes_refused(shared, form, code):
    if "Refusing" not in [one.name for one in shared.switchboard.facilities.conferences.values()]:
        await meets(shared, "Refusing")
    at = "/Conferences/Refusing/Participants"
    one = (await shared.get(f"{at}.json")).json()["participants"][0]
    answer = await shared.post(path_of(one), **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await shared.get(path_of(one))).json() == one


@SHARED
async def test_half_an_order_is_none(shared):
    one, _ = await meets(shared, "Halved", WaitUrl="")
    for _ in range(MOST_AT_ONCE):
        await change(shared, one, AnnounceUrl="http://app/announce")
    refused = await shared.post(path_of(one), AnnounceUrl="http://app/announce", Muted="true")
    assert (refused.status_code, refused.json()["code"]) == (400, 16099)
    assert (await shared.get(path_of(one))).json()["muted"] is False


async def test_who_is_still_called(exchange):
    """He can be changed and given up before he is there."""
    exchange.network.phone(SILENT).behaviour = Behaviour(answering="ring-out")
    made = (await ask(exchange, "Room", To=SILENT)).json()
    await exchange.run(3)
    found = (await exchange.get(path_of(made))).json()
    assert found["status"] == "ringing"
    found = await change(exchange, made, Muted="true", Hold="true")
    assert (found["muted"], found["hold"]) == (True, True)
    refused = await exchange.post(path_of(made), AnnounceUrl="http://app/announce")
    assert (refused.status_code, refused.json()["code"]) == (400, 16001)
    assert (await exchange.delete(path_of(made))).status_code == 204
    await exchange.run(1)
    assert (await exchange.get(f"/Calls/{made['call_sid']}.json")).json()["status"] == "canceled"
    assert (await exchange.get(path_of(made))).status_code == 404


@pytest.mark.works("Participant.create", "CallToken")
async def test_the_caller_of_a_call_is_shown_to_somebody_else(strict):  # 3.1
    token = await call_token(strict)
    assert (await ask(strict, "Room", From=PHONE)).json()["code"] == 21210
    assert (await ask(strict, "Room", From=PHONE, CallToken="{}")).json()["code"] == 21210
    made = (await ask(strict, "Room", From=PHONE, CallToken=token)).json()
    assert (await strict.get(f"/Calls/{made['call_sid']}.json")).json()["from"] == PHONE
