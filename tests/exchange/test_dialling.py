"""A call out, from the first ring to the moment it is put through: voice 2.7.8, 2.7.9, 3.2."""

import pytest

from hoyhoy.exchange.events import CallBridged, CallMoved, Noticed
from hoyhoy.exchange.facilities import Rules

from .talking import ANN, BOB, EVE, calls_in, children, heard, presses, result
from .world import world


def told(exchange, path: str = "/bob") -> list[dict[str, str]]:
    return [dict(one.params) for one in exchange.callbacks if one.url == f"http://app{path}"]


EVERYTHING = 'statusCallbackEvent="initiated ringing answered completed"'


async def test_what_is_told_of_the_child(exchange):
    ann = calls_in(exchange, f'<Dial><Number statusCallback="/bob" {EVERYTHING}>{BOB}</Number></Dial>')
    exchange.phone(BOB, {"wait": 4, "hang_up": True})
    await exchange.run(60)
    assert [one["CallStatus"] for one in told(exchange)] == ["initiated", "ringing", "in-progress", "completed"]
    assert [one["SequenceNumber"] for one in told(exchange)] == ["0", "1", "2", "3"]
    last = told(exchange)[-1]
    expected = {"ParentCallSid": ann.sid, "Direction": "outbound-dial", "From": ANN, "To": BOB, "CallDuration": "4"}
    assert last | expected == last and last["CallSid"] != ann.sid


async def test_a_child_is_never_queued(exchange):
    # 2.7.9
    ann = calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB, ring_after=10)
    await exchange.run(5)
    (bob,) = await children(exchange, ann.sid)
    assert (bob["status"], bob["parent_call_sid"]) == ("ringing", ann.sid)
    await exchange.run(60)
    assert [e.status for e in exchange.events(CallMoved, bob["sid"])] == ["ringing", "in-progress"]


async def test_by_default_only_the_end_is_told(exchange):
    calls_in(exchange, f'<Dial><Number statusCallback="/bob">{BOB}</Number></Dial>')
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    (end,) = told(exchange)
    assert (end["CallStatus"], end["CallDuration"], end["SipResponseCode"]) == ("busy", "0", "486")


async def test_the_losers_are_told_of_their_end(exchange):
    # 2.7.2
    calls_in(exchange, f'<Dial><Number statusCallback="/bob">{BOB}</Number><Number>{EVE}</Number></Dial>')
    exchange.phone(BOB, answering="ring-out")
    exchange.phone(EVE)
    await exchange.run(60)
    assert [one["CallStatus"] for one in told(exchange)] == ["canceled"]


# Screening (2.7.8) ----------------------------------------------------------------------------

ASK = '<Response><Gather numDigits="1" action="/pressed"><Say>Press one to accept</Say></Gather><Hangup/></Response>'


async def screened(exchange, pressed: str, *steps: dict, ask: str = ASK):
    ann = calls_in(exchange, f'<Dial action="/over"><Number url="/ask">{BOB}</Number></Dial>', ask=ask, pressed=pressed)
    exchange.phone(BOB, *steps)
    await exchange.run(60)
    (bob,) = await children(exchange, ann.sid)
    return ann, bob


async def test_who_is_called_is_asked_first(exchange):
    # trap 13: the end of the document connects; the request has the child's sid
    steps = {"hear": "press one", "wait": 5, "press": "1"}, {"hear": "connected", "wait": 10, "hang_up": True}
    ann, bob = await screened(exchange, "<Response><Say>You are connected</Say></Response>", *steps)
    asked = next(dict(one.params) for one in exchange.app.asked if one.url.endswith("/ask"))
    expected = {"CallSid": bob["sid"], "ParentCallSid": ann.sid, "CallStatus": "in-progress"}
    assert asked | expected | {"Direction": "outbound-dial"} == asked
    assert (bob["url"], result(exchange)["DialBridged"]) == ("http://app/ask", "true")
    (bridged,) = [e for e in exchange.entries if isinstance(e.event, CallBridged) and e.subject == ann.sid]
    assert bridged.at - bob["answer_time"] > 5
    assert heard(exchange, ANN, "tone") == ["ringing"] * 2  # while he is asked as well


@pytest.mark.parametrize(
    ("pressed", "steps"),
    [
        ("<Response/>", [{"wait": 60}]),  # lets it time out: <Hangup> behind the Gather
        ("<Response><Hangup/></Response>", [{"hear": "press one", "wait": 1, "press": "2"}]),
        ("<Response><Reject/></Response>", [{"hear": "press one", "wait": 1, "press": "2"}]),
        ("<Response><Say", [{"hear": "press one", "wait": 1, "press": "2"}]),  # an error is no consent
        ("<Response/>", [{"hear": "press one", "hang_up": True}]),
    ],
)
async def test_who_is_called_refuses(exchange, pressed, steps):
    # 18 row 12: completed, and not bridged
    _, bob = await screened(exchange, pressed, *steps)
    assert (result(exchange)["DialCallStatus"], result(exchange)["DialBridged"]) == ("completed", "false")
    assert bob["status"] == "completed" and heard(exchange, ANN) == ["It is over"]
    assert not exchange.events(CallBridged)


async def test_what_long_ago_was_told_of_a_refusal():
    # 18 row 12
    async with world(rules=Rules(screened_out="no-answer")) as exchange:
        await screened(exchange, "<Response><Hangup/></Response>", {"hear": "press one", "wait": 1, "press": "2"})
        assert (result(exchange)["DialCallStatus"], result(exchange)["DialBridged"]) == ("no-answer", "false")


async def test_the_others_are_given_up_at_the_answer_not_at_the_consent(exchange):
    # 2.7.8
    nouns = f'<Number url="/ask">{BOB}</Number><Number>{EVE}</Number>'
    ann = calls_in(exchange, f'<Dial action="/over">{nouns}</Dial>', ask=ASK, pressed="<Response/>")
    exchange.phone(BOB, answer_after=1)
    exchange.phone(EVE, answer_after=3)
    await exchange.run(60)
    bob, eve = await children(exchange, ann.sid)
    assert (bob["status"], eve["status"]) == ("completed", "canceled")
    assert (result(exchange)["DialCallSid"], result(exchange)["DialBridged"]) == (bob["sid"], "false")


async def test_a_screening_document_cannot_dial(exchange):
    await screened(exchange, "", {"wait": 30}, ask=f"<Response><Dial>{EVE}</Dial></Response>")
    assert [notice.code for notice in exchange.events(Noticed)] == [13201]
    assert "application error" in heard(exchange, BOB)[0] and result(exchange)["DialBridged"] == "false"


async def test_the_caller_gives_up_while_the_called_is_asked(exchange):
    ann = calls_in(exchange, f'<Dial action="/over"><Number url="/ask">{BOB}</Number></Dial>', ask=ASK)
    exchange.phone(BOB)
    await exchange.run(3)
    ann.leg.put_down()
    await exchange.run(1)
    (bob,) = await children(exchange, ann.sid)
    assert bob["status"] == "completed" and not exchange.switchboard.facilities.calls


async def test_a_child_that_was_sent_elsewhere_may_dial(exchange):
    ann = calls_in(exchange, f"<Dial>{BOB}</Dial>")
    exchange.phone(BOB)
    exchange.phone(EVE)
    await exchange.until(CallBridged)
    (bob,) = await children(exchange, ann.sid)
    exchange.switchboard.redirect_call(bob["sid"], twiml=f"<Response><Dial>{EVE}</Dial></Response>")
    await exchange.until(CallBridged)
    presses(exchange, EVE, "9")
    await exchange.run(5)
    assert heard(exchange, BOB, "keys") == ["9"] and heard(exchange, ANN) == ["Goodbye then"]
    (eve,) = await children(exchange, bob["sid"])
    assert eve["from"] == ANN


async def test_a_child_that_was_sent_elsewhere_while_it_was_asked_may_dial(exchange):
    ann = calls_in(exchange, f'<Dial action="/over"><Number url="/ask">{BOB}</Number></Dial>', ask=ASK)
    exchange.phone(BOB)
    exchange.phone(EVE)
    await exchange.run(3)
    (bob,) = await children(exchange, ann.sid)
    exchange.switchboard.redirect_call(bob["sid"], twiml=f"<Response><Dial>{EVE}</Dial></Response>")
    await exchange.until(CallBridged)
    assert len(await children(exchange, bob["sid"])) == 1 and not exchange.events(Noticed)
    assert (result(exchange)["DialCallStatus"], result(exchange)["DialBridged"]) == ("completed", "false")


async def test_keys_come_before_the_screening(exchange):
    # 2.7.4
    noun = f'<Number sendDigits="wW12#" url="/ask">{BOB}</Number>'
    calls_in(exchange, f"<Dial>{noun}</Dial>", ask="<Response><Say>A call</Say></Response>")
    exchange.phone(BOB)
    await exchange.run(60)
    assert heard(exchange, BOB)[:2] == ["wW12#", "A call"]


async def test_a_screening_that_goes_on(exchange):
    pages = {"ask": "<Response><Redirect>/more</Redirect></Response>", "more": "<Response><Say>More</Say></Response>"}
    calls_in(exchange, f'<Dial><Number sendDigits="1" url="/ask">{BOB}</Number></Dial>', **pages)
    exchange.phone(BOB)
    await exchange.until(CallBridged)
    assert heard(exchange, BOB) == ["1", "More"]


# What a line tells ----------------------------------------------------------------------------


async def test_what_its_line_knows_is_told(exchange):
    # 2.7.3, 2.7.5, 3.2
    network = exchange.network
    plain = network.dial

    def dial(dialling):
        leg = plain(dialling)
        leg.told = (("SipCallId", "abc@1.2.3.4"), ("SipResponseCode", "200"), ("SipHeader_X-Id", "7"))
        return leg

    network.dial = dial
    noun = f'<Number statusCallback="/bob" url="/ask">{BOB}</Number>'
    calls_in(exchange, f'<Dial action="/over">{noun}</Dial>', ask="<Response/>")
    exchange.phone(BOB, {"wait": 5, "hang_up": True})
    await exchange.run(60)
    assert result(exchange) | {"DialSipCallId": "abc@1.2.3.4", "DialSipHeader_X-Id": "7"} == result(exchange)
    assert result(exchange)["DialSipResponseCode"] == "200"
    asked = next(dict(one.params) for one in exchange.app.asked if one.url.endswith("/ask"))
    assert (asked["SipCallId"], "SipResponseCode" in asked) == ("abc@1.2.3.4", False)
    (end,) = told(exchange)
    assert (end["SipCallId"], end["SipResponseCode"]) == ("abc@1.2.3.4", "200")


async def test_what_it_knows_only_when_it_is_canceled(exchange):
    # 10.3: 487
    plain = exchange.network.dial

    def dial(dialling):
        leg = plain(dialling)
        hang_up = leg.hang_up

        async def cancel(cause):
            leg.told = (("SipResponseCode", "487"),)
            await hang_up(cause)

        leg.hang_up = cancel
        return leg

    exchange.network.dial = dial
    calls_in(exchange, f'<Dial action="/over"><Number statusCallback="/bob">{BOB}</Number></Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(60)
    (end,) = exchange.callbacks
    assert [value for name, value in end.params if name == "SipResponseCode"] == ["487"]
    assert (told(exchange)[0]["CallStatus"], result(exchange)["DialSipResponseCode"]) == ("no-answer", "487")
