"""Which way out an address has, and who gets what comes in (voice reference 2.7.5, 3.1; RFC 3261 8.2, 11.2)."""

from __future__ import annotations

import pytest

from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.ports import Dialling, Number, Steering
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.transaction import ack, cancel

from .office import HOST, Admitted, Office, Phone, Registered, Road, opened, reached
from .wires import turns, until


@pytest.fixture
async def office():
    async with opened() as made:
        yield made


@pytest.mark.parametrize(
    ("address", "reaches"),
    [
        ("sip:kate@example.com", True),
        ("SIPS:kate@example.com", True),
        ("kate@example.com", True),
        ("+14155550123", True),
        ("+14155550999", False),
        ("+14155550124", False),
        ("client:kate", False),
        ("mailto:kate@example.com", False),
        ("kate", False),
        ("", False),
    ],
)
async def test_what_it_reaches(office: Office, address: str, reaches: bool) -> None:
    for number in ("+14155550123", "+14155550124"):
        office.around.roads[number] = [Road("sip:north.example")]
    office.around.owned.add("+14155550124")  # numbers of this exchange are called within it
    assert office.line.reaches(address, "AC" + "1" * 32) is reaches


@pytest.mark.parametrize(
    ("address", "status", "cause", "code"),
    [
        ("sip:bad uri@example.com", "400", Cause.FAILED, 32106),
        ("sip:bob@acme.sip.twilio.com", "480", Cause.NO_ANSWER, 32009),
        ("sip:acme.sip.twilio.com", "404", Cause.UNREACHABLE, 32223),
        ("sip:bob@127.0.0.1;secure=true", "488", Cause.FAILED, 13255),
        ("sip:bob@127.0.0.1;transport=sctp", "503", Cause.FAILED, 13254),
        ("sip:bob@[::1]:5060", "503", Cause.FAILED, 13254),
    ],
)
async def test_addresses_that_lead_nowhere(office: Office, address: str, status: str, cause: Cause, code: int) -> None:
    """Nothing is silent: the account is told why (voice reference 17.1)."""
    leg = office.dial(address)
    await reached(leg, LegState.RELEASED)
    assert office.complaints == [("AC1", code)]
    assert (leg.cause, dict(leg.told)["SipResponseCode"]) == (cause, status)
    await office.is_quiet()


async def test_phones_of_another_account_are_nobodys(office: Office) -> None:
    """Voice reference 2.7.5 (32214)."""
    phone = await office.phone()
    office.around.bindings["sip:bob@acme.sip.twilio.com"] = [Registered(phone.contact.uri, phone.wire.target)]
    leg = office.line.dial(Dialling("CA1", "AC2", "sip:bob@acme.sip.twilio.com", "+14155550100"))
    await reached(leg, LegState.RELEASED)
    assert (leg.cause, office.complaints) == (Cause.UNREACHABLE, [("AC2", 32214)])
    await phone.is_silent()
    await office.is_quiet()


async def test_who_is_refused_by_the_admission(office: Office) -> None:
    office.around.admitted = None
    phone = await office.phone()
    invite = phone.invite()
    phone.send(ack(invite, await phone.response(403)))
    assert office.exchange.calls == []
    await office.is_quiet()


async def test_a_call_that_the_exchange_does_not_take(office: Office) -> None:
    office.exchange.takes = False
    phone = await office.phone()
    invite = phone.invite()
    came = await office.came()
    await came.leg.hang_up(Cause.UNREACHABLE)
    phone.send(ack(invite, await phone.response(404)))
    await office.is_quiet()


async def test_what_the_admission_says_counts(office: Office) -> None:
    number = Number("PN1", "AC1", "+14155550100", Steering("http://app"), Steering())
    office.around.admitted = Admitted(
        number, "+14155550123", "+14155550100", (("SipSourceIp", "x"), ("CallerName", "K")), "<Response/>",
        "trunking-terminating",
    )  # fmt: skip
    phone = await office.phone()
    invite = phone.invite(X_Hoyhoy_Hops="7")
    came = await office.came()
    assert came.leg.hops == 7  # calls that dial one another by SIP are counted too
    assert (came.told["callee"], came.told["caller"], came.told["called"]) == (number, "+14155550123", "+14155550100")
    assert (came.told["twiml"], came.told["direction"]) == ("<Response/>", "trunking-terminating")
    assert came.told["params"] == (("SipSourceIp", "x"), ("CallerName", "K"))
    await phone.response(180)
    await came.leg.hang_up(Cause.BUSY)
    phone.send(ack(invite, await phone.response(486)))
    await office.is_quiet()


def outside(phone: Phone, method: str, *, tag: str = "", **headers: str) -> Request:
    """A request of no dialog."""
    request = phone.opening(method)
    if tag:
        request.headers.set("To", request.to.tagged(tag))
    for name, value in headers.items():
        request.headers.set(name.replace("_", "-"), value)
    phone.send(request)
    return request


async def test_requests_outside_of_dialogs(office: Office) -> None:
    phone = await office.phone()
    for method, status, headers in (
        ("OPTIONS", 200, {}), ("REGISTER", 200, {}), ("NOTIFY", 200, {"Event": "keep-alive"}),
        ("NOTIFY", 481, {"Event": "refer"}), ("BYE", 481, {}), ("BYE", 481, {"tag": "nobody"}), ("INFO", 481, {}),
        ("UPDATE", 481, {}), ("PRACK", 481, {"RAck": "1 1 INVITE"}), ("REFER", 481, {"Refer_To": "<sip:a@b.example>"}),
        ("INVITE", 481, {"tag": "nobody"}), ("MESSAGE", 405, {}), ("SUBSCRIBE", 405, {}), ("BREW", 501, {}),
    ):  # fmt: skip
        request = outside(phone, method, **headers)
        response = await phone.final(request)
        assert response.status == status, method
        if method == "INVITE":
            phone.send(ack(request, response))
        if method == "OPTIONS":
            assert "application/sdp" in response.headers.tokens("Accept")
            assert {"invite", "update", "prack"} <= response.headers.tokens("Allow")
            assert {"timer", "100rel"} <= response.headers.tokens("Supported")
    assert len(office.around.registrations) == 1
    phone.send(phone.opening("ACK"))
    await phone.is_silent()
    await office.is_quiet()


async def test_no_more_calls_while_it_drains(office: Office) -> None:
    phone = await office.phone()
    talking, came = await phone.connected(office)
    office.line.drain()
    other = await office.phone()
    invite = other.invite()
    refusal = await other.response(503)
    assert refusal.headers.get("Retry-After") == "30"
    other.send(ack(invite, refusal))
    assert (await talking.ask("INFO")).status == 200
    await came.leg.hang_up()
    closing = office.clock.spawn(office.line.close(), "close")
    await talking.is_hung_up()
    await office.clock.advance(0.1)
    assert closing.done()
    await office.is_quiet()


async def test_a_stop_does_not_wait_for_ever(office: Office) -> None:
    phone = await office.phone()
    _, came = await phone.connected(office)
    await came.leg.hang_up()
    closing = office.clock.spawn(office.line.close(), "close")
    await office.clock.advance(2.1)
    assert closing.done() and office.line.dialogs == 1
    await office.is_quiet()


async def test_a_caller_who_gives_up_before_the_port_is_there(office: Office) -> None:
    phone = await office.phone()
    opening = office.plane.hold()
    invite = phone.invite()
    await until(lambda: opening.is_set())
    phone.send(cancel(invite))
    await phone.response(200, "CANCEL")
    phone.send(ack(invite, await phone.response(487)))
    office.plane.go_on()
    await turns(20)
    assert office.exchange.calls == []
    await office.is_quiet()


async def test_a_phone_behind_a_nat_is_reached_where_it_called_from(office: Office) -> None:
    """RFC 3581, RFC 5626: its Contact and its SDP name an address that nobody reaches."""
    phone = await office.phone()
    phone.inside = "10.9.8.7"
    invite = phone.invite(body=phone.offer().replace(b"127.0.0.1", b"10.9.8.7"))
    came = await office.came()
    await phone.response(180)
    await came.leg.answer()
    talking = phone.talking(invite, await phone.response(200))
    talking.confirm(invite)
    terms = office.plane.stream.last
    assert (terms.remote, terms.hosts) == (("10.9.8.7", 40000), (HOST,))
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_call_over_tcp(office: Office) -> None:
    """What is asked of the caller goes back by its connection; our Contact says TCP (RFC 3261 18.2.2)."""
    phone = await office.phone("tcp")
    invite = phone.invite()
    came = await office.came()
    ringing = await phone.response(180)
    assert ringing.contacts[0].uri.transport == "tcp"
    await came.leg.answer()
    talking = phone.talking(invite, await phone.response(200))
    talking.confirm(invite)
    await came.leg.hang_up()
    await talking.is_hung_up()
    await office.is_quiet()


async def test_a_secure_call_has_a_secure_contact(office: Office) -> None:
    """RFC 3261 12.1.1: without one it is refused; ours is secure too."""
    phone = await office.phone()
    phone.send(invite := phone.opening("INVITE", "sips:hoy@acme.sip.twilio.com", phone.offer()))
    phone.send(ack(invite, await phone.response(400)))
    invite = phone.opening("INVITE", "sips:hoy@acme.sip.twilio.com", b"")
    invite.headers.set("Contact", f"<sips:bob@{HOST}:{phone.wire.port}>")
    phone.send(invite)
    came = await office.came()
    assert (await phone.response(180)).contacts[0].uri.scheme == "sips"
    await came.leg.hang_up(Cause.BUSY)
    phone.send(ack(invite, await phone.response(486)))
    await office.is_quiet()
