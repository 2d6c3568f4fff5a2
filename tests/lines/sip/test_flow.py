"""One connection: keep-alives, limits, and what a peer may not do (RFC 3261 18.3, RFC 5626 4.4.1)."""

from __future__ import annotations

from dataclasses import replace

from hoyhoy.lines.sip.target import Limits
from hoyhoy.wire.sip.stream import KeepAlive

from .wires import made, turns, until

VIA = "SIP/2.0/TCP 127.0.0.1;rport;branch=z9hG4bKone"


async def test_a_ping_gets_its_pong(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(b"\r\n\r\n")
    await until(lambda: phone.octets == b"\r\n")


async def test_messages_in_pieces_and_in_one(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    octets = bytes(made("OPTIONS", VIA)) + bytes(made("MESSAGE", VIA.replace("one", "two"), number=2))
    phone.send(octets[:100])
    await turns()
    phone.send(octets[100:])
    assert [(await us.next()).request.method for _ in range(2)] == ["OPTIONS", "MESSAGE"]


async def test_a_connection_without_a_message_is_closed(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(b"\r\n\r\n")
    await until(lambda: phone.octets)
    us.alarm.advance(14.9)
    await turns()
    assert not phone.is_closed
    us.alarm.advance(0.2)
    await until(lambda: phone.is_closed)


async def test_half_a_message_is_not_waited_for(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    octets = bytes(made("OPTIONS", VIA))
    phone.send(octets + octets[:50])
    await us.next()
    us.alarm.advance(20)
    phone.send(octets[50:60])
    await turns(50)
    assert not phone.is_closed
    us.alarm.advance(10)
    await until(lambda: phone.is_closed)


async def test_an_idle_connection_is_closed_and_one_that_pings_is_kept(endpoints, callers):
    us = await endpoints("tcp")
    idle, alive = [await callers(us.target("tcp")) for _ in range(2)]
    for number, phone in enumerate((idle, alive)):
        phone.send(made("OPTIONS", f"{VIA}{number}", call_id=str(number)))
        await us.next()
    us.alarm.advance(899)
    alive.send(b"\r\n\r\n")
    await until(lambda: alive.octets)
    us.alarm.advance(2)
    await until(lambda: idle.is_closed)
    assert not alive.is_closed


async def test_a_connection_that_calls_hang_on_may_be_idle(endpoints, callers):
    us = await endpoints("tcp")
    first, second = [await callers(us.target("tcp")) for _ in range(2)]
    needed = set()
    for number, phone in enumerate((first, second)):
        phone.send(made("OPTIONS", f"{VIA}{number}", call_id=str(number)))
        source = (await us.next()).source
        needed.add(replace(source, flow=source.flow * number))  # by its number, or as whoever calls its port knows it
    us.endpoint.is_needed = needed.__contains__
    us.alarm.advance(2000)
    await turns(50)
    assert not first.is_closed and not second.is_closed
    needed.clear()
    us.alarm.advance(901)
    await until(lambda: first.is_closed and second.is_closed)


async def test_a_stream_that_is_no_sip_is_closed(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    await until(lambda: phone.is_closed)
    assert us.endpoint.counts["a stream that is no SIP: connection closed"] == 1


async def test_a_first_message_that_never_ends_is_not_kept(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(b"x" * 20_000)
    await until(lambda: phone.is_closed)


async def test_a_request_whose_length_is_missing_is_answered_and_the_connection_closed(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(bytes(made("OPTIONS", VIA)).replace(b"Content-Length: 0\r\n", b""))
    await phone.response(400)
    await until(lambda: phone.is_closed)


async def test_a_peer_that_sends_too_fast_waits(endpoints, callers):
    """Nothing is lost on a stream: it is read later."""
    us = await endpoints("tcp", limits=Limits(messages_per_second=2))
    phone = await callers(us.target("tcp"))
    for number in range(5):
        phone.send(made("OPTIONS", f"{VIA}{number}", call_id=str(number)))
    await until(lambda: us.endpoint.counts["a peer that sends too fast: made to wait"])
    phone.send(made("OPTIONS", VIA, call_id="last"))
    await turns(50)
    assert "last" not in [one.request.call_id for one in us.came]
    us.alarm.advance(3)
    await until(lambda: us.came[-1].request.call_id == "last")
    assert len(us.came) == 6


async def test_a_peer_that_does_not_read_loses_the_connection(endpoints, callers):
    us = await endpoints("tcp", limits=Limits(unsent=10_000))
    phone = await callers(us.target("tcp"))
    phone.send(made("OPTIONS", VIA))
    inbound = await us.next()
    phone._transport.pause_reading()
    for _ in range(1000):
        us.endpoint.send_ack(made("ACK", VIA, body=b"x" * 60_000), inbound.source)
        if us.endpoint.counts["a peer that does not read: connection closed"]:
            break
    else:
        raise AssertionError("it was never closed")
    phone._transport.resume_reading()
    await until(lambda: phone.is_closed)


async def test_a_ping_between_messages(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(bytes(made("OPTIONS", VIA)) + b"\r\n\r\n" + bytes(made("MESSAGE", VIA + "2", number=2)))
    assert [(await us.next()).request.method for _ in range(2)] == ["OPTIONS", "MESSAGE"]
    assert KeepAlive.PING not in phone.came
    await until(lambda: phone.octets == b"\r\n")
