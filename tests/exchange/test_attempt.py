"""voice 2.7: who hears whom, how it ends and for whom, what the app is told."""

import numpy as np
import pytest

from hoyhoy.audio import tones
from hoyhoy.exchange.events import CallBridged, CallMoved, DialEnded, Noticed, PhoneHeard, PhoneReleased, SoundPlayed
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.media import NotPlayed, Track
from hoyhoy.exchange.ports import Webhook
from hoyhoy.lines.simulated.leg import SimulatedLeg
from hoyhoy.speech.placeholder import murmur

from .talking import ANN, BOB, EVE, calls_in, children, heard, on, presses, result, says

SCREEN = "<Response><Say>A call</Say></Response>"


async def test_two_phones_talk(exchange):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')
    exchange.phone(BOB, {"hear": "hello", "wait": 1, "say": "Ann, is that you?"}, {"wait": 3, "hang_up": True})
    await exchange.until(CallBridged)
    says(exchange, ANN, "Hello Bob")
    await exchange.run(60)
    assert heard(exchange, BOB) == ["Hello Bob"]
    assert heard(exchange, ANN) == ["Ann, is that you?", "It is over"]
    (bob,) = await children(exchange, ann.sid)
    assert bob | {"direction": "outbound-dial", "status": "completed", "from": ANN, "to": BOB, "duration": 5} == bob
    assert result(exchange) == {
        "DialCallStatus": "completed",
        "DialCallSid": bob["sid"],
        "DialCallDuration": "5",
        "DialBridged": "true",
    }
    assert exchange.events(DialEnded) == [DialEnded(status="completed", dialled=bob["sid"], bridged=True)]


class Reel:
    """A tape in memory."""

    def __init__(self) -> None:
        self.sound = b""

    def write(self, sound: bytes) -> None:
        self.sound += sound


async def test_the_sound_of_one_is_what_the_other_hears(exchange):
    calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    reel = Reel()
    on(exchange, BOB).media.record(Track.TO, 3, reel)
    says(exchange, ANN, "Hello Bob")
    await exchange.run(10)
    said, got = murmur("Hello Bob"), np.frombuffer(reel.sound, np.int16)
    at = np.flatnonzero(got)[0] - np.flatnonzero(said)[0]
    assert len(got) == 24000 and np.array_equal(got[at : at + len(said)], said)


@pytest.mark.parametrize("sounds", [True, False])
async def test_keys_go_to_the_other(exchange, sounds):
    # RFC 4733 2.3: who sends events may leave their tones out of the sound, and then they must be made
    calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB)
    presses(exchange, ANN, "1")  # nobody is there to hear it
    await exchange.until(CallBridged)
    for phone in (ANN, BOB):
        on(exchange, phone).sounds_keys = sounds
    presses(exchange, ANN, "42*")
    presses(exchange, BOB, "*7")
    await exchange.run(5)
    assert heard(exchange, BOB) == ["4", "2", "*"] and heard(exchange, ANN) == ["*", "7"]
    assert {e.seconds for e in exchange.events(PhoneHeard) if e.kind == "keys"} == ({0.0} if sounds else {0.2})
    assert not exchange.events(DialEnded)


async def test_the_tone_of_a_key_sounds_once(exchange):
    calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    reel = Reel()
    on(exchange, BOB).media.record(Track.TO, 1, reel)
    presses(exchange, ANN, "5")
    await exchange.run(2)
    got, tone = np.frombuffer(reel.sound, np.int16), tones.tone(tones.KEY_SECONDS, *tones.hertz("5"))
    assert np.array_equal(np.trim_zeros(got), np.trim_zeros(tone))


async def test_a_number_of_ours_hears_keys_and_words_through_the_exchange(exchange):
    exchange.own("+15005550001", voice_url="http://app/menu")
    calls_in(
        exchange,
        "<Dial>+15005550001</Dial>",
        menu='<Response><Gather numDigits="1" action="/got"/></Response>',
        got=f"<Response><Dial>{BOB}</Dial></Response>",
    )
    exchange.phone(BOB, {"hear": "anybody", "say": "Nobody here"})
    await exchange.until(CallBridged)
    presses(exchange, ANN, "5")
    await exchange.until(CallBridged)
    says(exchange, ANN, "Is anybody there?")
    await exchange.run(30)
    assert [dict(one.extra)["Digits"] for one in exchange.app.asked if one.url.endswith("/got")] == ["5"]
    assert heard(exchange, BOB) == ["Is anybody there?"]
    assert heard(exchange, ANN) == ["Nobody here"]


async def test_the_caller_hears_ringing_until_somebody_answers(exchange):
    calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB, answer_after=13.8)
    await exchange.until(CallBridged)
    rings = [e for e in exchange.entries if isinstance(e.event, PhoneHeard) and e.event.kind == "tone"]
    assert [round(e.at - exchange.entries[0].at) for e in rings] == [0, 6, 12]
    assert exchange.events(SoundPlayed) == [SoundPlayed(kind="tone", text="ringing", seconds=14.0, whole=False)]


async def test_a_line_may_let_its_caller_hear_the_ringing_before_the_answer(exchange, monkeypatch):
    # 2.7.9, official clients B5: what a browser hears whose call is to be answered only when they are bridged
    async def lets(leg):
        return True

    monkeypatch.setattr(SimulatedLeg, "hears_early", lets)
    monkeypatch.setattr(SimulatedLeg, "hears", property(lambda leg: leg.state is not LegState.RELEASED))
    ann = calls_in(exchange, f'<Dial answerOnBridge="true">{BOB}</Dial>')
    exchange.phone(BOB, answer_after=7.0)
    await exchange.run(5)
    assert ann.leg.state is LegState.RINGING
    assert [(one.kind, one.text) for one in exchange.events(PhoneHeard) if one.phone == ANN] == [("tone", "ringing")]
    await exchange.until(CallBridged)
    assert ann.leg.state is LegState.ANSWERED


@pytest.mark.parametrize(
    ("answering", "status"),
    [("busy", "busy"), ("decline", "busy"), ("unreachable", "failed"), ("ring-out", "no-answer")],
)
async def test_nobody_takes_the_call(exchange, answering, status):
    # traps 2, 7: the wait is five seconds longer; with an action the rest of the document is dead
    ann = calls_in(exchange, f'<Dial timeout="20" action="/over">{BOB}</Dial>')
    exchange.phone(BOB, answering=answering)
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    assert (bob["status"], bob["duration"]) == (status, None)
    assert result(exchange) == {"DialCallStatus": status, "DialCallSid": bob["sid"], "DialBridged": "false"}
    assert heard(exchange, ANN) == ["It is over"]
    if status == "no-answer":
        assert bob["end_time"] - bob["start_time"] == 25


EARLY = "The number you have called"


async def sounds_early(exchange):
    """Ann's side recorded for eight seconds: from the fourth on Bob's exchange says something before he answers."""
    await exchange.run(3)
    reel, leg = Reel(), on(exchange, BOB)
    on(exchange, ANN).media.record(Track.TO, 8, reel)
    await exchange.run(1)
    leg._sounds_early()
    await exchange.run(0.5)
    exchange.clock.spawn(leg.media.say(murmur(EARLY)), "early sound")
    await exchange.run(7)
    return np.frombuffer(reel.sound, np.int16)


def holds(sound, words: str) -> bool:
    said = np.trim_zeros(murmur(words))
    return any(np.array_equal(sound[at : at + len(said)], said) for at in np.flatnonzero(sound == said[0]))


async def test_sound_before_the_answer_is_heard_instead_of_the_tone(exchange):
    # 2.7.9
    ann = calls_in(exchange, f'<Dial action="/over"><Number url="/ask">{BOB}</Number></Dial>', ask=SCREEN)
    exchange.phone(BOB, {"wait": 60}, answering="manual")
    assert holds(await sounds_early(exchange), EARLY)
    seen = [e.text for e in exchange.events(PhoneHeard) if e.phone == ANN]
    assert seen == ["ringing"] and exchange.events(SoundPlayed)[0].seconds == 4.0
    on(exchange, BOB).pick_up()
    await exchange.until(CallBridged)
    assert heard(exchange, BOB) == ["A call"]
    assert heard(exchange, ANN, "tone", "speech") == ["ringing", "ringing"]  # while he is asked he is not heard
    says(exchange, ANN, "Hello")
    await exchange.run(2)
    assert heard(exchange, BOB) == ["A call", "Hello"]
    ann.leg.put_down()
    await exchange.run(60)
    assert result(exchange)["DialCallStatus"] == "completed" and not exchange.switchboard.facilities.calls


async def test_after_sound_that_leads_nowhere_it_rings_again(exchange):
    calls_in(exchange, f'<Dial sequential="true"><Number>{BOB}</Number><Number>{EVE}</Number></Dial>')
    exchange.phone(BOB, answering="manual")
    exchange.phone(EVE, answer_after=5)
    assert holds(await sounds_early(exchange), EARLY)
    on(exchange, BOB).put_down(Cause.BUSY)
    await exchange.until(CallBridged)
    assert heard(exchange, ANN, "tone") == ["ringing", "ringing"]


async def test_of_several_nobody_is_heard_before_the_answer(exchange):
    # 2.7.9
    calls_in(exchange, f"<Dial><Number>{BOB}</Number><Number>{EVE}</Number></Dial>")
    exchange.phone(BOB, answering="manual")
    exchange.phone(EVE, answering="ring-out")
    assert not holds(await sounds_early(exchange), EARLY)


async def test_a_tone_or_a_key_that_the_plane_cannot_take_ends_nothing(exchange):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')

    async def full(prompt):
        raise NotPlayed("its arena is full")

    ann.leg.play = full
    exchange.phone(BOB, answer_after=20)
    await exchange.until(CallBridged)
    on(exchange, BOB).sounds_keys = False
    presses(exchange, BOB, "12")
    await exchange.run(5)
    on(exchange, BOB).put_down()
    await exchange.run(5)
    assert {(one.code, one.message) for one in exchange.events(Noticed)} == {
        (12400, "A sound was not played: its arena is full.")
    }
    assert result(exchange)["DialCallStatus"] == "completed"
    assert not exchange.events(SoundPlayed)[0].whole


async def test_without_an_action_the_next_verb_follows(exchange):
    # trap 1
    calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    assert heard(exchange, ANN) == ["Goodbye then"]


async def test_the_caller_gives_up_while_it_rings(exchange):
    # 1.4: the action is still requested, and what it answers is not performed
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(8)
    ann.leg.put_down()
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    assert (bob["status"], (await exchange.row("calls", ann.sid))["status"]) == ("canceled", "completed")
    assert result(exchange) == {"DialCallStatus": "canceled", "DialCallSid": bob["sid"], "DialBridged": "false"}
    assert exchange.app.params()["CallStatus"] == "completed"
    assert heard(exchange, ANN) == []
    assert [e.cause for e in exchange.events(PhoneReleased, bob["sid"])] == ["canceled"]


async def test_the_caller_hangs_up_while_they_talk(exchange):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    await exchange.run(30)
    ann.leg.put_down()
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    assert (bob["status"], bob["duration"]) == ("completed", 30)
    assert result(exchange) | {"DialCallStatus": "completed", "DialBridged": "true"} == result(exchange)


@pytest.mark.parametrize("record", ["", 'record="true"'])
async def test_both_hang_up_at_once(exchange, record):
    # 1.4: whichever is first, the action is requested, and once
    ann = calls_in(exchange, f'<Dial action="/over" {record}>{BOB}</Dial>')
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    await exchange.run(5)
    on(exchange, BOB).put_down()
    ann.leg.put_down()
    await exchange.run(60)
    assert (result(exchange)["DialCallStatus"], result(exchange)["DialCallDuration"]) == ("completed", "5")
    assert len(exchange.events(DialEnded)) == 1 and not exchange.switchboard.facilities.calls


async def test_the_caller_is_gone_when_the_app_was_about_to_be_asked(exchange):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')
    exchange.phone(BOB, {"wait": 5, "hang_up": True})
    await exchange.until(DialEnded)
    ann.leg.put_down()
    await exchange.run(60)
    assert result(exchange)["DialCallStatus"] == "completed"


async def test_the_caller_leaves_between_the_end_and_the_question(exchange):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')
    exchange.phone(BOB, {"wait": 5, "hang_up": True})
    leave = lambda entry, rows: isinstance(entry.event, DialEnded) and ann.leg.put_down()  # noqa: E731
    exchange.database.journal.subscribe(leave)
    await exchange.run(60)
    assert result(exchange)["DialBridged"] == "true" and len(exchange.events(DialEnded)) == 1


async def test_the_called_is_gone_before_the_caller_is_there(exchange):
    ann = calls_in(exchange, f'<Dial answerOnBridge="true" action="/over">{BOB}</Dial>')
    ann.leg.answer = lambda: exchange.clock.sleep(10)  # as one whose ACK is late
    exchange.phone(BOB, {"wait": 5, "hang_up": True})
    await exchange.run(60)
    assert (result(exchange)["DialCallStatus"], result(exchange)["DialBridged"]) == ("completed", "false")
    assert not exchange.events(CallBridged)


async def test_every_dial_of_a_chain_asks_once(exchange):
    exchange.own("+15005550001", voice_url="http://app/in")
    calls_in(exchange, '<Dial action="/over">+15005550001</Dial>')
    await exchange.run(120)
    assert len([one for one in exchange.app.asked if one.url == "http://app/over"]) == 30


async def test_the_caller_is_gone_before_anybody_was_called(exchange):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')
    ann.leg.answer = lambda: exchange.clock.sleep(10)  # as one whose ACK is late
    await exchange.run(5)
    ann.leg.put_down()
    await exchange.run(5)
    assert result(exchange) == {"DialCallStatus": "canceled", "DialBridged": "false"}


async def test_keys_of_before_they_talk_are_for_nobody(exchange):
    """2.7.8: what the called presses while he is screened is for the screening."""
    screen = "<Response><Say>This call may be recorded, and you may press what you like</Say></Response>"
    calls_in(exchange, f'<Dial><Number url="/screen">{BOB}</Number></Dial>', screen=screen)
    exchange.phone(BOB, {"wait": 0.5, "press": "987"})
    await exchange.until(CallBridged)
    await exchange.run(2)
    assert heard(exchange, ANN) == []
    presses(exchange, BOB, "5")
    await exchange.run(2)
    assert heard(exchange, ANN) == ["5"]


@pytest.mark.obeys("Dial", "hangupOnStar")
async def test_a_star_of_the_caller_ends_it(exchange):
    ann = calls_in(exchange, f'<Dial hangupOnStar="true" action="/over">{BOB}</Dial>')
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    presses(exchange, BOB, "*")  # his does not
    await exchange.run(5)
    presses(exchange, ANN, "1*2")
    await exchange.run(60)
    assert heard(exchange, BOB) == ["1"] and heard(exchange, ANN) == ["*", "It is over"]
    (bob,) = await children(exchange, ann.sid)
    assert bob["status"] == result(exchange)["DialCallStatus"] == "completed"


async def test_a_star_of_before_is_for_nobody(exchange):
    calls_in(exchange, f'<Pause length="3"/><Say>Hello</Say><Pause length="3"/><Dial hangupOnStar="true">{BOB}</Dial>')
    exchange.phone(BOB)
    await exchange.run(5)
    presses(exchange, ANN, "*1")
    await exchange.until(CallBridged)
    await exchange.run(5)
    assert not exchange.events(DialEnded) and heard(exchange, BOB) == []


async def test_a_star_before_the_answer(exchange):
    # 2.7.3: the child's own status is canceled
    ann = calls_in(exchange, f'<Dial hangupOnStar="true" action="/over">{BOB}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(3)
    presses(exchange, ANN, "*")
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    assert (bob["status"], result(exchange)["DialCallStatus"]) == ("canceled", "completed")
    assert result(exchange)["DialBridged"] == "false"


async def test_why_the_called_left_is_not_forgotten(exchange):
    ann = calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    (bob,) = await children(exchange, ann.sid)
    on(exchange, BOB).put_down(Cause.FAILED)  # as a plane that is gone
    await exchange.run(5)
    assert exchange.events(CallMoved, bob["sid"])[-1].cause == "failed"


@pytest.mark.obeys("Dial", "timeLimit")
async def test_the_time_is_up(exchange):
    ann = calls_in(exchange, f'<Dial timeLimit="60" action="/over">{BOB}</Dial>')
    exchange.phone(BOB)
    await exchange.run(100)
    (bob,) = await children(exchange, ann.sid)
    assert (bob["status"], bob["duration"], heard(exchange, ANN)) == ("completed", 60, ["It is over"])


# Several ------------------------------------------------------------------------------------


async def test_the_first_to_answer_wins(exchange):
    # 2.7.2
    ann = calls_in(exchange, f'<Dial action="/over"><Number>{BOB}</Number><Number>{EVE}</Number></Dial>')
    exchange.phone(BOB, answer_after=10)
    exchange.phone(EVE, {"wait": 5, "hang_up": True}, answer_after=4)
    await exchange.run(60)
    bob, eve = await children(exchange, ann.sid)
    assert [(one["status"], one["duration"]) for one in (bob, eve)] == [("canceled", None), ("completed", 5)]
    assert bob["start_time"] == eve["start_time"] and bob["end_time"] == eve["answer_time"]
    assert result(exchange)["DialCallSid"] == eve["sid"]


async def test_two_answer_at_the_same_moment(exchange):
    ann = calls_in(exchange, f'<Dial action="/over"><Number>{BOB}</Number><Number>{EVE}</Number></Dial>')
    exchange.phone(BOB, {"wait": 5, "hang_up": True})
    exchange.phone(EVE, {"wait": 9, "hang_up": True})
    await exchange.run(60)
    bob, eve = await children(exchange, ann.sid)
    assert (bob["duration"], eve["duration"], result(exchange)["DialCallSid"]) == (5, 0, bob["sid"])


async def test_of_several_that_fail_the_last_one_is_told(exchange):
    ann = calls_in(exchange, f'<Dial action="/over"><Number>{BOB}</Number><Number>{EVE}</Number></Dial>')
    exchange.phone(BOB, answering="ring-out")
    exchange.phone(EVE, answering="busy")
    await exchange.run(60)
    bob, eve = await children(exchange, ann.sid)
    assert (bob["status"], eve["status"]) == ("no-answer", "busy")
    assert (result(exchange)["DialCallSid"], result(exchange)["DialCallStatus"]) == (bob["sid"], "no-answer")


async def test_of_two_that_fail_at_once_the_last_one_is_told(exchange):
    ann = calls_in(exchange, f'<Dial action="/over"><Number>{BOB}</Number><Number>{EVE}</Number></Dial>')
    exchange.phone(BOB, answering="busy")
    exchange.phone(EVE, answering="unreachable")
    await exchange.run(60)
    bob, eve = await children(exchange, ann.sid)
    assert bob["end_time"] == eve["end_time"] and result(exchange)["DialCallSid"] == eve["sid"]


@pytest.mark.obeys("Dial", "sequential")
async def test_one_after_another(exchange):
    nouns = "".join(f"<Number>{one}</Number>" for one in (BOB, EVE, "+14155550400"))
    ann = calls_in(exchange, f'<Dial sequential="true" timeout="10" action="/over">{nouns}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    exchange.phone(EVE, {"wait": 5, "hang_up": True})
    await exchange.run(60)
    bob, eve = await children(exchange, ann.sid)
    assert (bob["status"], eve["status"]) == ("no-answer", "completed")
    assert eve["start_time"] == bob["end_time"] == bob["start_time"] + 15
    assert result(exchange)["DialCallSid"] == eve["sid"]


async def test_one_who_refuses_ends_the_search(exchange):
    # 2.7.8: it is the answer that counts
    nouns = f'<Number url="/ask">{BOB}</Number><Number>{EVE}</Number>'
    ann = calls_in(
        exchange, f'<Dial sequential="true" action="/over">{nouns}</Dial>', ask="<Response><Hangup/></Response>"
    )
    exchange.phone(BOB)
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    assert (result(exchange)["DialCallSid"], result(exchange)["DialCallStatus"]) == (bob["sid"], "completed")


# Orders of REST -----------------------------------------------------------------------------


async def test_the_child_is_ended_over_rest(exchange):
    # 5.3: the caller goes on with his document
    ann = calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    (bob,) = await children(exchange, ann.sid)
    exchange.switchboard.end_call(bob["sid"], "completed")
    await exchange.run(30)
    assert heard(exchange, ANN) == ["Goodbye then"]
    assert (await exchange.row("calls", bob["sid"]))["status"] == "completed"


@pytest.mark.parametrize("status", ["canceled", "completed"])
async def test_the_child_is_canceled_over_rest_while_it_rings(exchange, status):
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(5)
    (bob,) = await children(exchange, ann.sid)
    exchange.switchboard.end_call(bob["sid"], status)
    await exchange.run(30)
    assert result(exchange)["DialCallStatus"] == "canceled"


async def test_the_caller_is_sent_elsewhere(exchange):
    # 2.7.9: that ends the child, and the action is not requested (5.3)
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>', other="<Response><Pause length='5'/></Response>")
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    exchange.switchboard.redirect_call(ann.sid, webhook=Webhook("http://app/other"))
    await exchange.run(1)
    (bob,) = await children(exchange, ann.sid)
    assert bob["status"] == "completed" and exchange.switchboard.is_live(ann.sid)
    await exchange.run(60)
    assert [one.url for one in exchange.app.asked] == ["http://app/in", "http://app/other"]


async def test_the_child_is_sent_elsewhere(exchange):
    # 2.7.9: the caller goes on; the child is out of the bridge at once, and its words with it
    ann = calls_in(
        exchange,
        f'<Dial action="/over">{BOB}</Dial>',
        other="<Response><Say>Please hold</Say><Pause length='20'/></Response>",
    )
    exchange.phone(BOB, {"hear": "hold", "say": "Hello?"})
    await exchange.until(CallBridged)
    (bob,) = await children(exchange, ann.sid)
    exchange.switchboard.redirect_call(bob["sid"], webhook=Webhook("http://app/other"))
    await exchange.run(5)
    assert heard(exchange, BOB) == ["Please hold"] and heard(exchange, ANN) == ["It is over"]
    assert result(exchange) == {"DialCallStatus": "completed", "DialCallSid": bob["sid"], "DialBridged": "true"}
    assert exchange.switchboard.is_live(bob["sid"])
    await exchange.run(60)
    assert (await exchange.row("calls", bob["sid"]))["status"] == "completed"


async def test_the_child_is_out_of_the_bridge_before_its_next_document(exchange):
    # which may put it into another room at once
    seen = []
    ann = calls_in(
        exchange, f"<Dial>{BOB}</Dial>", other=lambda _: seen.append(on(exchange, BOB).on_words) or "<Response/>"
    )
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    assert on(exchange, BOB).on_words
    (bob,) = await children(exchange, ann.sid)
    exchange.switchboard.redirect_call(bob["sid"], webhook=Webhook("http://app/other"))
    await exchange.run(5)
    assert seen == [None]


@pytest.mark.parametrize("first", [0, 1])
async def test_both_are_sent_elsewhere_at_once(exchange, first):
    # 5.3
    other = "<Response><Pause length='20'/></Response>"
    ann = calls_in(exchange, f'<Dial action="/over">{BOB}</Dial>', other=other)
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    (bob,) = await children(exchange, ann.sid)
    for sid in [(bob["sid"], ann.sid), (ann.sid, bob["sid"])][first]:
        exchange.switchboard.redirect_call(sid, webhook=Webhook("http://app/other"))
    await exchange.run(5)
    assert all(exchange.switchboard.is_live(sid) for sid in (bob["sid"], ann.sid))
    assert [one.url for one in exchange.app.asked] == ["http://app/in", "http://app/other", "http://app/other"]


async def test_an_exchange_that_stops_ends_both(exchange):
    ann = calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    await exchange.switchboard.close()
    (bob,) = await children(exchange, ann.sid)
    assert bob["status"] == (await exchange.row("calls", ann.sid))["status"] == "completed"


# Recording ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("track", "channels"), [("inbound", 1), ("outbound", 1), ("both", 2)])
async def test_a_single_track_is_on_one_channel(exchange, track, channels):
    calls_in(exchange, f'<Dial record="record-from-answer-dual" recordingTrack="{track}">{BOB}</Dial>')
    exchange.phone(BOB, {"wait": 5, "hang_up": True})
    await exchange.run(60)
    (row,) = await exchange.database.rows.page("recordings")
    assert (row["track"], row["channels"]) == (track, channels)


@pytest.mark.parametrize(
    ("mode", "channels", "seconds"),
    [
        ("record-from-answer", 1, 5),
        ("true", 1, 5),
        ("record-from-ringing-dual", 2, 7),
        ("record-from-answer-dual", 2, 5),
    ],
)
async def test_a_dial_is_recorded(exchange, mode, channels, seconds):
    ann = calls_in(
        exchange, f'<Dial action="/over" record="{mode}"><Number statusCallback="/bob">{BOB}</Number></Dial>'
    )
    exchange.phone(BOB, {"wait": 5, "hang_up": True})
    await exchange.until(CallBridged)
    says(exchange, ANN, "Hello Bob")
    await exchange.run(60)
    (row,) = await exchange.database.rows.page("recordings")
    assert row | {"call_sid": ann.sid, "source": "DialVerb", "status": "completed", "channels": channels} == row
    assert row["duration"] == seconds
    told = result(exchange)
    assert (told["RecordingSid"], told["RecordingDuration"]) == (row["sid"], str(seconds))
    assert told["RecordingUrl"].endswith(row["sid"])
    assert dict(exchange.callbacks[-1].params)["RecordingSid"] == row["sid"]  # 3.2: the child's end tells of it


async def test_a_recording_that_nobody_answers(exchange):
    calls_in(exchange, f'<Dial action="/over" timeout="5" record="record-from-ringing">{BOB}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(60)
    assert (result(exchange)["DialCallStatus"], result(exchange)["RecordingDuration"]) == ("no-answer", "10")


async def test_every_status_is_final_at_the_end(exchange):
    calls_in(exchange, f"<Dial><Number>{BOB}</Number><Number>{EVE}</Number></Dial>")
    exchange.phone(EVE, answering="ring-out")
    exchange.phone(BOB, {"wait": 2, "hang_up": True})
    await exchange.run(60)
    assert not exchange.switchboard.facilities.calls
    assert {e.status for e in exchange.events(CallMoved)} >= {"completed", "canceled"}
