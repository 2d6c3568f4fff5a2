"""What may become of one INVITE of ours: challenges, forks, redirections, early sound, crossing answers (RFC 3261 13.2,
8.1.3, 22; RFC 3262; RFC 4028 7.3)."""

from __future__ import annotations

import asyncio

import pytest

from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip.authentication import Gate, Verdict
from hoyhoy.wire.sip.dialog import Dialog
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.uri import Uri

from .office import HOST, SOUND_PORT, Office, Talking, opened, reached
from .wires import until


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


GATE = Gate("home", b"secret")


async def test_it_says_who_calls_and_what_we_can_do(office: Office) -> None:
    """Voice reference 2.7.5."""
    phone = await office.phone()
    leg = office.dial(
        f"{phone.address};region=ie1?x-order=17&User-to-User=abc&X-Twilio-Evil=1&Subject=no&x-nl=a%0D%0Ab"
    )
    talking = await phone.invited()
    headers = talking.invite.headers
    assert [headers.get(f"X-Twilio-{name}") for name in ("AccountSid", "CallSid", "ApiVersion")] == [
        "AC1", "CA1", "2010-04-01"
    ]  # fmt: skip
    assert (headers.get("x-order"), headers.get("User-to-User")) == ("17", "abc")
    assert [headers.get(name) for name in ("X-Twilio-Evil", "Subject", "x-nl")] == [None, None, None]
    assert office.complaints == [("AC1", 13252)]
    assert str(talking.invite.uri) == phone.address
    assert {"100rel", "timer"} <= headers.tokens("Supported")
    assert headers.get("Session-Expires") == "1800"
    assert talking.invite.contacts[0].uri.port == office.target.port
    await leg.hang_up(Cause.CANCELED)
    talking.reply(talking.invite, 180)  # before anything is said no CANCEL may come (RFC 3261 9.1)
    await phone_gives_up(talking)
    await office.is_quiet()


async def phone_gives_up(talking: Talking) -> Request:
    """The phone answers a CANCEL."""
    cancel = await talking.phone.request("CANCEL")
    talking.phone.send(cancel.respond(200, to_tag=talking.phone.tag))
    talking.reply(talking.invite, 487)
    assert (await talking.phone.request("ACK")).headers.get("CSeq") == "1 ACK"
    return cancel


async def test_hanging_up_before_the_answer_cancels(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 180)
    await reached(leg, LegState.RINGING)
    await leg.hang_up(Cause.NO_ANSWER)
    assert leg.cause is Cause.NO_ANSWER
    cancel = await phone.request("CANCEL")
    assert cancel.headers.get("Reason") == "Q.850;cause=19"
    phone.send(cancel.respond(200, to_tag=phone.tag))
    talking.reply(talking.invite, 487)
    await phone.request("ACK")
    await office.is_quiet()


async def test_an_answer_that_crosses_the_cancel_is_ended(office: Office) -> None:
    """RFC 3261 9.1, 13.2.2.4: ACK and BYE; once, although the answer comes twice."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 180)
    await reached(leg, LegState.RINGING)
    await leg.hang_up(Cause.CANCELED)
    ok = talking.reply(talking.invite, 200, phone.answer_of(talking))
    phone.send(ok)
    assert (await phone.request("CANCEL")).cseq.number == 1
    await talking.hear("ACK")
    await talking.is_hung_up()
    await phone.is_silent()
    await office.is_quiet()


async def test_an_answer_that_comes_again_is_confirmed_again(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    ack = await phone.answers(talking)
    await reached(leg, LegState.ANSWERED)
    assert talking.answer
    phone.send(talking.answer)
    again = await phone.next(repeats=True)
    assert bytes(again) == bytes(ack)
    await phone.is_silent()
    assert len(office.plane.stream.terms) == 1
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (486, Cause.BUSY), (600, Cause.BUSY), (480, Cause.NO_ANSWER), (408, Cause.NO_ANSWER), (603, Cause.REJECTED),
        (404, Cause.UNREACHABLE), (488, Cause.FAILED), (403, Cause.FAILED), (401, Cause.FAILED), (500, Cause.FAILED),
    ],
)  # fmt: skip
async def test_refusals(office: Office, status: int, cause: Cause) -> None:
    """Voice reference 10.3, 2.7.3."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, status, X_Why="cat")
    await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    assert leg.cause is cause
    assert dict(leg.told) == {
        "SipCallId": talking.invite.call_id, "SipResponseCode": str(status), "SipHeader_X-Why": "cat"
    }  # fmt: skip
    await office.is_quiet()


async def test_nobody_there(office: Office) -> None:
    """RFC 3261 17.1.1.2: 64*T1 without any answer are a 408."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    await phone.invited()
    await office.clock.advance(31)
    assert leg.state is LegState.TRYING
    await office.clock.advance(2)
    assert (leg.state, leg.cause, dict(leg.told)["SipResponseCode"]) == (LegState.RELEASED, Cause.NO_ANSWER, "408")
    await office.is_quiet()


async def test_a_challenge_is_answered(office: Office) -> None:
    """RFC 3261 22.2; the ACK has the credentials of its INVITE (22.1), the BYE its own."""
    phone = await office.phone()
    leg = office.dial(phone.address, username="hoy", password="secret")
    first = (await phone.invited()).invite
    challenge = GATE.challenge(first, now=office.clock.now(), salt="salt", proxy=True)
    challenge.headers.set("To", first.to.tagged("challenger"))
    phone.send(challenge)
    await phone.request("ACK")
    talking = await phone.invited()
    assert (talking.invite.cseq.number, talking.invite.call_id) == (2, first.call_id)
    assert judged(talking.invite, office) is Verdict.GRANTED
    ack = await phone.answers(talking)
    assert "Proxy-Authorization" in ack.headers
    await reached(leg, LegState.ANSWERED)
    await leg.hang_up()
    bye = await talking.is_hung_up()
    assert judged(bye, office) is Verdict.GRANTED
    await office.is_quiet()


def judged(request: Request, office: Office) -> Verdict:
    return GATE.judge(GATE.presented(request, proxy=True), request, "secret", now=office.clock.now())


async def test_a_wrong_password_is_tried_once(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address, username="hoy", password="wrong")
    for _ in range(2):
        invite = (await phone.invited()).invite
        challenge = GATE.challenge(invite, now=office.clock.now(), salt="salt")
        challenge.headers.set("To", invite.to.tagged("challenger"))
        phone.send(challenge)
        await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    await phone.is_silent()
    assert (leg.cause, dict(leg.told)["SipResponseCode"]) == (Cause.FAILED, "401")
    await office.is_quiet()


async def test_a_longer_session_is_asked_for(office: Office) -> None:
    """RFC 4028 7.3."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 422, Min_SE="3600")
    await phone.request("ACK")
    second = await phone.invited()
    assert (second.invite.headers.get("Session-Expires"), second.invite.headers.get("Min-SE")) == ("3600", "3600")
    second.reply(second.invite, 486)
    await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    await office.is_quiet()


async def test_early_sound(office: Office) -> None:
    phone = await office.phone()
    leg, told = office.dial(phone.address), []
    leg.on_early = lambda: told.append(leg.state)
    talking = await phone.invited()
    body = phone.answer_of(talking)
    talking.reply(talking.invite, 183, body)
    await reached(leg, LegState.RINGING)
    assert told == [LegState.RINGING]
    assert office.plane.stream.last.remote == (HOST, SOUND_PORT)
    talking.reply(talking.invite, 200, body)
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    assert len(office.plane.stream.terms) == 1  # the same again changes nothing
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_reliable_ringing_is_confirmed(office: Office) -> None:
    """RFC 3262 4: PRACK once; its description counts for the answer that brings none (RFC 3261 13.2.1)."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    ringing = talking.reply(talking.invite, 183, phone.answer_of(talking), Require="100rel", RSeq="7")
    prack = await talking.hear("PRACK")
    assert prack.headers.get("RAck") == "7 1 INVITE"
    talking.reply(prack, 200)
    phone.send(ringing)
    await phone.is_silent()
    talking.reply(talking.invite, 200)
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    assert office.plane.stream.last.remote == (HOST, SOUND_PORT)
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_the_first_of_several_far_ends_wins(office: Office) -> None:
    """RFC 3261 13.2.2.4: forks ring, two answer; the second is confirmed and ended."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    one = await phone.invited()
    two = Talking(phone, Dialog.opened(one.invite, "other"), one.invite)
    one.reply(one.invite, 183, phone.answer_of(one, port=41000))
    await reached(leg, LegState.RINGING)
    two.reply(one.invite, 183, phone.answer_of(two, port=42000))
    await until(lambda: len(office.plane.stream.terms) == 2)
    one.reply(one.invite, 200, phone.answer_of(one, port=41000))
    assert (await one.hear("ACK")).to.tag == phone.tag
    await reached(leg, LegState.ANSWERED)
    assert office.plane.stream.last.remote == (HOST, 41000)

    two.reply(one.invite, 200, phone.answer_of(two, port=42000))
    assert (await two.hear("ACK")).to.tag == "other"
    bye = await two.is_hung_up()
    assert bye.to.tag == "other"
    assert office.plane.stream.last.remote == (HOST, 41000)
    assert leg.state is LegState.ANSWERED
    assert (await one.ask("OPTIONS")).status == 200
    await leg.hang_up()
    await one.is_hung_up()
    await office.is_quiet()


OFF = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n"


@pytest.mark.parametrize("body", [b"", OFF, b"v=0 nonsense", b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"])
async def test_an_answer_without_sound_is_ended(office: Office, body: bytes) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 200, body)
    await talking.hear("ACK")
    await talking.is_hung_up()
    await reached(leg, LegState.RELEASED)
    assert leg.cause is Cause.FAILED
    await office.is_quiet()


async def test_redirections_are_followed(office: Office) -> None:
    """RFC 3261 8.1.3.4: the best first; our password is not shown to others (CVE-2021-41158)."""
    phone, best, other = await office.phone(), await office.phone(), await office.phone()
    leg = office.dial(phone.address, username="hoy", password="secret")
    first = await phone.invited()
    first.phone.send(redirection(first, f"<{other.address}>;q=0.1, <{best.address}>;q=0.9, <tel:+14155550100>"))
    await phone.request("ACK")
    second = await best.invited()
    assert (second.invite.call_id, second.invite.cseq.number) == (first.invite.call_id, 2)
    assert str(second.invite.uri) == best.address
    second.reply(second.invite, 486)
    await best.request("ACK")
    third = await other.invited()
    await other.answers(third)
    await reached(leg, LegState.ANSWERED)
    await leg.hang_up()
    await third.is_hung_up()
    await office.is_quiet()


def redirection(talking: Talking, contacts: str) -> Response:
    response = talking.dialog.respond(talking.invite, 302)
    response.headers.set("Contact", contacts)
    return response


async def test_a_redirection_takes_the_password_to_no_other_port(office: Office) -> None:
    """CVE-2021-41158: whoever listens there asks for a proof, and gets none."""
    phone, other = await office.phone(), await office.phone()
    leg = office.dial(phone.address, username="hoy", password="secret")
    first = await phone.invited()
    first.phone.send(redirection(first, f"<{other.address}>"))
    await phone.request("ACK")
    invite = (await other.invited()).invite
    challenge = GATE.challenge(invite, now=office.clock.now(), salt="salt")
    challenge.headers.set("To", invite.to.tagged("challenger"))
    other.send(challenge)
    await other.request("ACK")
    await reached(leg, LegState.RELEASED)
    assert dict(leg.told)["SipResponseCode"] == "401"
    await other.is_silent()
    await office.is_quiet()


@pytest.mark.parametrize("moves", [False, True])
async def test_the_password_follows_a_name_only_to_where_it_was_asked_for(office: Office, moves: bool) -> None:
    phone, other = await office.phone(), await office.phone()
    leg = office.dial(phone.address, username="hoy", password="secret")
    first = await phone.invited()
    if moves:  # as a name does that leads elsewhere the second time

        async def resolve(uri: Uri) -> list[Target]:
            return [other.wire.target]

        office.endpoint.resolve = resolve  # type: ignore[method-assign]
    first.phone.send(redirection(first, f"<{phone.address};x=y>".replace("bob", "carol")))
    await phone.request("ACK")
    there = other if moves else phone
    invite = (await there.invited()).invite
    challenge = GATE.challenge(invite, now=office.clock.now(), salt="carol", proxy=True)
    challenge.headers.set("To", invite.to.tagged("challenger"))
    there.send(challenge)
    await there.request("ACK")
    if not moves:
        again = await there.invited()
        assert judged(again.invite, office) is Verdict.GRANTED
        again.reply(again.invite, 486)
        await there.request("ACK")
    await reached(leg, LegState.RELEASED)
    await there.is_silent()
    await office.is_quiet()


async def test_a_redirection_to_a_place_that_is_not_permitted(office: Office) -> None:
    """Bad-inputs 24: a phone sends us to the operator's provider."""
    phone, provider = await office.phone(), await office.phone()
    office.equipment.permits = lambda target: target.port != provider.wire.port
    leg = office.dial(phone.address)
    talking = await phone.invited()
    phone.send(redirection(talking, f"<sip:+19005550100@{HOST}:{provider.wire.port}>"))
    await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    await provider.is_silent()
    await office.is_quiet()


async def test_what_permits_is_told_the_name(office: Office) -> None:
    """A provider's name may stand for other addresses than those it stood for before."""
    asked = []
    office.equipment.permits = lambda target: asked.append(target.name)  # type: ignore[assignment]
    leg = office.dial("sip:+19005550100@localhost:9")
    await reached(leg, LegState.RELEASED)
    assert set(asked) == {"localhost"}
    assert office.complaints == [("AC1", 13254)]


@pytest.mark.parametrize("is_redirected", [False, True])
async def test_names_of_domains_are_asked_of_nobody(office: Office, is_redirected: bool) -> None:
    """Voice reference 10.1: what is no domain here is none anywhere."""
    asked = []
    name = "nosuch.sip.twilio.com"
    if is_redirected:
        phone = await office.phone()
        leg = office.dial(phone.address)
        talking = await phone.invited()

    async def resolve(uri: Uri) -> list[Target]:
        asked.append(uri)
        return []

    office.endpoint.resolve = resolve  # type: ignore[method-assign]
    if is_redirected:
        phone.send(redirection(talking, f"<sip:bob@{name}>"))
        await phone.request("ACK")
    else:
        leg = office.dial(f"sip:bob@{name}")
    await reached(leg, LegState.RELEASED)
    assert asked == []
    if not is_redirected:
        assert (dict(leg.told)["SipResponseCode"], office.complaints) == ("404", [("AC1", 32002)])
    await office.is_quiet()


async def test_redirections_come_to_an_end(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    for number in range(6):
        talking = await phone.invited()
        talking.phone.send(redirection(talking, f"<sip:bob{number}@{HOST}:{phone.wire.port}>, <{phone.address}>"))
        await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    await phone.is_silent()
    assert dict(leg.told)["SipResponseCode"] == "302"
    await office.is_quiet()


async def test_a_place_that_is_not_permitted(office: Office) -> None:
    phone = await office.phone()
    office.line.equipment.permits = lambda target: target.port != phone.wire.port
    leg = office.dial(phone.address)
    await reached(leg, LegState.RELEASED)
    assert (dict(leg.told)["SipResponseCode"], office.complaints) == ("403", [("AC1", 13254)])
    await phone.is_silent()
    await office.is_quiet()


async def test_a_request_of_a_dialog_that_is_none(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    talking.reply(talking.invite, 180)
    await reached(leg, LegState.RINGING)
    stranger = Talking(phone, Dialog.opened(talking.invite, "stranger"), talking.invite)
    assert (await stranger.ask("BYE")).status == 481
    talking.reply(talking.invite, 486)
    await phone.request("ACK")
    await office.is_quiet()


@pytest.mark.parametrize("name", ["Contact", "Record-Route"])
async def test_an_answer_that_cannot_be_followed_is_ended_all_the_same(office: Office, name: str) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    ok = talking.dialog.respond(talking.invite, 200, body=phone.answer_of(talking), content_type="application/sdp")
    ok.headers.set(name, "<<sip:")
    phone.send(ok)
    await talking.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    await leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_what_a_losing_far_end_asks_changes_nothing(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    one = await phone.invited()
    two = Talking(phone, Dialog.opened(one.invite, "other"), one.invite)
    two.dialog.invited = None
    two.reply(one.invite, 183, phone.answer_of(two, port=42000))
    await reached(leg, LegState.RINGING)
    one.reply(one.invite, 200, phone.answer_of(one, port=41000))
    await one.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    assert (await two.ask("UPDATE", body=phone.offer(port=43000))).status == 481
    assert office.plane.stream.last.remote == (HOST, 41000)
    await leg.hang_up()
    await one.is_hung_up()
    await office.is_quiet()


async def test_what_a_cancelled_call_came_to_is_told(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    await leg.hang_up(Cause.NO_ANSWER)
    assert dict(leg.told) == {"SipCallId": talking.invite.call_id, "SipResponseCode": "487"}
    await office.clock.advance(33)  # nothing was ever said: no CANCEL may be sent (RFC 3261 9.1)
    assert office.line.dialogs == 0
    await office.is_quiet()


async def test_giving_up_while_it_is_redirected(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    phone.send(redirection(talking, "<sip:bob@127.0.0.1:9>"))
    await phone.request("ACK")
    await leg.hang_up(Cause.CANCELED)
    await office.is_quiet()


@pytest.mark.parametrize("more", [0, 1])
async def test_sessions_are_not_asked_for_longer_and_longer(office: Office, more: int) -> None:
    """A 422 is followed once (RFC 4028 7.3): one that wants a second more each time would be called for ever."""
    phone = await office.phone()
    leg = office.dial(phone.address)
    for time in range(2):
        talking = await phone.invited()
        talking.reply(talking.invite, 422, Min_SE=str(3600 + time * more))
        await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    await phone.is_silent()
    assert dict(leg.told)["SipResponseCode"] == "422"
    await office.is_quiet()


async def test_a_redirection_to_itself_leads_nowhere(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    phone.send(redirection(talking, f"<{phone.address}>"))
    await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    await phone.is_silent()
    await office.is_quiet()


async def test_a_refusal_for_everywhere_ends_a_redirection(office: Office) -> None:
    phone, one, two = await office.phone(), await office.phone(), await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    phone.send(redirection(talking, f"<{one.address}>, <{two.address}>"))
    await phone.request("ACK")
    second = await one.invited()
    second.reply(second.invite, 603)
    await one.request("ACK")
    await reached(leg, LegState.RELEASED)
    await two.is_silent()
    assert leg.cause is Cause.REJECTED
    await office.is_quiet()


async def test_early_sound_of_another_after_the_answer_changes_nothing(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    one = await phone.invited()
    two = Talking(phone, Dialog.opened(one.invite, "other"), one.invite)
    one.reply(one.invite, 200, phone.answer_of(one, port=41000))
    await one.hear("ACK")
    await reached(leg, LegState.ANSWERED)
    two.reply(one.invite, 183, phone.answer_of(two, port=42000))
    await phone.is_silent()
    assert office.plane.stream.last.remote == (HOST, 41000)
    await leg.hang_up()
    await one.is_hung_up()
    await office.is_quiet()


class SlowNames:
    """Looks names up when it is told to."""

    def __init__(self, office: Office) -> None:
        self._resolve = office.endpoint.resolve
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()
        office.endpoint.resolve = self.resolve  # type: ignore[method-assign]

    async def resolve(self, uri: Uri) -> list[Target]:
        self.asked.set()
        await self.go_on.wait()
        return await self._resolve(uri)


async def test_giving_up_while_a_name_is_looked_up(office: Office) -> None:
    phone = await office.phone()
    names = SlowNames(office)
    leg = office.dial(phone.address)
    await names.asked.wait()
    await leg.hang_up(Cause.CANCELED)
    names.go_on.set()
    await phone.is_silent()
    await office.is_quiet()


async def test_giving_up_while_the_name_of_a_redirection_is_looked_up(office: Office) -> None:
    phone, other = await office.phone(), await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    names = SlowNames(office)
    phone.send(redirection(talking, f"<{other.address}>"))
    await phone.request("ACK")
    await names.asked.wait()
    await leg.hang_up(Cause.CANCELED)
    names.go_on.set()
    await other.is_silent()
    await office.is_quiet()


async def test_a_redirection_to_where_nobody_is(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    phone.send(redirection(talking, "<sip:bob@127.0.0.1;transport=sctp>"))
    await phone.request("ACK")
    await reached(leg, LegState.RELEASED)
    assert dict(leg.told)["SipResponseCode"] == "302"
    await office.is_quiet()


async def test_hanging_up_in_the_moment_of_the_answer(office: Office) -> None:
    phone = await office.phone()
    names = SlowNames(office)
    leg = office.dial(phone.address)
    await names.asked.wait()
    assert leg._hunt
    leg._hunt._ringing[0]._ended.add_done_callback(lambda _: leg._release(Cause.CANCELED))  # before the leg knows
    names.go_on.set()
    talking = await phone.invited()
    talking.reply(talking.invite, 200, phone.answer_of(talking))
    await talking.hear("ACK")
    await talking.is_hung_up()
    assert (leg.state, leg.cause) == (LegState.RELEASED, Cause.CANCELED)
    await office.is_quiet()


async def test_early_sound_after_the_hanging_up_is_nobodys(office: Office) -> None:
    phone = await office.phone()
    leg = office.dial(phone.address)
    talking = await phone.invited()
    await leg.hang_up(Cause.CANCELED)
    talking.reply(talking.invite, 183, phone.answer_of(talking))
    await phone_gives_up(talking)
    assert office.plane.stream.terms == []
    await office.is_quiet()
