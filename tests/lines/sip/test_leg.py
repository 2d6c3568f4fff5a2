"""A leg from its first message to its last, called and calling, over a real socket (RFC 3261 13, 15; RFC 3264)."""

from __future__ import annotations

import gc
import weakref

import pytest

from hoyhoy.audio.g711 import Law
from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.lines.sip.key_signals import RELAY
from hoyhoy.wire.sip import sdp
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.transaction import ack, cancel

from .office import SOUND_PORT, Office, opened, reached
from .wires import HOST, turns, until


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


# Called ----------------------------------------------------------------------------------------


async def test_a_call_out_rings_is_answered_and_ends(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    assert leg.state is LegState.TRYING

    talking = await phone.invited()
    offer = sdp.parse(talking.invite.body).media[0]
    assert (offer.port, offer.formats) == (office.plane.stream.port, ("0", "8", "101"))
    assert offer.get("ptime") == "20"
    assert (offer.get("ssrc") or "").startswith(f"{office.plane.stream.ssrc} ")
    assert talking.invite.from_.uri.user == "+14155550100"

    talking.reply(talking.invite, 180)
    await reached(leg, LegState.RINGING)
    await phone.answers(talking)
    await reached(leg, LegState.ANSWERED)
    terms = office.plane.stream.last
    assert (terms.remote, terms.law, terms.events, terms.hosts) == ((HOST, SOUND_PORT), Law.ULAW, 101, (HOST,))
    assert (terms.sends, terms.hears) == (True, True)
    assert dict(leg.told)["SipResponseCode"] == "200"

    await leg.hang_up()
    assert (leg.state, leg.cause, office.plane.stream.is_closed) == (LegState.RELEASED, Cause.NORMAL, True)
    bye = await talking.is_hung_up()
    assert bye.headers.get("Reason") == "Q.850;cause=16"
    await office.is_quiet()


@pytest.mark.parametrize("status", [200, 486])
async def test_a_far_end_does_not_speak_in_our_name(office: Office, status: int) -> None:
    """Voice reference 3.1: X-Twilio headers are the platform's; those of an answer reach the action URL."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    body = phone.answer_of(talking) if status == 200 else b""
    talking.reply(talking.invite, status, body, X_Twilio_AccountSid="AC2", x_hoyhoy_any="1", X_Mine="2")
    await phone.request("ACK")
    await reached(leg, LegState.ANSWERED if status == 200 else LegState.RELEASED)
    assert dict(leg.told) == {
        "SipCallId": talking.invite.call_id, "SipResponseCode": str(status), "SipHeader_X-Mine": "2"
    }  # fmt: skip
    await leg.hang_up()
    if status == 200:
        talking.reply(await phone.request("BYE"), 200)
    await office.is_quiet()


async def test_the_far_end_hangs_up(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    await phone.answers(talking)
    await reached(leg, LegState.ANSWERED)
    assert (await talking.ask("BYE")).status == 200
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.NORMAL)
    await office.is_quiet()


async def test_a_call_in_is_answered_and_ends(office: Office) -> None:
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    assert came.leg.state is LegState.RINGING
    assert (came.told["caller"], came.told["called"]) == (
        "sip:alice@acme.sip.twilio.com",
        "sip:hoy@acme.sip.twilio.com",
    )
    await phone.response(180)
    assert office.plane.stream.terms == []  # nothing is sent before the answer

    await came.leg.answer()
    ok = await phone.response(200)
    answer = sdp.parse(ok.body).media[0]
    assert (answer.port, answer.formats) == (office.plane.stream.port, ("0", "101"))
    assert office.plane.stream.last.remote == (HOST, SOUND_PORT)
    talking = phone.talking(invite, ok)
    talking.confirm(invite)
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_the_caller_hangs_up(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    assert (await talking.ask("BYE", Reason="Q.850;cause=17")).status == 200
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.BUSY)
    await office.is_quiet()


@pytest.mark.parametrize(
    ("cause", "status"), [(Cause.BUSY, 486), (Cause.REJECTED, 404), (Cause.UNREACHABLE, 404), (Cause.FAILED, 500)]
)
async def test_a_call_in_is_refused(office: Office, cause: Cause, status: int) -> None:
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    await phone.response(180)
    await came.leg.hang_up(cause)
    refusal = await phone.response(status)
    phone.send(ack(invite, refusal))
    assert came.leg.cause is cause
    await office.is_quiet()


async def test_a_call_is_not_ended_before_its_ack(office: Office) -> None:
    """RFC 3261 15: the callee says BYE only when the ACK is there, or will never be."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    await phone.response(180)
    await came.leg.answer()
    ok = await phone.response(200)
    await came.leg.hang_up()
    assert came.leg.state is LegState.RELEASED
    await phone.is_silent()
    talking = phone.talking(invite, ok)
    talking.confirm(invite)
    await talking.is_hung_up()
    await office.is_quiet()


async def test_an_answer_that_nobody_confirms_ends_the_call(office: Office) -> None:
    """RFC 3261 13.3.1.4: repeated for 32 seconds, then BYE."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    await phone.response(180)
    await came.leg.answer()
    ok = await phone.response(200)
    await office.clock.advance(31)
    assert came.leg.state is LegState.ANSWERED
    repeats = len(phone.wire.came)
    assert repeats == 9  # after 0.5, 1.5, 3.5, 7.5 seconds, then every four
    phone.wire.came.clear()
    await office.clock.advance(2)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await phone.talking(invite, ok).is_hung_up()
    await office.is_quiet()


async def test_the_caller_gives_up(office: Office) -> None:
    """RFC 3261 9.2: 200 to the CANCEL, 487 to the INVITE."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    await phone.response(180)
    phone.send(cancel(invite))
    await phone.response(200, "CANCEL")
    phone.send(ack(invite, await phone.response(487)))
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.NORMAL)
    await came.leg.answer()  # too late, and nothing comes of it
    await office.is_quiet()


async def test_a_bye_before_the_answer_is_a_giving_up(office: Office) -> None:
    """RFC 3261 15: the caller may say BYE on an early dialog; 15.1.2: the INVITE gets 487."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    talking = phone.talking(invite, await phone.response(180))
    bye = talking.say("BYE")
    await phone.response(200, "BYE")
    phone.send(ack(invite, await phone.response(487)))
    assert bye and (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.NORMAL)
    await office.is_quiet()


async def test_a_late_offer(office: Office) -> None:
    """RFC 3261 13.2.1: no offer in the INVITE, so ours in the 200 and the answer in the ACK."""
    phone = await office.phone()
    invite = phone.invite(body=b"")
    came = await office.came()
    await phone.response(180)
    answering = office.clock.spawn(came.leg.answer(), "answer")
    ok = await phone.response(200)
    assert office.plane.stream.terms == [] and not answering.done()
    body = phone.negotiation.answer(sdp.parse(ok.body), phone.ours)
    talking = phone.talking(invite, ok)
    talking.confirm(invite, bytes(body))
    await answering
    assert office.plane.stream.last.remote == (HOST, SOUND_PORT)
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_late_offer_without_answer_ends_the_call(office: Office) -> None:
    phone = await office.phone()
    invite = phone.invite(body=b"")
    came = await office.came()
    await phone.response(180)
    office.clock.spawn(came.leg.answer(), "answer")
    talking = phone.talking(invite, await phone.response(200))
    talking.confirm(invite)
    await talking.is_hung_up()
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await office.is_quiet()


async def test_a_lost_plane_ends_the_call(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    office.plane.stream.on_lost()
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await talking.is_hung_up()
    await office.is_quiet()


async def test_keys_by_both_ways_are_heard_once(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    office.plane.stream.on_key("1")
    for key in "12":
        info = await talking.ask("INFO", body=f"Signal={key}\r\nDuration=160\r\n".encode(), content_type=RELAY)
        assert info.status == 200
    office.plane.stream.on_key("2")
    office.plane.stream.on_key("2")
    assert [came.leg.keys.get_nowait() for _ in range(came.leg.keys.qsize())] == ["1", "2", "2"]
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_call_out_that_is_hung_up_before_it_is_sent(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    await leg.hang_up(Cause.CANCELED)
    await phone.is_silent()
    assert leg.cause is Cause.CANCELED
    await office.is_quiet()


async def test_no_room_in_the_plane(office: Office) -> None:
    phone = await office.phone()
    office.plane.is_full = True
    leg = office.dial(phone.address)
    await reached(leg, LegState.RELEASED)
    assert (leg.cause, dict(leg.told)) == (Cause.FAILED, {"SipResponseCode": "503"})
    invite = phone.invite()
    refusal = await phone.response(503)
    assert refusal.headers.get("Retry-After")
    phone.send(ack(invite, refusal))
    await office.is_quiet()


async def test_a_plane_that_fails(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A bug of ours ends the leg too, and is logged."""

    async def fail(account: str, terms: object) -> None:
        raise RuntimeError("out of order")

    office.plane.open_stream = fail  # type: ignore[assignment]
    phone = await office.phone()
    leg = office.dial(phone.address)
    await reached(leg, LegState.RELEASED)
    assert leg.cause is Cause.FAILED
    invite = phone.invite()
    phone.send(ack(invite, await phone.response(500)))
    await office.is_quiet()
    assert "out of order" in caplog.text


async def test_an_exchange_that_fails(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    def fail(leg: object, **told: object) -> None:
        raise RuntimeError("out of order")

    office.exchange.incoming = fail  # type: ignore[assignment]
    phone = await office.phone()
    invite = phone.invite()
    phone.send(ack(invite, await phone.response(500)))
    await office.is_quiet()
    assert "out of order" in caplog.text


async def test_a_transaction_that_lingers_does_not_keep_the_leg(office: Office) -> None:
    """Each transaction stays for 32 seconds; at hundreds of calls per second what hangs on it counts."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    await came.leg.hang_up()
    await talking.is_hung_up()
    await until(lambda: office.line.dialogs == 0)
    leg = weakref.ref(came.leg)
    del came
    office.plane.streams.clear()
    await turns(20)
    gc.collect()
    assert leg() is None and office.endpoint.transactions != (0, 0)
    await office.is_quiet()


async def test_nor_does_one_of_ours(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    await phone.answers(talking)
    await reached(leg, LegState.ANSWERED)
    measured = []
    leg.on_measured = measured.append
    await leg.hang_up()
    await talking.is_hung_up()
    await until(lambda: office.line.dialogs == 0)
    assert [quality.received for quality in measured] == [1]
    kept = weakref.ref(leg)
    del leg
    await turns(20)
    gc.collect()
    assert kept() is None and office.endpoint.transactions != (0, 0)
    assert talking.answer
    phone.send(talking.answer)  # it may still come again (RFC 6026)
    assert isinstance(ack := await phone.next(repeats=True), Request) and ack.method == "ACK"
    await office.is_quiet()
