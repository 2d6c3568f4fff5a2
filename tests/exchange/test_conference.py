"""voice 2.8, 2.8.1, 6: when a conference begins and how it ends, for whom, and what the app is told of it."""

from dataclasses import replace

import numpy as np
import pytest

from hoyhoy.audio import tones
from hoyhoy.exchange import conference as conferences
from hoyhoy.exchange.conference import CONFERENCE, FINAL, ConferenceStatus
from hoyhoy.exchange.events import ConferenceMoved, Noticed, RecordingMoved
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.orders import Attend, Record, Telling
from hoyhoy.exchange.ports import Row
from hoyhoy.exchange.switchboard import Switchboard
from hoyhoy.speech.placeholder import murmur
from hoyhoy.wire.errors import Fault

from .away import with_away
from .meeting import TELLING, TOM, Ear, Meeting, at, calls
from .talking import ANN, BOB, EVE, heard, on, presses, says
from .world import ACCOUNT, World


def test_lifecycle():
    assert FINAL == (ConferenceStatus.COMPLETED,)
    assert CONFERENCE.may_move(ConferenceStatus.INIT, ConferenceStatus.COMPLETED)
    assert not CONFERENCE.may_move(ConferenceStatus.IN_PROGRESS, ConferenceStatus.INIT)


async def rows(exchange: World) -> list[dict]:
    return (await exchange.database.rows.page("conferences"))[::-1]


def statuses(exchange: World) -> list[str]:
    return [one.status for one in exchange.events(ConferenceMoved)]


async def test_two_meet_and_part(exchange):
    # traps 14 to 17: the first one's callbacks count, it begins with two, its action is told little
    meeting = Meeting(exchange)
    ann = await meeting.comes(ANN, TELLING, dial='action="/over"')
    assert [one["status"] for one in await rows(exchange)] == ["init"]
    assert heard(exchange, ANN, "tone") == ["music"]
    bob = await meeting.comes(BOB, 'statusCallback="/others" statusCallbackEvent="start"', dial='action="/over"')
    assert [one["status"] for one in await rows(exchange)] == ["in-progress"]
    says(exchange, ANN, "Hello Bob")
    says(exchange, BOB, "Hello Ann")
    await exchange.run(3)
    assert (heard(exchange, ANN), heard(exchange, BOB)) == (["Hello Ann"], ["Hello Bob"])
    on(exchange, ANN).put_down()
    await exchange.run(10)
    assert meeting.conference.status is ConferenceStatus.IN_PROGRESS  # one is enough to go on
    on(exchange, BOB).put_down()
    await exchange.run(10)
    (row,) = await rows(exchange)
    assert (
        row["sid"].startswith("CF")
        and row
        | {
            "account_sid": ACCOUNT,
            "friendly_name": "Room",
            "status": "completed",
            "region": "us1",
            "reason_conference_ended": "last-participant-left",
            "call_sid_ending_conference": bob.sid,
        }
        == row
    )
    assert meeting.stories() == [
        "participant-join Ann", "participant-join Bob", "conference-start",
        "participant-leave Ann", "participant-leave Bob", "conference-end",
    ]  # fmt: skip
    assert [one["SequenceNumber"] for one in meeting.told()] == ["1", "2", "3", "4", "5", "6"]
    assert meeting.told("http://app/others") == []
    *_, leave, end = meeting.told()
    assert leave | {"ParticipantCallStatus": "completed", "ReasonParticipantLeft": "participant_hung_up"} == leave
    assert end | {"ReasonConferenceEnded": "last-participant-left", "CallSidEndingConference": bob.sid} == end
    asked = [dict(one.extra) for one in exchange.app.asked if one.url == "http://app/over"]
    assert asked == [{"DialCallStatus": "answered", "DialBridged": "true"}] * 2
    assert (await exchange.row("calls", ann.sid))["status"] == "completed"
    assert not exchange.switchboard.facilities.conferences


async def test_it_begins_with_two_of_whom_one_may_begin_it(exchange):
    meeting = Meeting(exchange)
    for phone in (ANN, BOB):
        await meeting.comes(phone, 'startConferenceOnEnter="false"')
    says(exchange, ANN, "Anybody there?")
    await exchange.run(2)
    assert meeting.conference.status is ConferenceStatus.INIT and heard(exchange, BOB) == []
    await meeting.comes(EVE)
    assert statuses(exchange) == ["init", "in-progress"]
    says(exchange, ANN, "Hello all")
    await exchange.run(2)
    assert heard(exchange, BOB) == heard(exchange, EVE) == ["Hello all"]


async def test_who_may_not_begin_it_may_come_later(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN)
    await meeting.comes(BOB, 'startConferenceOnEnter="false"')
    assert meeting.conference.status is ConferenceStatus.IN_PROGRESS


async def test_everybody_hears_the_sum_of_the_others(exchange):
    meeting = Meeting(exchange)
    for phone in (ANN, BOB, EVE):
        await meeting.comes(phone, 'beep="false"')
    ears = {phone: Ear(exchange, phone) for phone in (ANN, EVE)}
    says(exchange, ANN, "This is Ann")
    says(exchange, BOB, "And Bob speaks")
    await exchange.run(5)
    one, other = murmur("This is Ann"), murmur("And Bob speaks")
    both = np.zeros(max(len(one), len(other)), np.int16)
    both[: len(one)] += one
    both[: len(other)] += other
    await exchange.run(30)
    assert ears[EVE].has(both) and ears[ANN].has(other) and not ears[ANN].has(both)


async def test_names_are_of_an_account_and_count_letters(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, name="Room")
    await meeting.comes(BOB, name="room")
    facilities = exchange.switchboard.facilities
    assert len(facilities.conferences) == 2
    ann = facilities.conferences.find(ACCOUNT, "Room")
    assert ann is not None and ann.account == ACCOUNT


async def test_two_accounts_have_two_conferences_of_one_name(exchange):
    other, theirs = "AC" + "b" * 32, "+15005550001"
    meeting = Meeting(exchange)
    row = Row(
        "incoming_phone_numbers",
        "PN" + "b" * 32,
        {"account_sid": other, "phone_number": theirs, "voice_url": "http://app/theirs"},
        new=True,
    )
    exchange.database.journal.record(row.sid, other, ConferenceMoved(name="", status=""), (row,))
    exchange.app.pages["http://app/theirs"] = "<Response><Dial><Conference>Room</Conference></Dial></Response>"
    await meeting.comes(ANN)
    exchange.network.place_call(exchange.phone(BOB), theirs)
    await exchange.run(2)
    assert {one.account for one in exchange.switchboard.facilities.conferences.values()} == {ACCOUNT, other}
    assert {one.status for one in exchange.switchboard.facilities.conferences.values()} == {ConferenceStatus.INIT}


async def test_the_next_one_of_its_name_is_another(exchange):
    meeting = Meeting(exchange)
    for _ in range(2):
        await meeting.comes(ANN)
        on(exchange, ANN).put_down()
        await exchange.run(1)
    first, second = await rows(exchange)
    assert first["sid"] != second["sid"] and {first["status"], second["status"]} == {"completed"}


async def test_it_is_joined_by_its_sid_as_long_as_it_goes_on(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN)
    sid = meeting.conference.sid
    await meeting.comes(BOB, name=sid)
    assert meeting.conference.status is ConferenceStatus.IN_PROGRESS
    meeting.conference.end()
    await exchange.run(5)
    await meeting.comes(EVE, dial='action="/over"', name=sid)
    assert meeting.codes() == [13236]
    assert exchange.app.params()["DialCallStatus"] == "failed"


async def test_the_moderator_leaves_and_the_others_go_on_with_their_documents(exchange):
    # trap 16
    meeting = Meeting(exchange)
    ann = await meeting.comes(ANN, f'{TELLING} endConferenceOnExit="true" participantLabel="boss"')
    await meeting.comes(BOB)
    await meeting.comes(EVE, dial='action="/over"')
    on(exchange, ANN).put_down()
    await exchange.run(10)
    assert heard(exchange, BOB) == ["Goodbye then"] and heard(exchange, EVE) == ["It is over"]
    *_, left_first, left, _, end = meeting.told()
    assert left_first["ReasonParticipantLeft"] == "participant_hung_up"
    assert left["ReasonParticipantLeft"] == "moderator_ended_conference"
    reason = "participant-with-end-conference-on-exit-left"
    assert (
        end
        | {
            "ReasonConferenceEnded": reason,
            "CallSidEndingConference": ann.sid,
            "ParticipantLabelEndingConference": "boss",
        }
        == end
    )
    (row,) = await rows(exchange)
    assert (row["reason_conference_ended"], row["call_sid_ending_conference"]) == (reason, ann.sid)


async def test_a_moderator_who_waits_alone_ends_it_too(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'endConferenceOnExit="true"')
    await meeting.comes(BOB, 'startConferenceOnEnter="false"')
    on(exchange, ANN).put_down()
    await exchange.run(5)
    assert heard(exchange, BOB) == ["Goodbye then"] and statuses(exchange)[-1] == "completed"


async def test_the_api_ends_it(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, f'{TELLING} endConferenceOnExit="true"')
    await meeting.comes(BOB)
    over = meeting.conference
    over.end()
    assert not exchange.switchboard.facilities.conferences  # in the same turn
    await exchange.run(5)
    assert heard(exchange, ANN) == heard(exchange, BOB) == ["Goodbye then"]
    *_, one, _, end = meeting.told()
    assert one["ReasonParticipantLeft"] == "conference_ended_via_api"
    assert end["ReasonConferenceEnded"] == "conference-ended-via-api" and "CallSidEndingConference" not in end
    with pytest.raises(Fault, match="over") as refused:
        over.end()
    assert refused.value.code == 16022


@pytest.mark.parametrize(
    ("noun", "reason"),
    [
        ("", "last-participant-kicked"),
        ('endConferenceOnExit="true"', "participant-with-end-conference-on-exit-kicked"),
    ],
)
async def test_who_is_removed_may_be_the_last_or_the_moderator(exchange, noun, reason):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, f"{TELLING} {noun}")
    meeting.of(ANN).kick()
    await exchange.run(5)
    leave, end = meeting.told()[-2:]
    assert leave["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert end["ReasonConferenceEnded"] == reason
    assert heard(exchange, ANN) == ["Goodbye then"]


@pytest.mark.parametrize(
    ("beep", "enters", "exits"), [("true", 1, 1), ("false", 0, 0), ("onEnter", 1, 0), ("onExit", 0, 1)]
)
async def test_a_beep_tells_who_comes_and_goes(exchange, beep, enters, exits):
    meeting = Meeting(exchange)
    for phone in (ANN, BOB):
        await meeting.comes(phone, 'beep="false"')
    ear = Ear(exchange, ANN)
    await meeting.comes(EVE, f'beep="{beep}"')
    assert heard(exchange, ANN, "tone") == ["music"] + ["beep"] * enters
    on(exchange, EVE).put_down()
    await exchange.run(31)
    assert heard(exchange, ANN, "tone") == ["music"] + ["beep"] * (enters + exits)
    assert ear.has(tones.beep()) == bool(enters + exits)


async def test_nobody_hears_who_comes_before_it_begins(exchange):
    meeting = Meeting(exchange)
    for phone in (ANN, BOB):
        await meeting.comes(phone, 'startConferenceOnEnter="false"')
    on(exchange, ANN).put_down()
    await exchange.run(1)
    assert heard(exchange, BOB, "tone") == ["music"]


async def test_it_is_full(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'maxParticipants="2"')
    await meeting.comes(BOB)
    await meeting.comes(EVE, dial='action="/over"')
    assert meeting.codes() == [16020] and len(meeting.conference.participants) == 2
    assert exchange.app.params() | {"DialCallStatus": "failed", "DialBridged": "false"} == exchange.app.params()
    on(exchange, BOB).put_down()
    await exchange.run(1)
    await meeting.comes(TOM, 'maxParticipants="1"')
    assert meeting.codes() == [16020, 16020]
    await meeting.comes(TOM)
    assert len(meeting.conference.participants) == 2


async def test_it_is_recorded_from_its_beginning_without_the_music(exchange):
    meeting = Meeting(exchange)
    noun = 'beep="false" record="record-from-start" recordingStatusCallback="/recorded"'
    await meeting.comes(ANN, noun)
    sid = meeting.conference.sid
    await exchange.run(20)
    await meeting.comes(BOB, noun)
    (recording,) = meeting.conference.recordings
    assert exchange.switchboard.current_recording(sid) == recording.sid
    says(exchange, ANN, "This is Ann and this is being recorded")
    await exchange.run(5)
    meeting.conference.end()
    await exchange.run(5)
    row = await exchange.row("recordings", recording.sid)
    said = murmur("This is Ann and this is being recorded")
    assert row | {
        "call_sid": None, "conference_sid": sid, "source": "Conference", "channels": 1, "status": "completed",
        "trim": "trim-silence", "duration": round(len(said) / 8000),
    } == row  # fmt: skip
    file = await exchange.switchboard.facilities.tapes.read(recording.sid)
    sound = np.frombuffer(file, np.int16)[22:]
    assert np.array_equal(np.trim_zeros(sound), np.trim_zeros(said))
    (told,) = meeting.told("http://app/recorded")
    assert "CallSid" not in told and told | {
        "ConferenceSid": sid, "RecordingSid": recording.sid, "RecordingStatus": "completed", "RecordingChannels": "1",
        "RecordingSource": "Conference", "RecordingTrack": "both", "ErrorCode": "0",
    } == told  # fmt: skip
    assert [one.status for one in exchange.events(RecordingMoved, sid)][-1] == "completed"


async def test_a_recording_in_which_nobody_speaks_is_absent(exchange):
    meeting = Meeting(exchange)
    noun = 'beep="false" record="true" recordingStatusCallback="/recorded" recordingStatusCallbackEvent="absent"'
    for phone in (ANN, BOB):
        await meeting.comes(phone, noun)
    sid = meeting.conference.sid
    meeting.conference.end()
    await exchange.run(5)
    assert [one["RecordingStatus"] for one in meeting.told("http://app/recorded")] == ["absent"]
    assert [one.code for one in exchange.events(Noticed, sid)] == [16102]


async def test_announced_to_all(exchange):
    meeting = Meeting(
        exchange,
        news="<Response><Say>Five minutes left</Say><Play>/gong.wav</Play><Redirect>/more</Redirect></Response>",
        more="<Response><Pause length='2'/><Hangup/><Say>Really</Say></Response>",
    )
    await meeting.comes(ANN, TELLING)
    await meeting.comes(BOB)
    await meeting.comes(EVE)
    meeting.of(EVE).change(hold=True, hold_url="")
    ear = Ear(exchange, BOB)
    meeting.conference.announce(at("news"))
    says(exchange, ANN, "I am still speaking")
    await exchange.run(30)
    words = ["Five minutes left", "http://app/gong.wav", "Really"]
    assert heard(exchange, ANN, "speech", "audio") == words
    assert sorted(heard(exchange, BOB, "speech", "audio")) == sorted([*words, "I am still speaking"])
    assert heard(exchange, EVE) == []
    await exchange.run(1)
    assert ear.has(murmur("Really"))
    assert meeting.codes() == [13238]
    asked = exchange.app.params(-2)
    assert asked == {"AccountSid": ACCOUNT, "ConferenceSid": meeting.conference.sid, "FriendlyName": "Room"}
    (told,) = [one for one in meeting.told() if one["StatusCallbackEvent"].startswith("announcement")]
    assert (told["StatusCallbackEvent"], told["AnnounceUrl"]) == ("announcement-end", "http://app/news")
    assert "CallSid" not in told


async def test_announced_to_those_who_wait_beside_their_music(exchange):
    meeting = Meeting(exchange, news="<Response><Say>Nobody is here yet</Say></Response>")
    await meeting.comes(ANN)
    ear = Ear(exchange, ANN, 5)
    meeting.conference.announce(at("news"))
    await exchange.run(6)
    assert heard(exchange, ANN) == ["Nobody is here yet"] and heard(exchange, ANN, "tone") == ["music"]
    assert np.count_nonzero(ear.samples) > 20000 and not ear.has(murmur("Nobody is here yet"))
    await meeting.comes(BOB)
    says(exchange, BOB, "Hello Ann")
    await exchange.run(1)
    assert heard(exchange, ANN) == ["Nobody is here yet", "Hello Ann"]


async def test_an_announcement_that_cannot_be_had(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, TELLING)
    await meeting.comes(BOB)
    sid = meeting.conference.sid
    meeting.conference.announce(at("nowhere"))
    await exchange.run(5)
    assert [one.code for one in exchange.events(Noticed, sid)] == [11200]
    assert [one.code for one in exchange.events(conferences.ConferenceAnnounced)] == [11200]
    told = meeting.told()[-1]
    assert told["StatusCallbackEvent"] == "announcement-fail" and "404" in told["ReasonAnnouncementFailed"]


async def test_an_announcement_ends_with_the_conference(exchange):
    meeting = Meeting(exchange, news='<Response><Say loop="0">Over and over</Say></Response>')
    await meeting.comes(ANN, TELLING)
    await meeting.comes(BOB)
    meeting.conference.announce(at("news"))
    await exchange.run(5)
    meeting.conference.end()
    await exchange.run(30)
    assert [one.split()[0] for one in meeting.stories()[-4:]] == [
        "announcement-fail", "participant-leave", "participant-leave", "conference-end",
    ]  # fmt: skip
    assert heard(exchange, ANN)[-1] == "Goodbye then"


async def test_nobody_there_to_announce_to(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN)
    over = meeting.conference
    over.end()
    with pytest.raises(Fault) as refused:
        over.announce(at("news"))
    assert refused.value.code == 16001


async def test_the_exchange_stops(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, TELLING)
    await meeting.comes(BOB)
    await exchange.switchboard.close()
    (row,) = await rows(exchange)
    assert (row["status"], row["reason_conference_ended"]) == ("completed", "last-participant-left")
    *_, ann, bob, end = meeting.told()
    assert ann["ReasonParticipantLeft"] == bob["ReasonParticipantLeft"] == "participant_hung_up"
    assert end["ReasonConferenceEnded"] == "last-participant-left"
    await exchange.run(10)
    assert len(meeting.told()) == 6


async def test_the_star_leads_out(exchange):
    # 2.7.3: `answered`, as at any other end
    meeting = Meeting(exchange)
    await meeting.comes(ANN, dial='hangupOnStar="true" action="/over"')
    await meeting.comes(BOB)
    presses(exchange, BOB, "*")
    presses(exchange, ANN, "1*")
    await exchange.run(2)
    assert list(meeting.conference.participants.values()) == [meeting.of(BOB)]
    assert heard(exchange, ANN, "speech") == ["It is over"] and heard(exchange, BOB, "keys") == ["1"]
    assert exchange.app.params()["DialCallStatus"] == "answered"


async def test_the_exchange_stops_before_anybody_came(exchange):
    exchange.place("", twiml="", delay=100, attend=Attend(name="Room"))
    await exchange.run(1)
    await exchange.switchboard.close()
    assert [row["status"] for row in await rows(exchange)] == ["completed"]


async def test_another_word_for_having_been_there(exchange):
    # 18 row 11
    rules = Rules(conference_answered="completed")
    facilities = replace(exchange.switchboard.facilities, rules=rules)
    exchange.switchboard = exchange.network.exchange = Switchboard(facilities)
    await Meeting(exchange).comes(ANN, dial='action="/over" timeLimit="1"')
    await exchange.run(3)
    assert exchange.app.params()["DialCallStatus"] == "completed"


async def test_without_a_store_nobody_stays_for_ever(exchange):
    store = with_away(exchange)
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'endConferenceOnExit="true" record="record-from-start"')
    await meeting.comes(BOB)
    await meeting.comes(EVE)
    over = meeting.conference
    (recording,) = over.recordings
    with store.for_("record"):
        on(exchange, ANN)._become(LegState.RELEASED, Cause.NORMAL)
        await exchange.run(5)
    assert not exchange.switchboard.facilities.conferences and not over.participants
    assert recording.ended.done()
    await exchange.run(60)
    assert not exchange.switchboard.facilities.calls


async def test_an_entry_that_the_store_refuses_keeps_nobody(exchange):
    store = with_away(exchange)
    meeting = Meeting(exchange, news="<Response><Pause length='60'/></Response>")
    await meeting.comes(ANN, f'{TELLING} record="record-from-start"')
    for phone in (BOB, EVE):
        await meeting.comes(phone)
    over = meeting.conference
    for _ in range(2):
        over.announce(at("news"))
    await exchange.run(1)
    with store.for_("ConferenceAnnounced", "ParticipantLeft", "RecordingMoved"), pytest.raises(Fault):
        over.end()
    assert not over.participants and not over.announcements._waiting
    await exchange.run(5)
    for phone in (ANN, BOB, EVE):
        assert heard(exchange, phone) == ["Goodbye then"]
    assert meeting.stories()[-1] == "conference-end" and [row["status"] for row in await rows(exchange)] == [
        "completed"
    ]
    assert not exchange.switchboard.facilities.recordings


async def test_only_so_long(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, dial='timeLimit="5"')
    await meeting.comes(BOB)
    await exchange.run(2)
    assert len(meeting.conference.participants) == 2
    await exchange.run(2)
    assert list(meeting.conference.participants.values()) == [meeting.of(BOB)]
    assert heard(exchange, ANN) == ["Goodbye then"]


async def test_the_leg_of_one_is_recorded_by_its_dial(exchange):
    # 2.7: the second channel is what he hears
    meeting = Meeting(exchange)
    ann = await meeting.comes(ANN, 'beep="false"', dial='record="record-from-answer-dual" action="/over"')
    await meeting.comes(BOB, 'beep="false"')
    says(exchange, BOB, "This is Bob on the other channel")
    await exchange.run(5)
    on(exchange, ANN).put_down()
    await exchange.run(5)
    asked = exchange.app.params()
    row = await exchange.row("recordings", asked["RecordingSid"])
    assert row | {"call_sid": ann.sid, "conference_sid": None, "source": "DialVerb", "channels": 2} == row
    file = await exchange.switchboard.facilities.tapes.read(row["sid"])
    sound = np.frombuffer(file, np.int16)[22:].reshape(-1, 2)
    assert not sound[:, 0].any()
    said = np.trim_zeros(murmur("This is Bob on the other channel"))
    assert np.array_equal(np.trim_zeros(sound[:, 1])[-len(said) :], said)


# Whom it tells, and what is recorded ---------------------------------------------------------

ALL = f'{TELLING} record="record-from-start"'
OTHERS = 'statusCallback="/other" statusCallbackEvent="join leave"'


async def test_whoever_comes_first_decides_for_all_also_by_saying_nothing(exchange):
    # 2.8, trap 14
    meeting = Meeting(exchange)
    await meeting.comes(ANN)
    await meeting.comes(BOB, ALL)
    assert meeting.conference.recordings == [] and meeting.told() == []
    (row,) = await rows(exchange)
    assert row["status_callback"] is None


async def test_who_is_called_for_it_and_says_nothing_of_it_leaves_that_to_the_next(exchange):
    meeting = Meeting(exchange)
    for phone in (EVE, TOM):
        exchange.phone(phone)
    calls(exchange, EVE)
    await exchange.run(5)
    await meeting.comes(ANN, ALL)
    await meeting.comes(BOB, OTHERS)
    calls(exchange, TOM, telling=Telling(callback="http://app/other", events=("join",)))
    await exchange.run(5)
    (recording,) = meeting.conference.recordings
    assert recording.order.source == "Conference"
    assert meeting.stories() == ["participant-join Ann", "conference-start", "participant-join Bob",
                                 "participant-join Tom"]  # fmt: skip
    assert meeting.told("http://app/other") == []
    assert (await rows(exchange))[0]["status_callback"] == "http://app/told"


async def test_who_comes_by_himself_decides_then_also_by_saying_nothing(exchange):
    meeting = Meeting(exchange)
    exchange.phone(EVE)
    calls(exchange, EVE)
    await exchange.run(5)
    await meeting.comes(ANN)
    await meeting.comes(BOB, ALL)
    assert meeting.conference.recordings == [] and meeting.told() == []


@pytest.mark.parametrize(
    "says",
    [
        {"telling": Telling(callback="http://app/told", events=("start", "join"))},
        {"record": Record(source="StartConferenceRecordingAPI")},
    ],
)
async def test_of_those_who_are_called_for_it_the_first_who_says_something_decides(exchange, says):
    meeting = Meeting(exchange)
    for phone, how in ((EVE, {}), (TOM, says)):
        exchange.phone(phone)
        order = Attend(name="Room", **how)
        exchange.place("", phone, attend=order, timeout=20, twiml="")
        await exchange.run(5)
    await meeting.comes(ANN, ALL)
    is_told = "telling" in says
    assert len(meeting.conference.recordings) == (not is_told)
    assert meeting.stories() == ["participant-join Tom", "conference-start", "participant-join Ann"] * is_told


async def test_what_is_asked_for_after_its_start_is_recorded_from_then_on(exchange):
    meeting = Meeting(exchange)
    for phone in (EVE, TOM):
        exchange.phone(phone)
        calls(exchange, phone)
    await exchange.run(5)
    assert statuses(exchange) == ["init", "in-progress"]
    await meeting.comes(ANN, ALL)
    says(exchange, ANN, "It is recorded that I came")
    await exchange.run(5)
    meeting.conference.end()
    await exchange.run(5)
    (row,) = await exchange.database.rows.page("recordings")
    assert (row["status"], row["source"]) == ("completed", "Conference")
