"""Sockets and connections: which way a message goes (RFC 3261 18, RFC 5923), and how many there may be."""

from __future__ import annotations

import asyncio
import ssl

import pytest
import uvloop

from hoyhoy.lines.sip.target import Bind, Limits, Target
from hoyhoy.lines.sip.tls import client_context
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.transaction import Failure

from .wires import HOST, Near, made, near, ours, turns, until

TCP = "SIP/2.0/TCP 127.0.0.1;rport;branch=z9hG4bKone"
TLS = "SIP/2.0/TLS 127.0.0.1;rport;branch=z9hG4bKone"


async def test_over_tcp_the_answer_and_our_requests_take_the_connection_back(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(made("REGISTER", TCP))
    inbound = await us.next()
    inbound.respond(inbound.request.respond(200))
    assert (await phone.response(200)).via.params.get("rport") == str(phone.port)
    for target in (inbound.source, Target("tcp", HOST, phone.port)):
        us.endpoint.send(ours(us, target), [target], us.heard.append)
        invite = await phone.request("INVITE")
        assert invite.via.transport == "TCP"
        phone.send(invite.respond(486, to_tag="b"))
        assert (await us.hears()).status == 486
        await phone.request("ACK")


async def test_over_tcp_nothing_is_repeated_and_little_is_kept(endpoints, servers):
    us, server = await endpoints(), await servers()
    us.endpoint.send(ours(us, server.target(), "OPTIONS"), [server.target()], us.heard.append)
    far = await server.connection()
    first = await far.request("OPTIONS")
    us.alarm.advance(31)
    far.send(first.respond(200, to_tag="b"))
    assert (await us.hears()).status == 200
    assert us.endpoint.transactions == (0, 0)
    assert far.came == []


async def test_one_connection_serves_all_requests_to_a_target(endpoints, servers):
    us, server = await endpoints(), await servers()
    for _ in range(3):
        us.endpoint.send(ours(us, server.target(), "OPTIONS"), [server.target()], us.heard.append)
    far = await server.connection()
    branches = {(await far.request("OPTIONS")).via.branch for _ in range(3)}
    us.endpoint.send(ours(us, server.target(), "OPTIONS"), [server.target()], us.heard.append)
    branches.add((await far.request("OPTIONS")).via.branch)
    assert len(branches) == 4
    assert len(server.connections) == 1


async def test_a_connection_that_breaks_is_a_failure_at_once(endpoints, servers, phones):
    us, server, phone = await endpoints(), await servers(), await phones()
    us.endpoint.send(ours(us, server.target()), [server.target(), phone.target], us.heard.append)
    far = await server.connection()
    await far.request("INVITE")
    far.close()
    await phone.request("INVITE")


async def test_a_phone_that_hung_up_its_connection_cannot_be_called(endpoints, callers):
    us = await endpoints("tcp")
    phone = await callers(us.target("tcp"))
    phone.send(made("INVITE", TCP))
    inbound = await us.next()
    phone.close()
    await until(lambda: not us.endpoint._transports._open)
    outgoing = us.endpoint.send(ours(us, inbound.source), [inbound.source], us.heard.append)
    assert (await us.hears()).status == 503
    assert outgoing.failure is Failure.TRANSPORT


async def test_an_answer_whose_connection_is_gone_goes_to_the_port_of_via(endpoints, callers, servers):
    """RFC 3261 18.2.2."""
    us, server = await endpoints("tcp"), await servers()
    phone = await callers(us.target("tcp"))
    phone.send(made("INVITE", f"SIP/2.0/TCP proxy.example.com:{server.port};branch=z9hG4bKone"))
    inbound = await us.next()
    phone.close()
    await until(lambda: not us.endpoint._transports._open)
    inbound.respond(inbound.request.respond(180))
    await (await server.connection()).response(180)
    inbound.respond(inbound.request.respond(200))
    await (await server.connection()).response(200)
    assert len(server.connections) == 1


async def test_an_answer_that_nobody_takes(endpoints, callers, servers):
    us, gone = await endpoints("tcp"), await servers()
    gone.close()
    phone = await callers(us.target("tcp"))
    phone.send(made("INVITE", f"SIP/2.0/TCP 127.0.0.1:{gone.port};branch=z9hG4bKone"))
    inbound = await us.next()
    phone.close()
    await until(lambda: not us.endpoint._transports._open)
    failures: list[Failure] = []
    inbound.on_failure = failures.append
    inbound.respond(inbound.request.respond(200))
    await until(lambda: failures == [Failure.TRANSPORT])


async def test_tls_both_ways(endpoints, callers, servers, certificates):
    us = await endpoints("tls", tls=certificates.server(), client_tls=certificates.client())
    phone = await callers(us.target("tls"), certificates.client())
    phone.send(made("OPTIONS", TLS))
    inbound = await us.next()
    assert inbound.source.transport == "tls"
    assert str(us.endpoint.contact(inbound.source, "hoy").uri) == (
        f"sip:hoy@{HOST}:{us.endpoint.ports['tls']};transport=tls"
    )
    inbound.respond(inbound.request.respond(200))
    await phone.response(200)
    server = await servers(certificates.server())
    for name in ("localhost", ""):
        target = server.target("tls", name)
        us.endpoint.send(ours(us, target, "OPTIONS"), [target], us.heard.append)
        far = await server.connection(0 if name else 1)
        request = await far.request("OPTIONS")
        assert request.via.transport == "TLS"
        far.send(request.respond(200, to_tag="b"))
        assert (await us.hears()).status == 200


@pytest.mark.parametrize("trusting", [True, False])
async def test_a_certificate_for_somebody_else_is_refused(endpoints, servers, certificates, trusting):
    """RFC 5922 7.2. One that nobody vouches for is refused as well."""
    context = certificates.client() if trusting else client_context()
    us, server = await endpoints(client_tls=context), await servers(certificates.server())
    target = server.target("tls", "somebody.example.com" if trusting else "localhost")
    us.endpoint.send(ours(us, target), [target], us.heard.append)
    assert (await us.hears()).status == 503


async def test_an_unverified_peer_where_that_is_asked_for(endpoints, servers, certificates):
    us, server = await endpoints(client_tls=client_context(verify=False)), await servers(certificates.server())
    us.endpoint.send(ours(us, server.target("tls", "x"), "OPTIONS"), [server.target("tls", "x")], us.heard.append)
    await (await server.connection()).request("OPTIONS")


async def test_a_caller_that_speaks_no_tls(endpoints, callers, certificates):
    us = await endpoints("tls", tls=certificates.server())
    phone = await callers(us.target("tls"))
    phone.send(made("OPTIONS", TLS))
    await until(lambda: phone.is_closed)
    await until(lambda: not us.endpoint._transports._open)
    assert us.endpoint.counts["TLS handshakes that failed"] == 1


async def test_connections_have_a_limit(endpoints, callers):
    us = await endpoints("tcp", limits=Limits(connections=2))
    phones = [await callers(us.target("tcp")) for _ in range(3)]
    await until(lambda: phones[2].is_closed)
    assert not phones[1].is_closed
    phones[0].close()
    await until(lambda: len(us.endpoint._transports._open) == 1)
    phone = await callers(us.target("tcp"))
    phone.send(made("OPTIONS", TCP))
    await us.next()


async def test_connections_of_one_address_have_a_limit(endpoints, callers):
    us = await endpoints("tcp", limits=Limits(connections_per_address=1))
    phones = [await callers(us.target("tcp")) for _ in range(2)]
    await until(lambda: phones[1].is_closed)
    assert not phones[0].is_closed
    phones[0].close()
    await until(lambda: not us.endpoint._transports._held)


async def test_connections_that_came_leave_room_for_ours(endpoints, callers, servers):
    us, server = await endpoints("tcp", limits=Limits(connections=1)), await servers()
    await callers(us.target("tcp"))
    await until(lambda: us.endpoint._transports._held)
    us.endpoint.send(ours(us, server.target()), [server.target()], us.heard.append)
    await (await server.connection()).request("INVITE")


@pytest.mark.parametrize("begun", [True, False])
async def test_what_waits_for_a_connection_at_the_end_is_told_nothing(endpoints, phones, servers, begun):
    us, phone, mute = await endpoints(), await phones(), await servers()
    target = mute.target("tls")  # it never says hello
    us.endpoint.send(ours(us, target), [target, phone.target], us.heard.append)
    if begun:
        await mute.connection()
    await us.endpoint.close()
    await turns()
    assert (us.heard, phone.came, us.endpoint.transactions) == ([], [], (0, 0))
    assert not us.endpoint._transports._open


async def test_no_room_for_a_connection_of_ours(endpoints, servers):
    us, server = await endpoints(limits=Limits(connections=0)), await servers()
    us.endpoint.send(ours(us, server.target()), [server.target()], us.heard.append)
    assert (await us.hears()).status == 503


async def test_a_long_request_goes_by_tcp_where_the_uri_leaves_it_open(endpoints, servers):
    """RFC 3261 18.1.1."""
    us, server = await endpoints(), await servers()
    target = Target("udp", HOST, server.port, is_open=True)
    outgoing = us.endpoint.send(ours(us, target, body=b"x" * 1300), [target], us.heard.append)
    invite = await (await server.connection()).request("INVITE")
    assert invite.via.transport == "TCP"
    assert outgoing.target.transport == "tcp"


async def test_a_long_request_goes_by_udp_where_nobody_speaks_tcp(endpoints, phones):
    us, phone = await endpoints(), await phones()
    target = Target("udp", HOST, phone.port, is_open=True)
    us.endpoint.send(ours(us, target, body=b"x" * 1300), [target], us.heard.append)
    assert (await phone.request("INVITE")).via.transport == "UDP"


async def test_a_short_request_and_a_settled_transport_stay_with_udp(endpoints, phones):
    us, phone = await endpoints(), await phones()
    for target, body in ((Target("udp", HOST, phone.port, is_open=True), b""), (phone.target, b"x" * 1300)):
        us.endpoint.send(ours(us, target, body=body), [target], us.heard.append)
        assert (await phone.request("INVITE")).via.transport == "UDP"


async def test_a_request_that_no_datagram_can_hold(endpoints, phones):
    us, phone = await endpoints(), await phones()
    us.endpoint.send(ours(us, phone.target, body=b"x" * 70_000), [phone.target], us.heard.append)
    assert us.heard == []
    assert (await us.hears()).status == 503


async def test_the_answer_leaves_by_the_socket_the_request_came_to(endpoints, phones):
    us, phone = await endpoints(), await phones()
    await us.endpoint.start([Bind("udp", "127.0.0.2")])
    second = us.endpoint._transports._udp[1]
    phone.send(made(), Target("udp", "127.0.0.2", second.port))
    inbound = await us.next()
    assert inbound.local == Target("udp", "127.0.0.2", second.port)
    seen: list[int] = []
    phone.datagram_received = lambda data, addr: seen.append(addr[1])
    inbound.respond(inbound.request.respond(200))
    await until(lambda: seen == [second.port])
    assert us.endpoint.local(phone.target) == us.target()


async def test_where_we_are_behind_a_nat(endpoints, phones):
    us, phone = await endpoints(), await phones()
    await us.endpoint.close()
    await us.endpoint.start([Bind("udp", "0.0.0.0")])
    assert us.endpoint.local(phone.target).host == HOST
    await us.endpoint.close()
    await us.endpoint.start([Bind("udp", HOST, advertised="sip.example.com")])
    assert us.endpoint.via(phone.target).host == "sip.example.com"
    assert us.endpoint.contact(phone.target, "+1 5").uri.host == "sip.example.com"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_place_that_is_taken(endpoints, transport):
    us, other = await endpoints(transport), await endpoints()
    taken = us.endpoint.ports[transport]
    with pytest.raises(OSError, match=f"cannot listen for SIP at {transport.upper()} 127.0.0.1 port {taken}: .*in use"):
        await other.endpoint.start([Bind("udp", HOST), Bind(transport, HOST, taken)])


async def test_a_place_that_makes_no_sense(endpoints):
    us = await endpoints()
    with pytest.raises(OSError, match="not spoken over 'sctp'"):
        await us.endpoint.start([Bind("sctp", HOST)])
    with pytest.raises(OSError, match="'localhost' is none"):
        await us.endpoint.start([Bind("udp", "localhost")])
    with pytest.raises(OSError, match="needs a certificate"):
        await us.endpoint.start([Bind("tls", HOST)])


async def test_ipv6(endpoints, phones):
    us = await endpoints()
    try:
        await us.endpoint.start([Bind("udp", "::1")])
    except OSError:
        pytest.skip("this machine has no IPv6")
    here = Target("udp", "::1", us.endpoint._transports._udp[-1].port)
    us.endpoint.send(ours(us, here, "OPTIONS"), [here], us.heard.append)
    inbound = await us.next()
    assert inbound.source == here
    assert inbound.request.via.host == "[::1]"
    inbound.refuse(SipError("no", 404))
    assert (await us.hears()).status == 404


async def test_closing_says_good_bye_to_connections(endpoints, callers, servers):
    us, server = await endpoints("tcp"), await servers()
    phone = await callers(us.target("tcp"))
    us.endpoint.send(ours(us, server.target()), [server.target()], us.heard.append)
    far = await server.connection()
    await us.endpoint.close()
    await until(lambda: phone.is_closed and far.is_closed)
    await turns()
    assert us.heard == []
    assert ssl.TLSVersion.TLSv1_2 == client_context().minimum_version


def test_every_transport_under_uvloop(certificates):
    """What the exchange runs on: requests both ways, a connection that is refused, and the end."""

    transports = ("udp", "tcp", "tls")

    async def ask(one: Near, two: Near, transport: str) -> None:
        target = two.target(transport)
        (options := ours(one, target, "OPTIONS")).headers.set("Call-ID", transport)
        one.endpoint.send(options, [target], one.heard.append)
        inbound = await two.next()
        inbound.respond(inbound.request.respond(200))
        assert (await one.hears()).status == 200
        (message := ours(two, inbound.source, "MESSAGE")).headers.set("Call-ID", transport)
        two.endpoint.send(message, [inbound.source], two.heard.append)
        back = await one.next()
        back.refuse(SipError("not now", 480))
        assert (await two.hears()).status == 480

    async def talk() -> None:
        tls = {"tls": certificates.server(), "client_tls": certificates.client()}
        one, two = [await near(*transports, **tls, seed=seed) for seed in (1, 2)]
        try:
            for transport in transports:
                await ask(one, two, transport)
            gone = two.target("tcp")
            await two.close()
            one.endpoint.send(ours(one, gone, "OPTIONS"), [gone], one.heard.append)
            assert (await one.hears()).status == 503
        finally:
            await one.close()
            await two.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(talk())
