"""What either end may ask for inside a dialog: re-INVITE, UPDATE, INFO, REFER, session timers (RFC 3261 12, 14;
RFC 3264 8; RFC 3311; RFC 3515; RFC 4028)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hoyhoy.audio.g711 import Law
from hoyhoy.exchange.leg import Cause, LegState, Transfer
from hoyhoy.wire.sip import sdp
from hoyhoy.wire.sip.dialog import Dialog
from hoyhoy.wire.sip.media import PCMA, Direction
from hoyhoy.wire.sip.transaction import State

from .office import HOST, SOUND_PORT, Came, Office, Talking, opened, reached
from .wires import Server, until


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


async def ended(office: Office, talking: Talking, came: Came) -> None:
    assert came.leg.state is LegState.ANSWERED
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


def asked(office: Office) -> set[State]:
    """The states of our requests."""
    return {one.tx.state for one in office.endpoint._asked.values()}


async def test_hold_and_resume(office: Office) -> None:
    """RFC 3264 8.4: sendonly, inactive, and back."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    stream = office.plane.stream
    for direction, sends, hears, ours in (
        (Direction.SEND, False, True, "recvonly"), (Direction.NONE, False, False, "inactive"),
        (Direction.BOTH, True, True, "sendrecv"),
    ):  # fmt: skip
        ok = await talking.ask("INVITE", body=phone.offer(direction=direction))
        phone.negotiation.accept(sdp.parse(ok.body))
        talking.confirm_last()
        assert (stream.last.sends, stream.last.hears) == (sends, hears)
        assert sdp.parse(ok.body).media[0].get(ours) == ""
    await ended(office, talking, came)


async def test_hold_with_an_address_of_zeros(office: Office) -> None:
    """RFC 3264 8.4, as RFC 2543 did it: nothing is sent, and it is known where to go on."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    body = phone.offer().replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 0.0.0.0")
    assert (await talking.ask("INVITE", body=body)).status == 200
    talking.confirm_last()
    terms = office.plane.stream.last
    assert (terms.sends, terms.hears, terms.remote) == (False, True, (HOST, SOUND_PORT))
    await ended(office, talking, came)


async def test_another_codec_and_place(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    ok = await talking.ask("INVITE", body=phone.offer(codecs=(PCMA,), port=SOUND_PORT + 10))
    talking.confirm_last()
    terms = office.plane.stream.last
    assert (terms.law, terms.remote) == (Law.ALAW, (HOST, SOUND_PORT + 10))
    assert sdp.parse(ok.body).media[0].formats == ("8", "101")
    await ended(office, talking, came)


async def test_update_changes_the_sound_too(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    ok = await talking.ask("UPDATE", body=phone.offer(direction=Direction.SEND))
    assert (ok.status, office.plane.stream.last.sends) == (200, False)
    assert (await talking.ask("UPDATE")).status == 200
    await ended(office, talking, came)


async def test_an_offer_that_comes_to_nothing_changes_nothing(office: Office) -> None:
    """RFC 3261 14.2: 488, and all goes on as before; so does the numbering."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    before = list(office.plane.stream.terms)
    video = b"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n"
    for method in ("INVITE", "UPDATE"):
        refusal = await talking.ask(method, body=video)
        assert (refusal.status, bool(refusal.headers.get("Warning"))) == (488, True)
        if method == "INVITE":
            assert refusal.headers
    six = video.replace(b"IP4 127.0.0.1", b"IP6 ::1").replace(b"AVP 18", b"AVP 0")
    assert (await talking.ask("INVITE", body=six)).status == 488
    assert (await talking.ask("INVITE", body=b"v=0\r\nnonsense")).status in (400, 488)
    assert office.plane.stream.terms == before
    assert (await talking.ask("INVITE", body=phone.offer())).status == 200
    talking.confirm_last()
    await ended(office, talking, came)


async def test_a_reinvite_without_offer(office: Office) -> None:
    """RFC 3261 14.2: the offer is ours, the answer comes with the ACK; one that never comes leaves all as it was."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    ok = await talking.ask("INVITE")
    talking.confirm_last(bytes(phone.negotiation.answer(sdp.parse(ok.body), phone.ours)))
    assert sdp.parse(ok.body).media[0].formats == ("0", "8", "101")
    await until(lambda: not came.leg._talk._unconfirmed)  # type: ignore[union-attr]
    before = list(office.plane.stream.terms)
    assert (await talking.ask("INVITE")).status == 200
    assert (await talking.ask("UPDATE", body=phone.offer())).status == 491  # our offer waits for its answer
    phone.negotiation.withdraw()
    talking.confirm_last(number=talking.dialog.number - 1)
    await until(lambda: not came.leg._talk._unconfirmed)  # type: ignore[union-attr]
    assert office.plane.stream.terms == before
    assert (await talking.ask("UPDATE", body=phone.offer())).status == 200
    await ended(office, talking, came)


async def test_a_reinvite_that_nobody_confirms_ends_the_call(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    assert (await talking.ask("INVITE", body=phone.offer())).status == 200
    await office.clock.advance(33)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await office.clock.advance(70)
    assert office.line.dialogs == 0


async def test_requests_out_of_order(office: Office) -> None:
    """RFC 3261 12.2.2."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    assert (await talking.ask("OPTIONS")).status == 200
    talking.dialog.number -= 1
    assert (await talking.ask("INFO")).status == 500
    await ended(office, talking, came)


async def test_small_requests(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    options = await talking.ask("OPTIONS")
    assert options.status == 200
    assert "INVITE" in options.headers.tokens("Allow") or "invite" in options.headers.tokens("Allow")
    assert (await talking.ask("INFO")).status == 200
    assert (await talking.ask("INFO", Info_Package="conference")).status == 469
    assert (await talking.ask("NOTIFY", Event="message-summary", Subscription_State="active")).status == 200
    assert (await talking.ask("NOTIFY", Event="refer", Subscription_State="active")).status == 481  # RFC 6665 4.1.3
    assert (await talking.ask("PRACK", RAck="1 1 INVITE")).status == 481
    assert (await talking.ask("MESSAGE", body=b"hi", content_type="text/plain")).status == 405
    await ended(office, talking, came)


async def test_a_refer_is_declined(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    assert (await talking.ask("REFER", Refer_To="<sip:carol@example.com>")).status == 603
    assert (await talking.ask("REFER")).status == 400
    await ended(office, talking, came)


async def test_refer_is_offered_where_somebody_serves_it(office: Office) -> None:
    """RFC 3261 20.5: Allow lists what is supported. The phone of a call that serves none is not misled."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    assert talking.answer and "refer" not in talking.answer.headers.tokens("Allow")
    assert "refer" not in (await talking.ask("OPTIONS")).headers.tokens("Allow")
    came.leg.may_refer = True
    assert "refer" in (await talking.ask("OPTIONS")).headers.tokens("Allow")
    came.leg.may_refer = False
    assert "refer" not in (await talking.ask("OPTIONS")).headers.tokens("Allow")
    await ended(office, talking, came)
    phone.send(phone.opening("OPTIONS"))
    assert "refer" not in (await phone.response(200)).headers.tokens("Allow")
    for may_refer in (False, True):
        leg = office.dial(phone.address, may_refer=may_refer)
        talking = await phone.invited()
        assert ("refer" in talking.invite.headers.tokens("Allow")) is may_refer
        await phone.answers(talking)
        await reached(leg, LegState.ANSWERED)
        await leg.hang_up()
        await talking.is_hung_up()
    await office.is_quiet()


async def test_a_refer_is_taken(office: Office) -> None:
    """RFC 3515 2.4.4: 202, a NOTIFY at once, and one that ends it, before BYE."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    asked: list[Transfer] = []
    came.leg.on_refer = lambda transfer: bool(asked.append(transfer)) or True
    refer = talking.say("REFER", Refer_To="Carol <sip:carol@example.com?X-Order=7>")
    assert (await phone.final(refer)).status == 202
    notify = await talking.hear("NOTIFY")
    assert (notify.body, notify.headers.get("Event")) == (b"SIP/2.0 100 Trying\r\n", f"refer;id={refer.cseq.number}")
    assert notify.headers.get("Subscription-State") == "active;expires=180"
    assert (await talking.ask("REFER", Refer_To="<sip:dan@example.com>")).status == 491
    talking.reply(notify, 200)
    await came.leg.hang_up()
    last = await talking.hear("NOTIFY")
    assert (last.body, last.headers.get("Event")) == (b"SIP/2.0 200 OK\r\n", f"refer;id={refer.cseq.number}")
    assert last.headers.get("Subscription-State") == "terminated;reason=noresource"
    talking.reply(last, 200)
    await talking.is_hung_up()
    await office.is_quiet()
    assert asked == [Transfer("sip:carol@example.com?X-Order=7")]


async def test_a_refer_whose_sender_wants_to_hear_nothing(office: Office) -> None:
    """RFC 4488 4: no subscription, and the answer says so."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    came.leg.on_refer = lambda transfer: True
    taken = await talking.ask("REFER", Refer_To="<sip:carol@example.com>", Refer_Sub="false")
    assert (taken.status, taken.headers.get("Refer-Sub")) == (202, "false")
    await phone.is_silent()
    await ended(office, talking, came)


async def test_who_does_not_answer_what_he_wanted_to_be_told_is_not_waited_for(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    came.leg.on_refer = lambda transfer: True
    talking.say("REFER", Refer_To="<sip:carol@example.com>")
    await phone.response(202)
    await talking.hear("NOTIFY")
    await came.leg.hang_up()
    await office.clock.advance(5)
    await talking.hear("NOTIFY")
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_refer_whose_sender_leaves_at_once(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    came.leg.on_refer = lambda transfer: True
    talking.say("REFER", Refer_To="<sip:carol@example.com>")
    await phone.response(202)
    notify = await talking.hear("NOTIFY")
    talking.reply(notify, 200)
    assert (await talking.ask("BYE")).status == 200
    assert came.leg.state is LegState.RELEASED
    await phone.is_silent()
    await office.is_quiet()


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("<mailto:carol@example.com>", 416),
        ("<http://example.com/carol>", 416),
        ("<sip:carol@example.com;method=BYE>", 403),
        (f"<sip:carol@example.com?X-Long={'x' * 1300}>", 414),
        ("<sip:carol@example.com", 400),
        ("sip:carol@example.com?X-A=b", 400),  # what stands outside of brackets is not of the URI (RFC 3261 20.10)
        ("", 400),
    ],
)
async def test_a_target_that_nobody_can_call(office: Office, target: str, status: int) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    came.leg.on_refer = lambda transfer: pytest.fail("asked")
    assert (await talking.ask("REFER", Refer_To=target)).status == status
    twice = talking.say("REFER", Refer_To="<sip:a@example.com>", r="<sip:b@example.com>")
    assert (await phone.final(twice)).status == 400
    await ended(office, talking, came)


async def test_a_call_that_exists_is_named_as_such(office: Office) -> None:
    """RFC 3891, RFC 5589 7: the phone has two calls, and wants its partners to talk with one another."""
    phone = await office.phone()
    talking, came = await phone.connected(office)
    asked: list[bool] = []
    came.leg.on_refer = lambda transfer: bool(asked.append(transfer.joins))
    for name in ("Replaces", "%52eplaces"):
        wanted = f"<sip:carol@example.com?{name}=one%3Bto-tag%3Da%3Bfrom-tag%3Db>"
        assert (await talking.ask("REFER", Refer_To=wanted)).status == 603
    assert asked == [True, True]
    await ended(office, talking, came)


# The session timer -----------------------------------------------------------------------------


async def test_a_caller_who_refreshes_keeps_the_call(office: Office) -> None:
    """RFC 4028 9, 10: the caller refreshes, or we say BYE shortly before the end."""
    phone = await office.phone()
    talking, came = await phone.connected(office, Supported="timer", Session_Expires="90")
    assert talking.answer
    assert talking.answer.headers.get("Session-Expires") == "90;refresher=uac"
    assert "timer" in talking.answer.headers.tokens("Require")
    before = list(office.plane.stream.terms)
    await office.clock.advance(55)
    ok = await talking.ask("UPDATE", Supported="timer", Session_Expires="90;refresher=uac")
    assert (ok.status, ok.headers.get("Session-Expires")) == (200, "90;refresher=uac")
    await office.clock.advance(55)
    assert came.leg.state is LegState.ANSWERED
    assert office.plane.stream.terms == before
    await office.clock.advance(10)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await talking.is_hung_up()
    await office.is_quiet()


async def test_too_short_a_session_is_refused(office: Office) -> None:
    """RFC 4028 9."""
    phone = await office.phone()
    phone.invite(Supported="timer", Session_Expires="30")
    refusal = await phone.response(422)
    assert refusal.headers.get("Min-SE") == "90"
    phone.negotiation.withdraw()
    talking, came = await phone.connected(office)
    assert (await talking.ask("UPDATE", Supported="timer", Session_Expires="30")).status == 422
    await ended(office, talking, came)


@pytest.mark.parametrize("allow", ["INVITE, ACK, BYE, UPDATE", "INVITE, ACK, BYE"])
async def test_we_refresh(office: Office, allow: str) -> None:
    """RFC 4028 10: at half the time, by UPDATE where it is understood, else by re-INVITE; the sound stays."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    body = phone.answer_of(talking)
    talking.reply(talking.invite, 200, body, Session_Expires="100;refresher=uac", Allow=allow)
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    method = "UPDATE" if "UPDATE" in allow else "INVITE"
    for _ in range(3):
        await office.clock.advance(51)
        refresh = await talking.hear(method)
        assert refresh.headers.get("Session-Expires") == "1800;refresher=uac"
        answer = phone.negotiation.answer(sdp.parse(refresh.body), phone.ours) if refresh.body else b""
        talking.reply(refresh, 200, bytes(answer), Session_Expires="100;refresher=uac")
        if method == "INVITE":
            assert (await talking.hear("ACK")).cseq.number == refresh.cseq.number
    assert leg.state is LegState.ANSWERED
    assert len(office.plane.stream.terms) == 1
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_far_end_that_is_gone_is_found_by_the_refresh(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking), Session_Expires="100;refresher=uac", Allow="UPDATE")
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await office.clock.advance(51)
    refresh = await talking.hear("UPDATE")
    talking.reply(refresh, 481)
    await until(lambda: leg.state is LegState.RELEASED)
    assert leg.cause is Cause.FAILED
    await office.is_quiet()


async def test_glare(office: Office) -> None:
    """RFC 3261 14.1: 491 to theirs while ours is open; ours comes again after a while when it met theirs."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking), Session_Expires="100;refresher=uac", Allow="INVITE")
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await office.clock.advance(51)
    ours = await talking.hear("INVITE")
    talking.dialog.invited = None  # the phone does not mind either
    assert (await talking.ask("INVITE", body=phone.offer())).status == 491
    phone.negotiation.withdraw()
    talking.dialog.invited = ours.cseq.number
    talking.reply(ours, 491)
    await talking.hear("ACK")
    await office.clock.advance(4.1)
    again = await talking.hear("INVITE")
    answer = phone.negotiation.answer(sdp.parse(again.body), phone.ours)
    talking.reply(again, 200, bytes(answer), Session_Expires="100;refresher=uac")
    await talking.hear("ACK")
    assert leg.state is LegState.ANSWERED
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


@pytest.mark.parametrize("status", [488, 405, 501, 500])
async def test_a_far_end_that_does_not_like_refreshes_is_there(office: Office, status: int) -> None:
    """RFC 4028 10: only silence, 408 and 481 say that nobody is."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking), Session_Expires="100;refresher=uac", Allow="UPDATE")
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    for _ in range(3):
        await office.clock.advance(51)
        talking.reply(await talking.hear("UPDATE"), status)
    await office.clock.advance(10)
    assert leg.state is LegState.ANSWERED
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_lost_ack_does_not_end_a_call_that_goes_on(office: Office) -> None:
    """RFC 5407 3.1.4: whoever sends a re-INVITE has heard our answer."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    await phone.response(180)
    await came.leg.answer()
    talking = phone.talking(invite, ok := await phone.response(200))
    phone.negotiation.accept(sdp.parse(ok.body))
    assert (await talking.ask("INVITE", body=phone.offer())).status == 200
    talking.confirm_last()
    phone.wire.came.clear()
    await office.clock.advance(40)
    assert phone.wire.came == []
    await ended(office, talking, came)


async def test_a_phone_that_moves_is_heard_from_its_new_network(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    came.leg._talk.agreement.hosts = ("192.0.2.9",)  # type: ignore[union-attr]
    assert (await talking.ask("INVITE", body=phone.offer(port=SOUND_PORT + 2))).status == 200
    talking.confirm_last()
    assert office.plane.stream.last.hosts == (HOST,)
    await ended(office, talking, came)


async def test_after_bye_nothing_is_taken(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    stream = office.plane.stream
    before = list(stream.terms)
    await came.leg.hang_up()
    bye = await talking.hear("BYE")
    assert (await talking.ask("INFO")).status == 481
    assert (await talking.ask("UPDATE", body=phone.offer(direction=Direction.SEND))).status == 481
    assert (await talking.ask("BYE")).status == 200  # they cross
    talking.reply(bye, 200)
    assert stream.terms == before
    await office.is_quiet()


async def test_a_bye_instead_of_the_ack(office: Office) -> None:
    """Nothing is repeated any more, and nobody is told twice."""
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    await phone.response(180)
    await came.leg.answer()
    talking = phone.talking(invite, await phone.response(200))
    assert (await talking.ask("BYE")).status == 200
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.NORMAL)
    await office.clock.advance(5)
    assert phone.wire.came == []
    await office.is_quiet()


async def test_a_refresh_that_is_too_short_is_made_longer(office: Office) -> None:
    """RFC 4028 7.3, 10."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking), Session_Expires="100;refresher=uac", Allow="UPDATE")
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await office.clock.advance(51)
    talking.reply(await talking.hear("UPDATE"), 422, Min_SE="3600")
    again = await talking.hear("UPDATE")
    assert (again.headers.get("Session-Expires"), again.headers.get("Min-SE")) == ("3600;refresher=uac", "3600")
    talking.reply(again, 200, Session_Expires="3600;refresher=uac")
    await office.clock.advance(1700)
    assert leg.state is LegState.ANSWERED
    assert phone.wire.came == []
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_far_end_that_moves_behind_a_nat(office: Office) -> None:
    """RFC 3261 12.2.2: a re-INVITE tells a new Contact; what it cannot tell is where it comes from."""
    phone, other = await office.phone(), await office.phone()
    talking, came = await phone.connected(office, Allow="INVITE", Session_Expires="90;refresher=uas", Supported="timer")
    other.inside = "10.9.8.7"
    talking.phone = other
    moving = await talking.ask("INVITE", body=phone.offer(), Allow="INVITE, UPDATE", Session_Expires="90;refresher=uas")
    assert moving.status == 200
    talking.confirm_last()
    await office.clock.advance(46)
    refresh = await talking.hear("UPDATE")  # by what it says it understands by now
    assert str(refresh.uri) == str(other.contact.uri)
    talking.reply(refresh, 200)
    await phone.is_silent()
    await ended(office, talking, came)


async def test_a_refresh_that_finds_no_way_is_tried_until_the_end(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking), Session_Expires="100;refresher=uac", Allow="UPDATE")
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await office.clock.advance(51)
    for _ in range(5):
        talking.reply(await talking.hear("UPDATE"), 503)
        assert leg.state is LegState.ANSWERED
        await office.clock.advance(10)
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_refresh_that_is_worked_on_for_ever_ends_with_the_session(office: Office) -> None:
    """RFC 3261 17.1.1.2: after a 100 no timer ends an INVITE. The session does, and nothing of it is left."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking), Session_Expires="100;refresher=uac", Allow="INVITE")
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await office.clock.advance(51)
    refresh = await talking.hear("INVITE")
    talking.reply(refresh, 100)
    await until(lambda: State.PROCEEDING in asked(office))
    await office.clock.advance(48)
    assert leg.state is LegState.ANSWERED
    await office.clock.advance(2)
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await office.clock.advance(70)
    assert office.endpoint.transactions == (0, 0)
    await office.is_quiet()


@pytest.mark.parametrize(("allow", "method"), [("INVITE, UPDATE", "UPDATE"), ("INVITE", "INVITE")])
async def test_a_far_end_without_session_timers_is_asked_whether_it_is_there(
    office: Office, allow: str, method: str
) -> None:
    """RFC 4028 7.2: where it names no timer we may refresh all the same; once it is gone the call ends."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking), Allow=allow)
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    for _ in range(2):
        await office.clock.advance(890)
        await phone.is_silent()
        await office.clock.advance(11)
        refresh = await talking.hear(method)
        answer = phone.negotiation.answer(sdp.parse(refresh.body), phone.ours) if refresh.body else b""
        talking.reply(refresh, 200, bytes(answer))
        await until(lambda: not asked(office) & {State.CALLING, State.TRYING})
        if method == "INVITE":
            await talking.hear("ACK")
    assert leg.state is LegState.ANSWERED and len(office.plane.stream.terms) == 1
    await office.clock.advance(901)
    talking.reply(await talking.hear(method), 481)
    await until(lambda: leg.state is LegState.RELEASED)
    assert leg.cause is Cause.FAILED
    await office.is_quiet()


async def test_a_far_end_without_session_timers_that_vanishes_is_found_out(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking))
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await office.clock.advance(940)
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await office.is_quiet()


async def test_we_refresh_for_a_caller_who_wants_it(office: Office) -> None:
    """RFC 4028 9: the caller names us; it says in its INVITE that it understands UPDATE."""
    phone = await office.phone()
    session = {"Session_Expires": "90;refresher=uas", "Supported": "timer"}
    talking, came = await phone.connected(office, Allow="INVITE, UPDATE", **session)
    assert talking.answer and talking.answer.headers.get("Session-Expires") == "90;refresher=uas"
    await office.clock.advance(46)
    talking.reply(await talking.hear("UPDATE"), 200, Session_Expires="90;refresher=uac")
    await ended(office, talking, came)


# Connections ------------------------------------------------------------------------------------


async def test_a_caller_whose_connection_is_gone_is_missed(office: Office) -> None:
    """RFC 5626 4.2.1 gives it time to come back; nothing is at its Contact either."""
    phone = await office.phone("tcp")
    _, came = await phone.connected(office)
    phone.close()
    await until(lambda: len(office.equipment.flows) == 0)
    await office.clock.advance(7)
    assert came.leg.state is LegState.ANSWERED
    await office.clock.advance(2)
    assert (came.leg.state, came.leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await office.is_quiet()


async def test_a_called_phone_whose_connection_is_gone_is_missed(office: Office) -> None:
    server = await Server().open()
    leg = office.dial(f"sip:bob@{HOST}:{server.port};transport=tcp")
    far = await server.connection()
    invite = await far.request("INVITE")
    phone = await office.phone()
    phone.listens = server.port
    phone.office = replace(phone.office, transport="tcp")
    talking = Talking(phone, Dialog.opened(invite, phone.tag), invite)
    far.send(
        talking.dialog.respond(
            invite, 200, contact=phone.contact, body=phone.answer_of(talking), content_type=sdp.CONTENT_TYPE
        )
    )
    await far.request("ACK")
    await reached(leg, LegState.ANSWERED)
    server.close()
    await until(lambda: len(office.equipment.flows) == 0)
    await office.clock.advance(9)
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.FAILED)
    await office.is_quiet()


async def test_a_caller_that_comes_back_by_another_connection_keeps_the_call(office: Office) -> None:
    phone = await office.phone("tcp")
    talking, came = await phone.connected(office)
    phone.close()
    await until(lambda: len(office.equipment.flows) == 0)
    again = await office.phone("tcp")
    talking.phone = again
    assert (await talking.ask("INFO")).status == 200
    await office.clock.advance(60)
    assert came.leg.state is LegState.ANSWERED
    await came.leg.hang_up()
    await talking.is_hung_up()  # by the connection it came back by
    await office.is_quiet()


@pytest.mark.parametrize("status", [200, 405, 481])
async def test_a_caller_is_looked_for_at_its_contact(office: Office, status: int) -> None:
    """By OPTIONS on a connection of ours. Whatever it says but that it knows no such call (481), it is there; that it
    closes this connection too is nothing to ask for again."""
    server, phone = await Server().open(), await office.phone("tcp")
    phone.listens = server.port
    talking, came = await phone.connected(office)
    phone.close()
    far = await server.connection()
    far.send(talking.dialog.respond(await far.request("OPTIONS"), status))
    if status == 481:
        await until(lambda: came.leg.state is LegState.RELEASED)
        assert came.leg.cause is Cause.FAILED
    else:
        await until(lambda: came.leg._talk._seeking is None)  # type: ignore[union-attr]
        far.close()
        await office.clock.advance(60)
        assert (came.leg.state, len(server.connections)) == (LegState.ANSWERED, 1)
        await came.leg.hang_up()
        far = await server.connection(1)
        far.send(talking.dialog.respond(await far.request("BYE"), 200))
    await until(lambda: office.line.dialogs == 0)
    server.close()
    await office.is_quiet()


async def test_a_connection_stays_as_long_as_its_call(office: Office) -> None:
    """A caller that refreshes the session at half of its half an hour says nothing for 15 minutes."""
    phone = await office.phone("tcp")
    talking, came = await phone.connected(office, Supported="timer", Session_Expires="1800;refresher=uac")
    await office.clock.advance(1500)
    assert came.leg.state is LegState.ANSWERED and len(office.equipment.flows) == 1
    await ended(office, talking, came)


async def test_a_call_that_is_over_is_not_looked_for(office: Office) -> None:
    phone = await office.phone("tcp")
    talking, _ = await phone.connected(office)
    assert (await talking.ask("BYE")).status == 200
    assert len(office.equipment.flows) == 0
    phone.close()
    await office.is_quiet()
