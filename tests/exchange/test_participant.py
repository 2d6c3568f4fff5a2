"""voice 2.8, 6: how somebody takes part: waiting, on hold, muted, coaching; by what he comes in and leaves."""

import pytest

from hoyhoy.exchange.announcing import MOST_AT_ONCE
from hoyhoy.exchange.events import (
    CallMoved,
    ConferenceAnnounced,
    ParticipantChanged,
    ParticipantLeft,
    ParticipantSpoke,
    SoundPlayed,
)
from hoyhoy.exchange.ports import Page
from hoyhoy.speech.placeholder import murmur
from hoyhoy.wire.errors import Fault

from .meeting import TELLING, TOM, Ear, Meeting, at, calls, conference, who_hears
from .talking import ANN, BOB, EVE, heard, on, presses, says
from .world import World

WAIT = "<Response><Say>Please wait</Say><Play>/song.mp3</Play></Response>"


async def three(exchange: World, *, first: str = "", **pages: str) -> Meeting:
    meeting = Meeting(exchange, **pages)
    await meeting.comes(ANN, f'{TELLING} beep="false" {first}')
    for phone in (BOB, EVE):
        await meeting.comes(phone, 'beep="false"')
    return meeting


# Waiting ------------------------------------------------------------------------------------


async def test_a_document_to_wait_by_does_not_loop(exchange):
    # trap 14
    meeting = Meeting(exchange, wait=WAIT)
    ann = await meeting.comes(ANN, 'waitUrl="/wait"')
    await exchange.run(60)
    assert heard(exchange, ANN, "speech", "audio", "tone") == ["Please wait", "http://app/song.mp3"]
    asked = exchange.app.params()
    assert (
        asked
        | {
            "CallSid": ann.sid,
            "ConferenceSid": meeting.conference.sid,
            "FriendlyName": "Room",
            "CallStatus": "in-progress",
        }
        == asked
    )
    assert len([one for one in exchange.app.asked if one.url == "http://app/wait"]) == 1


async def test_what_may_not_stand_there(exchange):
    meeting = Meeting(
        exchange,
        wait='<Response><Gather/><Say>First</Say><Redirect method="GET">/more</Redirect><Say>Never</Say></Response>',
        more="<Response><Hangup/><Say>Second</Say></Response>",
    )
    await meeting.comes(ANN, 'waitUrl="/wait"')
    await exchange.run(10)
    assert meeting.codes() == [13238, 13238] and heard(exchange, ANN) == ["First", "Second"]
    assert meeting.of(ANN).status == "connected"


async def test_a_sound_to_wait_by_is_played_once(exchange):
    meeting = Meeting(exchange, song=Page("http://app/song", 200, "audio/mpeg", b"..."))
    await meeting.comes(ANN, 'waitUrl="/song" waitMethod="GET"')
    await exchange.run(20)
    assert heard(exchange, ANN, "audio") == ["http://app/song"]


async def test_silence_to_wait_by(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'waitUrl=""')
    await exchange.run(20)
    assert heard(exchange, ANN, "speech", "audio", "tone") == [] and meeting.of(ANN).status == "connected"


async def test_who_need_not_wait_is_asked_nothing(exchange):
    meeting = Meeting(exchange, wait=WAIT)
    await meeting.comes(ANN, 'waitUrl="/wait"')
    await meeting.comes(BOB, 'waitUrl="/wait"')
    await exchange.run(20)
    assert heard(exchange, BOB) == []
    assert len([one for one in exchange.app.asked if one.url == "http://app/wait"]) == 1
    assert [one.whole for one in exchange.events(SoundPlayed)] == [True, False]


async def test_who_cannot_wait_is_not_let_in(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, f'{TELLING} waitUrl="/nowhere"', dial='action="/over"')
    await exchange.run(5)
    assert meeting.codes() == [11200] and heard(exchange, ANN) == ["It is over"]
    over = [dict(one.extra) for one in exchange.app.asked if one.url == "http://app/over"]
    assert over == [{"DialCallStatus": "failed", "DialBridged": "false"}]
    assert meeting.stories() == ["participant-leave Ann", "conference-end"]
    assert meeting.told()[0]["ReasonParticipantLeft"] == "participant_add_failed"
    assert conference(exchange) is None


async def test_a_second_document_that_fails_leaves_silence(exchange):
    meeting = Meeting(exchange, wait="<Response><Say>Wait</Say><Redirect>/nowhere</Redirect></Response>")
    await meeting.comes(ANN, 'waitUrl="/wait"')
    await exchange.run(20)
    assert meeting.codes() == [11200] and meeting.of(ANN).status == "connected"


async def test_documents_in_circles_end_in_silence(exchange):
    meeting = Meeting(exchange, wait="<Response><Redirect/></Response>")
    await meeting.comes(ANN, 'waitUrl="/wait"')
    await exchange.run(20)
    assert meeting.codes() == [11215] and meeting.of(ANN).status == "connected"
    await meeting.comes(BOB)
    assert await who_hears(exchange, BOB) == [ANN]


async def test_who_is_never_let_in_does_not_try_for_ever(exchange):
    meeting = Meeting(exchange)  # whose wait document is not there: the Dial is over at once, and leads to itself
    await meeting.comes(ANN, 'waitUrl="/gone"', dial='action="/in"')
    await exchange.run(60)
    assert meeting.codes()[-1] == 11215 and not exchange.switchboard.facilities.calls
    assert len(exchange.app.asked) < 300


async def test_what_is_waited_by_may_change(exchange):
    meeting = Meeting(exchange, wait=WAIT, other="<Response><Say>Almost there</Say></Response>")
    await meeting.comes(ANN, f'{TELLING} waitUrl="/wait"')
    meeting.of(ANN).change(wait_url="http://app/other")
    await exchange.run(5)
    assert heard(exchange, ANN)[-1] == "Almost there"
    assert meeting.stories() == ["participant-join Ann", "participant-modify Ann"]


async def test_the_caller_hangs_up_while_he_waits(exchange):
    meeting = Meeting(exchange, wait=WAIT)
    ann = await meeting.comes(ANN, f'{TELLING} waitUrl="/wait"', dial='action="/over"')
    on(exchange, ANN).put_down()
    await exchange.run(5)
    assert meeting.stories() == ["participant-join Ann", "participant-leave Ann", "conference-end"]
    assert meeting.told()[1] | {"ParticipantCallStatus": "completed"} == meeting.told()[1]
    asked = exchange.app.params()
    assert asked | {"CallStatus": "completed", "DialCallStatus": "answered"} == asked
    assert (await exchange.row("calls", ann.sid))["status"] == "completed"
    assert conference(exchange) is None


async def test_the_caller_hangs_up_before_there_is_anything_to_wait_by(exchange):
    meeting = Meeting(exchange, wait=WAIT)
    fetch = exchange.app.fetch

    async def late(webhook, **how):
        if webhook.url.endswith("/wait"):
            await exchange.clock.sleep(5)
        return await fetch(webhook, **how)

    exchange.app.fetch = late
    await meeting.comes(ANN, f'{TELLING} waitUrl="/wait"')
    assert meeting.of(ANN).status == "connecting" and meeting.joined() == 0
    on(exchange, ANN).put_down()
    await exchange.run(10)
    assert conference(exchange) is None and meeting.joined() == 0
    assert meeting.told()[0]["ReasonParticipantLeft"] == "participant_add_failed"


async def test_removed_at_the_moment_when_there_is_something_to_wait_by(exchange):
    def page(webhook):
        meeting.of(ANN).kick()
        return WAIT

    meeting = Meeting(exchange, wait=page)
    await meeting.comes(ANN, f'{TELLING} waitUrl="/wait"')
    await exchange.run(3)
    assert meeting.stories() == ["participant-leave Ann", "conference-end"] and meeting.joined() == 0
    assert heard(exchange, ANN)[-1] == "Goodbye then"


async def test_what_was_heard_aside_leaves_no_trace_in_the_document(exchange):
    # relative addresses are those of the document that holds the Dial
    page = "<Response><Say>A moment</Say><Pause length='60'/></Response>"
    meeting = Meeting(exchange, **{"deep/wait": page, "deep/hold": page})
    await meeting.comes(ANN, 'waitUrl="/deep/wait"', dial='action="over"')
    meeting.of(ANN).change(hold=True, hold_url="http://app/deep/hold")
    await exchange.run(1)
    meeting.of(ANN).change(hold=False)
    await exchange.run(1)
    meeting.of(ANN).kick()
    await exchange.run(1)
    assert exchange.app.asked[-1].url == "http://app/over"


# On hold, muted ------------------------------------------------------------------------------


async def test_on_hold_and_back(exchange):
    meeting = await three(exchange)
    bob = meeting.of(BOB)
    bob.change(hold=True)
    assert bob.held and not bob.is_mixed
    ear = Ear(exchange, BOB, 6)
    assert await who_hears(exchange, ANN) == [EVE]
    assert await who_hears(exchange, BOB) == []
    assert heard(exchange, BOB, "tone") == ["music"]
    bob.change(hold=True)  # nothing is told twice
    bob.change(hold=False)
    assert await who_hears(exchange, ANN) == [BOB, EVE]
    assert await who_hears(exchange, BOB) == [ANN, EVE]
    await exchange.run(1)
    assert ear.samples[:8000].any()
    assert meeting.stories()[4:] == ["participant-hold Bob", "participant-unhold Bob"]
    assert [one["Hold"] for one in meeting.told()[4:]] == ["true", "false"]
    assert [one.held for one in exchange.events(ParticipantChanged)] == [True, False]


async def test_a_document_on_hold(exchange):
    meeting = await three(exchange, hold="<Response><Say>One moment</Say><Enqueue>x</Enqueue></Response>")
    meeting.of(BOB).change(hold=True, hold_url="http://app/hold")
    await exchange.run(30)
    assert exchange.app.asked[-1].method == "GET"
    assert heard(exchange, BOB) == ["One moment"]
    asked = exchange.app.params()
    assert asked | {"ConferenceSid": meeting.conference.sid, "FriendlyName": "Room"} == asked
    meeting.of(BOB).change(hold=True, hold_url="http://app/nowhere", hold_method="POST")
    await exchange.run(1)
    assert exchange.app.asked[-1].method == "POST" and meeting.codes()[-1] == 11200
    meeting.of(BOB).change(hold=False)
    assert await who_hears(exchange, BOB) == [ANN, EVE]


async def test_on_hold_before_it_begins(exchange):
    meeting = Meeting(exchange, wait=WAIT)
    await meeting.comes(ANN, 'waitUrl="/wait"')
    meeting.of(ANN).change(hold=True)
    await exchange.run(1)
    assert heard(exchange, ANN, "tone") == ["music"]
    meeting.of(ANN).change(hold=False)
    await exchange.run(1)
    assert heard(exchange, ANN).count("Please wait") == 2
    meeting.of(ANN).change(hold=True, hold_url="")
    await meeting.comes(BOB)
    assert await who_hears(exchange, BOB) == []
    meeting.of(ANN).change(hold=False)
    assert await who_hears(exchange, BOB) == [ANN]


async def test_muted(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, f'{TELLING} muted="true"')
    for phone in (BOB, EVE):
        await meeting.comes(phone)
    assert await who_hears(exchange, ANN) == [] and await who_hears(exchange, BOB) == [ANN, EVE]
    meeting.of(ANN).change(muted=False)
    meeting.of(BOB).change(muted=True, hold=True)
    assert await who_hears(exchange, ANN) == [EVE]
    meeting.of(BOB).change(hold=False)
    assert await who_hears(exchange, BOB) == []
    assert meeting.stories()[4:] == [
        "participant-unmute Ann", "participant-mute Bob", "participant-hold Bob", "participant-unhold Bob",
    ]  # fmt: skip
    assert [one["Muted"] for one in meeting.told()[4:]] == ["false", "true", "true", "true"]


async def test_the_sound_of_who_is_muted_is_heard_by_nobody(exchange):
    meeting = await three(exchange)
    meeting.of(ANN).change(muted=True)
    ear = Ear(exchange, BOB, 3)
    says(exchange, ANN, "You cannot hear this")
    await exchange.run(4)
    assert len(ear.samples) == 24000 and not ear.samples.any()


# Coaching ------------------------------------------------------------------------------------


async def test_a_coach_is_heard_by_one_alone(exchange):
    meeting = await three(exchange)
    bob = meeting.of(BOB)
    await meeting.comes(TOM, f'coach="{bob.call.sid}" beep="false"')
    ears = {phone: Ear(exchange, phone, 3) for phone in (ANN, BOB)}
    assert await who_hears(exchange, TOM) == [BOB]
    assert await who_hears(exchange, ANN) == [BOB, EVE, TOM]
    await exchange.run(1)
    assert ears[BOB].has(murmur("Can you hear me?")) and not ears[ANN].samples[:16000].any()
    joined = meeting.told()[-1]
    assert joined | {"Coaching": "true", "CallSidToCoach": bob.call.sid} == joined


async def test_a_coach_is_heard_by_nobody_while_the_other_is_on_hold_or_gone(exchange):
    meeting = await three(exchange)
    tom = meeting.of(ANN)
    tom.change(coaches=meeting.of(BOB).call.sid)
    await exchange.run(0)
    assert meeting.stories()[-1] == "participant-modify Ann"
    meeting.of(BOB).change(hold=True)
    assert await who_hears(exchange, ANN) == []
    meeting.of(BOB).change(hold=False)
    assert await who_hears(exchange, ANN) == [BOB]
    on(exchange, BOB).put_down()
    assert await who_hears(exchange, ANN) == []
    tom.change(coaches="")
    assert await who_hears(exchange, ANN) == [EVE]


async def test_who_came_before_the_one_he_coaches(exchange):
    meeting = Meeting(exchange)
    for phone in (ANN, BOB):
        await meeting.comes(phone, 'startConferenceOnEnter="false" beep="false" waitUrl=""')
    meeting.of(BOB).change(coaches=meeting.of(ANN).call.sid)
    meeting.of(ANN).change(coaches=meeting.of(BOB).call.sid)
    await meeting.comes(EVE, 'beep="false"')
    assert await who_hears(exchange, BOB) == [ANN]
    ears = {phone: Ear(exchange, phone, 3) for phone in (BOB, EVE)}
    assert await who_hears(exchange, ANN) == [BOB]
    await exchange.run(2)
    assert ears[BOB].has(murmur("Can you hear me?")) and not ears[EVE].samples.any()


async def test_who_cannot_be_coached(exchange):
    meeting = await three(exchange)
    ann = meeting.of(ANN)
    for sid in ("CA" + "0" * 32, ann.call.sid):
        with pytest.raises(Fault) as refused:
            ann.change(coaches=sid, muted=True)
        assert refused.value.code == 16028 and not ann.muted
    meeting.of(BOB).change(hold=True)
    with pytest.raises(Fault) as refused:
        ann.change(coaches=meeting.of(BOB).call.sid)
    assert refused.value.code == 16027
    await meeting.comes(TOM, f'coach="CA{"0" * 32}"', dial='action="/over"')
    assert meeting.codes() == [13240]
    assert exchange.app.params()["DialCallStatus"] == "failed" and heard(exchange, TOM) == ["It is over"]


# Leaving -------------------------------------------------------------------------------------


async def test_redirected_out_of_it_and_into_it_again(exchange):
    meeting = await three(exchange, back="<Response><Say>You are out</Say><Redirect>/in</Redirect></Response>")
    bob = meeting.of(BOB)
    exchange.switchboard.redirect_call(bob.call.sid, webhook=at("back"))
    await exchange.run(0.1)
    assert bob.call.sid not in meeting.conference.participants
    assert meeting.told()[-1]["ReasonParticipantLeft"] == "participant_updated_via_api"
    await exchange.run(2)
    assert heard(exchange, BOB) == ["You are out"] and await who_hears(exchange, BOB) == [ANN, EVE]


async def test_his_call_is_ended_by_the_api(exchange):
    meeting = await three(exchange)
    bob = meeting.of(BOB)
    exchange.switchboard.end_call(bob.call.sid, "completed")
    await exchange.run(1)
    assert meeting.told()[-1]["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert (await exchange.row("calls", bob.call.sid))["status"] == "completed"


async def test_removed(exchange):
    meeting = await three(exchange)
    bob = meeting.of(BOB)
    bob.kick()
    assert bob.call.sid not in meeting.conference.participants and bob.status == "complete"  # in the same turn
    bob.kick()
    await exchange.run(3)
    assert heard(exchange, BOB) == ["Goodbye then"]
    assert [one.reason for one in exchange.events(ParticipantLeft)] == ["participant_updated_via_api"]


async def test_who_may_end_it_can_be_changed(exchange):
    meeting = await three(exchange)
    meeting.of(BOB).change(ends=True, beeps_on_exit=True)
    meeting.of(BOB).change(ends=True)  # nothing changes
    await exchange.run(0)
    assert meeting.stories()[4:] == ["participant-modify Bob"]
    assert meeting.told()[-1]["EndConferenceOnExit"] == "true"
    on(exchange, BOB).put_down()
    await exchange.run(5)
    assert conference(exchange) is None and heard(exchange, ANN) == ["Goodbye then"]


async def test_a_beep_at_leaving_can_be_had_later(exchange):
    meeting = await three(exchange)
    meeting.of(BOB).change(beeps_on_exit=True)
    on(exchange, BOB).put_down()
    await exchange.run(1)
    assert heard(exchange, ANN, "tone") == ["music", "beep"]


async def test_one_ends_when_the_plane_is_lost(exchange):
    meeting = await three(exchange)
    on(exchange, BOB)._lost()
    await exchange.run(1)
    assert meeting.told()[-1]["ReasonParticipantLeft"] == "participant_hung_up"
    assert exchange.events(CallMoved)[-1].status == "completed"


# Announced to one ----------------------------------------------------------------------------


async def test_announced_to_one_beside_the_others(exchange):
    meeting = await three(exchange, news="<Response><Say>Your time is up</Say></Response>")
    meeting.of(BOB).announce(at("news"))
    says(exchange, ANN, "Go on")
    await exchange.run(5)
    assert sorted(heard(exchange, BOB)) == ["Go on", "Your time is up"] and heard(exchange, EVE) == ["Go on"]
    asked = exchange.app.params()
    assert asked | {"CallSid": meeting.of(BOB).call.sid, "ConferenceSid": meeting.conference.sid} == asked
    told = meeting.told()[-1]
    assert told | {"StatusCallbackEvent": "announcement-end", "CallSid": meeting.of(BOB).call.sid} == told
    assert [one.code for one in exchange.events(ConferenceAnnounced)] == [0]


async def test_announced_to_one_on_hold(exchange):
    meeting = await three(exchange, news="<Response><Say>Still there?</Say><Pause/><Say>Good</Say></Response>")
    meeting.of(BOB).change(hold=True)
    await exchange.run(1)
    meeting.of(BOB).announce(at("news"))
    await exchange.run(1)
    meeting.of(BOB).change(hold=False)
    await exchange.run(5)
    assert heard(exchange, BOB) == ["Still there?", "Good"] and heard(exchange, BOB, "tone") == ["music"]
    assert await who_hears(exchange, BOB) == [ANN, EVE]


async def test_one_after_another_and_not_too_many(exchange):
    meeting = await three(exchange, news="<Response><Say>News</Say></Response>")
    for _ in range(MOST_AT_ONCE):
        meeting.of(BOB).announce(at("news"))
    with pytest.raises(Fault) as refused:
        meeting.of(BOB).announce(at("news"))
    assert refused.value.code == 16099
    await exchange.run(30)
    assert heard(exchange, BOB) == ["News"] * MOST_AT_ONCE
    meeting.of(BOB).announce(at("news"))
    await exchange.run(3)
    assert heard(exchange, BOB) == ["News"] * (MOST_AT_ONCE + 1)


async def test_who_leaves_hears_no_more(exchange):
    meeting = await three(exchange, news='<Response><Say loop="0">News</Say></Response>')
    bob = meeting.of(BOB)
    bob.announce(at("news"))
    await exchange.run(2)
    on(exchange, BOB).put_down()
    await exchange.run(5)
    assert meeting.stories()[-2:] == ["announcement-fail Bob", "participant-leave Bob"]
    with pytest.raises(Fault) as refused:
        bob.announce(at("news"))
    assert refused.value.code == 16001


# Speaking ------------------------------------------------------------------------------------


async def test_who_speaks_is_told_if_asked_for(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'statusCallback="/told" statusCallbackEvent="speaker"')
    await meeting.comes(BOB)
    meeting.of(BOB).change(muted=True)
    says(exchange, ANN, "I have something to say")
    says(exchange, BOB, "So have I")
    await exchange.run(5)
    assert meeting.stories() == ["participant-speech-start Ann", "participant-speech-stop Ann"]
    assert [one.speaking for one in exchange.events(ParticipantSpoke)] == [True, False]


async def test_who_speaks_is_told_of_those_who_were_there_before_anybody_asked(exchange):
    meeting = Meeting(exchange)
    exchange.phone(EVE)
    calls(exchange, EVE)
    await exchange.run(2)
    await meeting.comes(ANN, 'statusCallback="/told" statusCallbackEvent="speaker"')
    for phone in (EVE, ANN):
        says(exchange, phone, "I have something to say")
        await exchange.run(5)
    assert meeting.stories() == [
        "participant-speech-start Eve", "participant-speech-stop Eve",
        "participant-speech-start Ann", "participant-speech-stop Ann",
    ]  # fmt: skip


async def test_who_is_muted_while_he_speaks_stops(exchange):
    meeting = Meeting(exchange)
    await meeting.comes(ANN, 'statusCallback="/told" statusCallbackEvent="speaker"')
    await meeting.comes(BOB)
    says(exchange, ANN, "I have something to say")
    await exchange.run(0.5)
    meeting.of(ANN).change(muted=True)
    says(exchange, ANN, "And something that nobody hears")
    await exchange.run(9)
    assert meeting.stories() == ["participant-speech-start Ann", "participant-speech-stop Ann"]


@pytest.mark.parametrize("sounds", [True, False])
async def test_what_one_presses_is_heard_by_those_who_hear_him(exchange, sounds):
    # RFC 4733 2.3: who sends events may leave their tones out of the sound, and then they must be made
    meeting = await three(exchange)
    exchange.phone(TOM)
    calls(exchange, TOM, beeps="false")
    await exchange.run(5)
    for phone in (ANN, BOB, EVE, TOM):
        on(exchange, phone).sounds_keys = sounds
    meeting.of(EVE).change(hold=True, hold_url="")
    presses(exchange, ANN, "1")
    await exchange.run(1)
    assert [heard(exchange, phone, "keys") for phone in (ANN, BOB, EVE, TOM)] == [[], ["1"], [], ["1"]]
    meeting.of(BOB).change(muted=True)
    meeting.of(ANN).change(coaches=meeting.of(BOB).call.sid)
    presses(exchange, BOB, "2")
    presses(exchange, ANN, "3")
    presses(exchange, TOM, "4")
    await exchange.run(1)
    assert [heard(exchange, phone, "keys") for phone in (ANN, BOB, EVE, TOM)] == [["4"], ["1", "3", "4"], [], ["1"]]
