"""A request of ours: repeated, cancelled, and failing over (RFC 3261 8.1.3.1, 9.1, 17.1; RFC 3263 4.3)."""

from __future__ import annotations

import pytest

from hoyhoy.lines.sip.target import Target
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.transaction import Failure

from .wires import HOST, Datagrams, Near, ours, turns, until


async def test_an_invite_of_ours_is_repeated_until_it_is_answered(endpoints, phones):
    us, phone = await endpoints(), await phones()
    outgoing = us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    first = await phone.request("INVITE")
    assert first.via.branch == outgoing.request.via.branch
    assert first.via.sent_by == f"{HOST}:{us.endpoint.ports['udp']}"
    us.alarm.advance(0.5)
    us.alarm.advance(1.0)
    assert bytes(await phone.request("INVITE")) == bytes(await phone.request("INVITE")) == bytes(first)
    phone.send(first.respond(180, to_tag="b"), us.target())
    assert (await us.hears()).status == 180
    us.alarm.advance(100)
    phone.send(first.respond(200, to_tag="b"), us.target())
    assert (await us.hears()).status == 200
    phone.send(first.respond(200, to_tag="b"), us.target())
    assert (await us.hears()).status == 200
    us.endpoint.send_ack(ours(us, phone.target, "ACK"), phone.target)
    await phone.request("ACK")
    us.alarm.advance(32)
    assert us.endpoint.transactions == (0, 0)


async def test_a_refusal_is_confirmed_as_often_as_it_comes_and_heard_once(endpoints, phones):
    us, phone = await endpoints(), await phones()
    us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    invite = await phone.request("INVITE")
    phone.send(invite.respond(486, to_tag="b"), us.target())
    assert (await phone.request("ACK")).via == invite.via
    phone.send(invite.respond(486, to_tag="b"), us.target())
    await phone.request("ACK")
    assert [one.status for one in us.heard] == [486]


async def test_nobody_answers(endpoints, phones):
    us, phone = await endpoints(), await phones()
    outgoing = us.endpoint.send(ours(us, phone.target, "OPTIONS"), [phone.target], us.heard.append)
    us.alarm.advance(32)
    assert (await us.hears()).status == 408
    assert outgoing.failure is Failure.TIMEOUT
    await until(lambda: len(phone.came) == 11)  # 17.1.2.2: at 0, 0.5, 1.5, 3.5 s and each 4 s


async def test_responses_that_are_not_ours_are_dropped(endpoints, phones):
    us, phone = await endpoints(), await phones()
    us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    invite = await phone.request("INVITE")
    (two := invite.respond(200)).headers.add("Via", "SIP/2.0/UDP elsewhere.example.com;branch=z9hG4bKx")
    phone.send(two, us.target())
    (other := invite.respond(200)).headers.set("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKother")
    phone.send(other, us.target())
    await until(lambda: us.endpoint.counts.total() == 2)
    assert us.heard == []


# Cancelling (RFC 3261 9.1)


async def test_cancel_waits_for_a_provisional_response(endpoints, phones):
    us, phone = await endpoints(), await phones()
    outgoing = us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    invite = await phone.request("INVITE")
    outgoing.cancel("Q.850;cause=16")
    await turns()
    assert phone.came == []
    phone.send(invite.respond(100), us.target())
    cancel = await phone.request("CANCEL")
    assert cancel.headers.get("Reason") == "Q.850;cause=16"
    assert cancel.via == invite.via
    phone.send(cancel.respond(200, to_tag="b"), us.target())
    phone.send(invite.respond(487, to_tag="b"), us.target())
    await phone.request("ACK")
    await until(lambda: len(us.heard) == 2)
    assert [one.status for one in us.heard] == [100, 487]


async def test_an_answer_that_crosses_cancel_is_heard(endpoints, phones):
    us, phone = await endpoints(), await phones()
    outgoing = us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    invite = await phone.request("INVITE")
    phone.send(invite.respond(180, to_tag="b"), us.target())
    assert (await us.hears()).status == 180
    outgoing.cancel()
    outgoing.cancel()
    await phone.request("CANCEL")
    phone.send(invite.respond(200, to_tag="b"), us.target())
    assert (await us.hears()).status == 200
    assert phone.came == []


async def test_a_canceled_call_that_nobody_ends_is_over_after_32_seconds(endpoints, phones):
    us, phone = await endpoints(), await phones()
    outgoing = us.endpoint.send(ours(us, phone.target), [phone.target], us.heard.append)
    invite = await phone.request("INVITE")
    phone.send(invite.respond(180, to_tag="b"), us.target())
    await us.hears()
    outgoing.cancel()
    us.alarm.advance(32)
    assert (await us.hears()).status == 408
    us.alarm.advance(32)
    assert us.endpoint.transactions == (0, 0)


# Failing over (RFC 3261 8.1.3.1, RFC 3263 4.3)


async def failed_over(us: Near, phone: Datagrams) -> Request:
    second = await phone.request("INVITE")
    phone.send(second.respond(200, to_tag="b"), us.target())
    assert (await us.hears()).status == 200
    return second


async def test_a_target_that_refuses_the_connection_makes_way(endpoints, phones, servers):
    us, phone, gone = await endpoints(), await phones(), await servers()
    gone.close()
    outgoing = us.endpoint.send(ours(us, gone.target()), [gone.target(), phone.target], us.heard.append)
    invite = await failed_over(us, phone)
    assert invite.via.transport == "UDP"
    assert str(invite.contacts[0].uri) == f"sip:hoy@{HOST}:{us.endpoint.ports['udp']}"
    assert outgoing.target == phone.target


async def test_a_target_out_of_service_makes_way(endpoints, phones):
    us, one, two = await endpoints(), await phones(), await phones()
    us.endpoint.send(ours(us, one.target), [one.target, two.target], us.heard.append)
    first = await one.request("INVITE")
    one.send(first.respond(100), us.target())
    assert (await us.hears()).status == 100
    one.send(first.respond(503, to_tag="a"), us.target())
    await one.request("ACK")
    second = await failed_over(us, two)
    assert second.via.branch != first.via.branch
    assert (second.call_id, second.cseq, second.from_) == (first.call_id, first.cseq, first.from_)
    one.send(first.respond(503, to_tag="a"), us.target())
    assert (await one.request("ACK")).via == first.via


async def test_a_target_that_says_nothing_makes_way(endpoints, phones):
    us, one, two = await endpoints(), await phones(), await phones()
    us.endpoint.send(ours(us, one.target), [one.target, two.target], us.heard.append)
    us.alarm.advance(32)
    await failed_over(us, two)


async def test_a_target_that_works_on_it_keeps_it(endpoints, phones):
    us, one, two = await endpoints(), await phones(), await phones()
    us.endpoint.send(ours(us, one.target), [one.target, two.target], us.heard.append)
    first = await one.request("INVITE")
    one.send(first.respond(183, to_tag="a"), us.target())
    one.send(first.respond(503, to_tag="a"), us.target())
    await one.request("ACK")
    await until(lambda: len(us.heard) == 2)
    assert [response.status for response in us.heard] == [183, 503]
    assert two.came == []


async def test_the_last_failure_is_heard(endpoints, servers):
    us, gone = await endpoints(), await servers()
    gone.close()
    outgoing = us.endpoint.send(ours(us, gone.target()), [gone.target()] * 2, us.heard.append)
    assert us.heard == []
    assert (await us.hears()).status == 503
    assert outgoing.failure is Failure.TRANSPORT
    assert us.endpoint.transactions == (0, 0)


async def test_what_is_wanted_no_more_goes_to_nobody_else(endpoints, phones):
    us, one, two = await endpoints(), await phones(), await phones()
    outgoing = us.endpoint.send(ours(us, one.target), [one.target, two.target], us.heard.append)
    outgoing.cancel()
    us.alarm.advance(32)
    assert (await us.hears()).status == 408
    assert two.came == []


async def test_a_request_without_target(endpoints):
    us = await endpoints()
    with pytest.raises(ValueError, match="needs a target"):
        us.endpoint.send(ours(us, Target("udp", HOST, 9)), [], us.heard.append)


async def test_a_request_that_cannot_be_written_does_not_run(endpoints, phones):
    us, phone = await endpoints(), await phones()
    request = ours(us, phone.target)
    request.method = "INVITE\r\nEvil: yes"
    with pytest.raises(SipError, match="line break"):
        us.endpoint.send(request, [phone.target], us.heard.append)
    assert us.endpoint.transactions == (0, 0)
