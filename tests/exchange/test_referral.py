"""voice 2.7.7: a party of a Dial wants the other one to be connected elsewhere. The phones here are virtual; what SIP
phones say and hear of it is tested beside lines/sip/talk.py."""

from __future__ import annotations

import pytest

from hoyhoy.exchange.events import (
    CallBridged,
    CallMoved,
    CallRedirected,
    CallReferred,
    DialEnded,
    Noticed,
    PhoneReleased,
)
from hoyhoy.exchange.leg import LegState, Transfer

from .talking import ANN, BOB, EVE, calls_in, children, heard, on, says

TARGET = "sip:eve@office.example?X-Order=7"
ASKED = f'<Dial action="/over" referUrl="/refer" referMethod="GET">{BOB}</Dial>'
TO_EVE = f"<Response><Dial>{EVE}</Dial></Response>"


async def talking(exchange, dial=ASKED, **pages):
    """Ann's call, in which she talks with Bob."""
    call = calls_in(exchange, dial, **{"refer": TO_EVE, **pages})
    for phone in (BOB, EVE):
        exchange.phone(phone)
    await exchange.until(CallBridged)
    return call


def refers(exchange, phone, target=TARGET, *, joins=False):
    return on(exchange, phone).on_refer(Transfer(target, joins))


def asked(exchange, page):
    return [one for one in exchange.app.asked if one.url == f"http://app/{page}"]


def released(exchange):
    return [e.phone for e in exchange.events(PhoneReleased) if e.by == "exchange"]


@pytest.mark.obeys("Dial", "referUrl", "referMethod")
async def test_who_was_called_sends_the_caller_elsewhere(exchange):
    ann = await talking(exchange)
    assert refers(exchange, BOB)
    await exchange.until(CallBridged)
    says(exchange, ANN, "Are you Eve?")
    await exchange.run(5)
    (request,) = asked(exchange, "refer")
    assert request.method == "GET" and dict(request.extra) == {"ReferTransferTarget": TARGET}
    told = dict(request.params)
    assert (told["CallSid"], told["CallStatus"], told["From"]) == (ann.sid, "in-progress", ANN)
    assert released(exchange) == [BOB] and heard(exchange, EVE) == ["Are you Eve?"]
    bob, eve = await children(exchange, ann.sid)
    assert (bob["status"], eve["status"]) == ("completed", "in-progress")
    assert exchange.events(CallReferred, bob["sid"]) == [CallReferred(target=TARGET, status="in-progress")]
    assert exchange.events(CallRedirected, ann.sid) == [CallRedirected(url="http://app/refer")]
    assert not asked(exchange, "over")  # the other document is in place of all that the Dial would have done


async def test_the_caller_sends_whom_he_called_elsewhere(exchange):
    # the vendor's page on REFER: on calls that come in and on those that go out
    ann = await talking(exchange)
    (bob,) = await children(exchange, ann.sid)
    assert refers(exchange, ANN)
    await exchange.until(CallBridged)
    says(exchange, BOB, "Are you Eve?")
    await exchange.run(5)
    (request,) = asked(exchange, "refer")
    told = dict(request.params)
    assert (told["CallSid"], told["ParentCallSid"]) == (bob["sid"], ann.sid)
    assert released(exchange) == [ANN] and heard(exchange, EVE) == ["Are you Eve?"]
    assert exchange.events(CallReferred, ann.sid) == [CallReferred(target=TARGET, status="in-progress")]
    (over,) = asked(exchange, "over")
    assert dict(over.params)["CallStatus"] == "completed"  # her call has ended, as though she had hung up (1.4)
    assert dict(over.extra)["DialCallStatus"] == "completed"


@pytest.mark.parametrize("who", [ANN, BOB])
@pytest.mark.parametrize("joins", [False, True])
async def test_what_nobody_sees_to_is_declined_and_they_talk_on(exchange, who, joins):
    ann = await talking(exchange, ASKED if joins else f"<Dial>{BOB}</Dial>")
    assert not refers(exchange, who, joins=joins)
    (bob,) = await children(exchange, ann.sid)
    sid = ann.sid if who == ANN else bob["sid"]
    (notice,) = exchange.events(Noticed, sid)
    assert (notice.code, notice.level) == (13802, "error")
    assert ("already" if joins else "no referUrl") in notice.message
    assert exchange.events(CallReferred, sid) == [CallReferred(target=TARGET, status="failed")]
    says(exchange, ANN, "Never mind")
    await exchange.run(5)
    assert heard(exchange, BOB) == ["Never mind"] and not asked(exchange, "refer") and not exchange.events(DialEnded)


async def test_without_a_dial_it_is_declined(exchange):
    call = calls_in(exchange, '<Pause length="60"/>')
    await exchange.run(10)
    assert not refers(exchange, ANN)
    assert [one.code for one in exchange.events(Noticed, call.sid)] == [13802]
    await exchange.run(100)
    assert heard(exchange, ANN) == ["Goodbye then"]


async def test_while_it_rings_and_after_the_talk_it_is_declined(exchange):
    calls_in(exchange, ASKED, over='<Response><Say>It is over</Say><Pause length="60"/></Response>')
    exchange.phone(BOB, {"wait": 1, "hang_up": True}, answer_after=10)
    await exchange.run(5)
    assert not refers(exchange, ANN)
    await exchange.until(DialEnded)
    await exchange.run(5)
    assert not refers(exchange, ANN)
    assert [one.code for one in exchange.events(Noticed)] == [13802, 13802]
    leg = on(exchange, ANN)
    await exchange.run(200)
    assert leg.state is LegState.RELEASED and leg.on_refer is None


async def test_whoever_leaves_at_that_moment_is_sent_nowhere(exchange):
    await talking(exchange)
    await on(exchange, ANN).hang_up()
    assert not refers(exchange, BOB)
    await exchange.run(60)
    assert [one.code for one in exchange.events(Noticed)] == [13802] and not asked(exchange, "refer")
    assert {e.status for e in exchange.events(CallMoved)} >= {"completed"}


async def test_a_second_wish_comes_too_late(exchange):
    await talking(exchange)
    assert refers(exchange, BOB)
    assert not refers(exchange, BOB, "sip:mallory@office.example") and not refers(exchange, ANN)
    await exchange.run(5)
    (request,) = asked(exchange, "refer")
    assert dict(request.extra)["ReferTransferTarget"] == TARGET and released(exchange) == [BOB]


async def test_nobody_answers_at_the_refer_url(exchange):
    # 1.1: a document like any other, with an apology where there is no fallback
    ann = await talking(exchange, refer=None)
    exchange.app.pages.pop("http://app/refer")
    assert refers(exchange, BOB)
    await exchange.run(60)
    assert [one.code for one in exchange.events(Noticed, ann.sid)] == [11200]
    assert "error has occurred" in heard(exchange, ANN)[-1]
    assert {row["status"] for row in await children(exchange, ann.sid)} == {"completed"}


async def test_phones_are_told_when_they_may(exchange):
    await talking(exchange)
    assert on(exchange, ANN).may_refer
    await on(exchange, BOB).hang_up()
    await exchange.until(DialEnded)
    assert not on(exchange, ANN).may_refer


async def test_and_when_they_may_not(exchange):
    await talking(exchange, f"<Dial>{BOB}</Dial>")
    assert not on(exchange, ANN).may_refer


@pytest.mark.parametrize(("dial", "may"), [(ASKED, True), (f"<Dial>{BOB}</Dial>", False)])
async def test_the_line_is_told_for_whom_it_calls(exchange, monkeypatch, dial, may):
    seen, dialled = [], exchange.network.dial
    monkeypatch.setattr(
        exchange.network, "dial", lambda dialling: (seen.append(dialling.may_refer), dialled(dialling))[1]
    )
    await talking(exchange, dial)
    assert seen == [may]


async def test_who_was_sent_elsewhere_may_be_sent_on(exchange):
    back = f'<Response><Dial referUrl="/refer">{BOB}</Dial></Response>'
    await talking(exchange, refer=lambda webhook: TO_EVE.replace("<Dial", '<Dial referUrl="/back"'), back=back)
    assert refers(exchange, BOB)
    await exchange.until(CallBridged)
    assert refers(exchange, EVE, f"sip:{BOB}@office.example")
    await exchange.until(CallBridged)
    says(exchange, ANN, "Bob again")
    await exchange.run(5)
    assert heard(exchange, BOB) == ["Bob again"] and released(exchange) == [BOB, EVE]
    assert on(exchange, ANN).state is LegState.ANSWERED
