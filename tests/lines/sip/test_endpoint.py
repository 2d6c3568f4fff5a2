"""The endpoint's transactions on real sockets (RFC 3261 8, 9, 17, 18; RFC 3581; RFC 4475)."""

from __future__ import annotations

import logging

import pytest

from hoyhoy.exchange.chance import SeededChance
from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.lines.sip.endpoint import Endpoint
from hoyhoy.lines.sip.inbound import Inbound
from hoyhoy.lines.sip.target import Bind, Limits, Target
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.transaction import Failure
from hoyhoy.wire.sip.transaction import ack as ack_of
from tests.wire.sip.torture import TORTURES

from .wires import ABILITIES, HOST, made, ours, turns, until

# Requests that come


async def test_a_request_is_answered_where_it_came_from(endpoints, phones):
    """RFC 3581 4: rport."""
    us, phone = await endpoints(), await phones()
    phone.send(made(), us.target())
    inbound = await us.next()
    assert inbound.source == phone.target
    assert inbound.local == us.target()
    inbound.respond(inbound.request.respond(200))
    answer = await phone.response(200)
    assert answer.via.params.get("rport") == str(phone.port)
    assert answer.via.params.get("received") == HOST
    assert answer.to.tag == inbound.tag


async def test_without_rport_the_answer_goes_to_the_port_of_via(endpoints, phones):
    """RFC 3261 18.2.2."""
    us, phone, elsewhere = await endpoints(), await phones(), await phones()
    phone.send(made(via=f"SIP/2.0/UDP phone.example.com:{elsewhere.port};branch=z9hG4bKone"), us.target())
    (await us.next()).refuse(SipError("busy", 486))
    answer = await elsewhere.response(486)
    assert answer.via.params.get("received") == HOST


async def test_a_request_that_comes_again_gets_the_same_answer_once_given(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(made(), us.target())
    inbound = await us.next()
    phone.send(made(), us.target())
    inbound.respond(inbound.request.respond(200))
    first = await phone.response(200)
    phone.send(made(), us.target())
    assert bytes(await phone.response(200)) == bytes(first)
    assert us.came == []
    us.alarm.advance(32)
    assert us.endpoint.transactions == (0, 0)


async def test_an_invite_nobody_answers_gets_100_after_200_ms(endpoints, phones):
    """RFC 3261 17.2.1."""
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE"), us.target())
    inbound = await us.next()
    us.alarm.advance(0.199)
    assert phone.came == []
    us.alarm.advance(0.002)
    assert not (await phone.response(100)).to.tag
    inbound.respond(inbound.request.respond(180))
    assert (await phone.response(180)).to.tag == inbound.tag


async def test_a_refused_invite_is_repeated_until_its_ack(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(invite := made("INVITE"), us.target())
    inbound = await us.next()
    inbound.refuse(SipError("busy", 486))
    refusal = await phone.response(486)
    us.alarm.advance(0.5)
    await phone.response(486)
    phone.send(ack_of(invite, refusal), us.target())
    await until(
        lambda: us.endpoint._served and all(one.tx.state == "confirmed" for one in us.endpoint._served.values())
    )
    us.alarm.advance(4.9)
    assert us.endpoint.transactions == (1, 0)
    us.alarm.advance(0.2)
    assert us.endpoint.transactions == (0, 0)
    assert (us.came, phone.came) == ([], [])


async def test_nobody_confirms_a_refusal(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE"), us.target())
    inbound = await us.next()
    failures: list[Failure] = []
    inbound.on_failure = failures.append
    inbound.refuse(SipError("busy", 486))
    us.alarm.advance(32)
    assert failures == [Failure.NO_ACK]
    assert us.endpoint.transactions == (0, 0)


async def test_a_2xx_is_repeated_by_its_user_and_its_ack_is_passed_on(endpoints, phones):
    """RFC 3261 13.3.1.4, RFC 6026 7.1."""
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE"), us.target())
    inbound = await us.next()
    inbound.respond(ok := inbound.request.respond(200))
    first = await phone.response(200)
    phone.send(made("INVITE"), us.target())  # absorbed: the user repeats
    inbound.respond(ok)
    assert bytes(await phone.response(200)) == bytes(first)
    phone.send(made("ACK", via="SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKtwo", tag=inbound.tag), us.target())
    confirmed = await us.next()
    assert (confirmed.request.method, confirmed.is_answered) == ("ACK", True)
    confirmed.refuse(SipError("nobody answers an ACK"))
    inbound.respond(inbound.request.respond(500))
    await turns()
    assert phone.came == []


async def test_an_ack_with_the_branch_of_its_invite_is_passed_on(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE"), us.target())
    inbound = await us.next()
    inbound.respond(inbound.request.respond(200))
    await phone.response(200)
    phone.send(made("ACK", tag=inbound.tag), us.target())
    assert (await us.next()).request.method == "ACK"


async def test_a_stray_ack_is_dropped(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(made("ACK"), us.target())
    await until(lambda: us.endpoint.counts["ACKs for refusals dropped"])
    assert (us.came, phone.came) == ([], [])


@pytest.mark.parametrize(
    ("request_", "status", "header"),
    [
        (made("PUBLISH"), 405, "Allow"),
        (made("DANCE"), 501, "Allow"),
        (made("INVITE", Require="nothing-we-know"), 420, "Unsupported"),
        (made("INVITE", body=b"x", Content_Type="text/plain"), 415, "Accept"),
        (made("INVITE", Max_Forwards="0"), 483, ""),
    ],
)
async def test_what_we_cannot_do_is_refused_without_a_transaction(endpoints, phones, request_, status, header):
    """RFC 3261 8.2; 8.2.7: a refusal is the same as often as its request comes, and its ACK is known."""
    us, phone = await endpoints(), await phones()
    phone.send(request_, us.target())
    first = await phone.response(status)
    phone.send(request_, us.target())
    assert bytes(await phone.response(status)) == bytes(first)
    assert not header or header in first.headers
    phone.send(ack_of(request_, first), us.target())
    await until(lambda: us.endpoint.counts["ACKs for refusals dropped"])
    assert us.endpoint.transactions == (0, 0)
    assert us.came == []


@pytest.mark.parametrize(("method", "tag"), [("OPTIONS", ""), ("REGISTER", ""), ("BYE", "ours")])
async def test_what_is_for_ourselves_needs_no_hop_more(endpoints, phones, method, tag):
    us, phone = await endpoints(), await phones()
    phone.send(made(method, tag=tag, Max_Forwards="0"), us.target())
    assert (await us.next()).request.method == method


async def test_the_same_request_by_another_way_is_a_loop(endpoints, phones):
    """RFC 3261 8.2.2.2: equal From tag, Call-ID and CSeq, another branch."""
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE"), us.target())
    inbound = await us.next()
    other = made("INVITE", via="SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKtwo")
    phone.send(other, us.target())
    await phone.response(482)
    assert us.came == []
    inbound.respond(inbound.request.respond(200))
    await phone.response(200)
    us.alarm.advance(32)
    phone.send(other, us.target())
    assert (await us.next()).request.method == "INVITE"


async def test_what_was_refused_may_be_tried_again_by_another_way(endpoints, phones):
    us, phone = await endpoints(), await phones()
    for branch in ("one", "two"):
        phone.send(made("INVITE", via=f"SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{branch}"), us.target())
        (await us.next()).refuse(SipError("come again", 503))
        await phone.response(503)


async def test_equal_call_ids_are_two_calls(endpoints, phones):
    us, one, two = await endpoints(), await phones(), await phones()
    one.send(made("INVITE"), us.target())
    two.send(made("INVITE", "SIP/2.0/UDP 127.0.0.2;rport;branch=z9hG4bKone", From="<sip:x@y>;tag=x"), us.target())
    first, second = await us.next(), await us.next()
    first.respond(first.request.respond(486))
    second.respond(second.request.respond(404))
    await one.response(486)
    await two.response(404)


async def test_a_line_that_breaks_answers_500(endpoints, phones, caplog):
    us, phone = await endpoints(), await phones()

    def breaks(inbound: object) -> None:
        raise ZeroDivisionError

    us.endpoint.receive = breaks
    with caplog.at_level(logging.CRITICAL, "hoyhoy"):
        phone.send(made(), us.target())
        await phone.response(500)


async def test_a_request_that_nobody_answers_is_forgotten_when_its_sender_has(endpoints, phones):
    """RFC 3261 17.1.2.2: timer F."""
    us, phone = await endpoints(), await phones()
    phone.send(made("MESSAGE"), us.target())
    inbound = await us.next()
    inbound.respond(inbound.request.respond(180))
    us.alarm.advance(31.9)
    assert us.endpoint.transactions == (1, 0)
    us.alarm.advance(0.2)
    assert us.endpoint.transactions == (0, 0)


async def test_a_line_refuses_by_sip_error(endpoints, phones):
    us, phone = await endpoints(), await phones()

    def refuses(inbound: object) -> None:
        raise SipError("no such call", 481)

    us.endpoint.receive = refuses
    phone.send(made("BYE", tag="gone"), us.target())
    await phone.response(481)


# Limits


async def test_too_many_transactions(endpoints, phones):
    us, phone = await endpoints(limits=Limits(server_transactions=10)), await phones()
    for number in range(10):
        via = f"SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{number}"
        phone.send(made("INVITE", via, call_id=str(number)), us.target())
    for _ in range(2):
        assert (await phone.response(503)).headers.get("Retry-After")
    phone.send(made("REGISTER", call_id="r"), us.target())
    phone.send(made("REGISTER", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKs", call_id="s"), us.target())
    assert (await phone.response(503)).call_id == "s"
    phone.send(made("BYE", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKt", tag="ours"), us.target())
    await until(lambda: us.endpoint.transactions == (10, 0))


async def test_calls_that_begin_are_refused_while_there_is_congestion_and_others_go_on(endpoints, phones):
    """RFC 3261 21.5.4; without a transaction (8.2.7), so that refusing costs little."""
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE", call_id="first"), us.target())
    first = await us.next()
    assert us.endpoint.beginning == 1
    us.endpoint.is_congested = lambda: us.endpoint.beginning >= 1
    via = "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKtwo"
    phone.send(made("INVITE", via, call_id="second"), us.target())
    refused = await phone.response(503)
    assert (refused.call_id, refused.headers.get("Retry-After")) == ("second", "5")
    assert us.endpoint.transactions == (1, 0)
    phone.send(made("INVITE", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKre", call_id="old", tag="ours"), us.target())
    assert (await us.next()).request.call_id == "old"  # a re-INVITE begins nothing
    assert us.endpoint.beginning == 1
    first.respond(first.request.respond(180))
    assert us.endpoint.beginning == 1
    first.respond(first.request.respond(200))
    assert us.endpoint.beginning == 0
    phone.send(made("INVITE", via, call_id="second"), us.target())
    assert (await us.next()).request.call_id == "second"


async def test_calls_that_nobody_answers_do_not_begin_for_ever(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(made("INVITE"), us.target())
    await us.next()
    await us.endpoint.close()
    assert us.endpoint.beginning == 0


async def test_an_address_that_sends_too_much_is_not_listened_to(endpoints, phones, caplog):
    us, phone = await endpoints(limits=Limits(messages_per_second=2)), await phones()
    for number in range(6):
        via = f"SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{number}"
        phone.send(made("OPTIONS", via, call_id=str(number)), us.target())
    await until(lambda: us.endpoint.counts.total() == 2)
    assert [record.message for record in caplog.records if "address" in record.message] == [
        "SIP: datagrams beyond what one address may send dropped (1)"
    ]
    us.alarm.advance(0.5)
    phone.send(made("OPTIONS", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKlater", call_id="later"), us.target())
    await until(lambda: us.came and us.came[-1].request.call_id == "later")


async def test_too_many_requests_of_ours(endpoints, phones):
    us, phone = await endpoints(limits=Limits(client_transactions=1)), await phones()
    us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    assert (await us.hears()).status == 503


# Malformed (RFC 4475)


async def test_the_torture_messages_harm_nobody(endpoints, phones):
    us, phone = await endpoints(), await phones()
    for torture in TORTURES.values():
        phone.send(torture.octets, us.target())
    phone.send(made("OPTIONS", call_id="the-end"), us.target())
    await until(lambda: us.came and us.came[-1].request.call_id == "the-end")
    assert us.endpoint.counts["messages we failed at"] == 0
    await turns()
    for octets in phone.came:
        assert octets.startswith(b"SIP/2.0 ")


async def test_a_malformed_request_is_told_what_is_wrong(endpoints, phones):
    us, phone = await endpoints(), await phones()
    phone.send(bytes(made()).replace(b"CSeq: 1 OPTIONS", b"CSeq: one OPTIONS"), us.target())
    await until(lambda: phone.came)
    assert phone.came[0].startswith(b"SIP/2.0 400 malformed CSeq\r\n")


async def test_noise_is_dropped_and_counted(endpoints, phones):
    us, phone = await endpoints(), await phones()
    for noise in (b"\r\n\r\n", b"\0", b"", b"HELLO", b"\xff" * 100):
        phone.send(noise, us.target())
    await until(lambda: us.endpoint.counts["what is no SIP dropped"] == 2)
    assert phone.came == []


async def test_all_that_passes_can_be_watched(endpoints, phones):
    us, phone = await endpoints(), await phones()
    seen: list[tuple[str, Target, bytes]] = []
    us.endpoint.on_wire = lambda *passed: seen.append(passed)
    phone.send(request := made(), us.target())
    inbound = await us.next()
    inbound.respond(inbound.request.respond(200))
    answer = await phone.response(200)
    assert seen == [("in", phone.target, bytes(request)), ("out", phone.target, bytes(answer))]


async def test_a_driven_clock_drives_the_timers(phones):
    clock, phone = VirtualClock(1_000_000.0), await phones()
    endpoint = Endpoint(clock, SeededChance(1), abilities=ABILITIES)
    came: list[Inbound] = []
    endpoint.receive = came.append
    await endpoint.start([Bind("udp", HOST)])
    phone.send(made("INVITE"), Target("udp", HOST, endpoint.ports["udp"]))
    await until(lambda: came)
    await clock.advance(0.3)
    await phone.response(100)
    came[0].refuse(SipError("busy", 486))
    await clock.advance(32)
    assert endpoint.transactions == (0, 0)
    await until(lambda: len(phone.came) == 11)  # RFC 3261 17.2.1: at 0, 0.5, 1.5, 3.5 s and each 4 s
    await endpoint.close()
    await clock.close()


async def test_without_a_line_nobody_is_at_home(phones):
    clock, phone = RealClock(), await phones()
    endpoint = Endpoint(clock, SeededChance(1), abilities=ABILITIES)
    await endpoint.start([Bind("udp", HOST)])
    phone.send(made(), Target("udp", HOST, endpoint.ports["udp"]))
    await phone.response(503)
    await endpoint.close()
    await clock.close()
