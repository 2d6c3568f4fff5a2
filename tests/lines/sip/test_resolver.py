"""From a URI to its targets (RFC 3263 4, RFC 3261 19.1.2, 26.2.2)."""

from __future__ import annotations

import asyncio
import socket

import pytest

from hoyhoy.exchange.clock import RealClock
from hoyhoy.lines.sip.resolver import Resolver
from hoyhoy.lines.sip.target import Limits, Target
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.uri import parse

BOTH = (True, True)


def resolver(families: tuple[bool, bool] = BOTH, limits: Limits | None = None) -> Resolver:
    return Resolver(RealClock(), limits or Limits(), lambda: families)


@pytest.fixture
def names(monkeypatch):
    """The addresses of names; None for a question without answer."""
    known: dict[str, list[str] | OSError | None] = {}

    async def getaddrinfo(self, host, port, **_):
        found = known[host]
        if found is None:
            await asyncio.Event().wait()
        if isinstance(found, OSError):
            raise found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in found]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("sip:bob@192.0.2.1", Target("udp", "192.0.2.1", 5060)),
        ("sip:bob@192.0.2.1:5080", Target("udp", "192.0.2.1", 5080)),
        ("sip:bob@192.0.2.1;transport=TCP", Target("tcp", "192.0.2.1", 5060)),
        ("sip:bob@192.0.2.1;transport=tls", Target("tls", "192.0.2.1", 5061)),
        ("sips:bob@192.0.2.1", Target("tls", "192.0.2.1", 5061)),
        ("sips:bob@192.0.2.1:5070;transport=tcp", Target("tls", "192.0.2.1", 5070)),
        ("sip:bob@[2001:db8::1]", Target("udp", "2001:db8::1", 5060)),
        ("sip:bob@192.0.2.1;maddr=198.51.100.1", Target("udp", "192.0.2.1", 5060)),
    ],
)
async def test_an_address_is_its_own_target(uri, target):
    found = await resolver().resolve(parse(uri))
    assert found == [target]
    assert found[0].is_open is ("transport" not in uri and "sips" not in uri)


async def test_a_name_has_several_in_the_order_of_the_answer(names):
    names["sip.example.com"] = ["192.0.2.2", "2001:db8::2", "192.0.2.1", "192.0.2.2"]
    uri = parse("sip:sip.example.com")
    assert [one.host for one in await resolver().resolve(uri)] == ["192.0.2.2", "2001:db8::2", "192.0.2.1"]
    assert [one.host for one in await resolver((True, False)).resolve(uri)] == ["192.0.2.2", "192.0.2.1"]
    assert [one.host for one in await resolver(limits=Limits(targets=1)).resolve(uri)] == ["192.0.2.2"]


async def test_a_certificate_must_be_for_the_name_that_was_looked_up(names):
    names["sip.example.com"] = ["192.0.2.2"]
    assert await resolver().resolve(parse("sips:sip.example.com.")) == [
        Target("tls", "192.0.2.2", 5061, "sip.example.com")
    ]
    assert await resolver().resolve(parse("sip:sip.example.com")) == [Target("udp", "192.0.2.2", 5060)]


async def test_without_udp_tcp_is_the_way():
    assert await resolver((False, False)).resolve(parse("sip:192.0.2.1")) == [Target("tcp", "192.0.2.1", 5060)]


@pytest.mark.parametrize(
    ("uri", "status", "reason"),
    [
        ("tel:+15550100", 416, "scheme"),
        ("mailto:bob@example.com", 416, "scheme"),
        ("sip:192.0.2.1;transport=sctp", 503, "transport"),
        ("sips:192.0.2.1;transport=udp", 416, "TLS"),
        ("sip:[2001:db8::1]", 503, "no way"),
        ("sip:nobody.example.com", 404, "no such host"),
        ("sip:broken.example.com", 503, "cannot be looked up"),
        ("sip:silent.example.com", 503, "in time"),
    ],
)
async def test_what_cannot_be_reached(names, uri, status, reason):
    names["nobody.example.com"] = socket.gaierror(socket.EAI_NONAME, "x")
    names["broken.example.com"] = socket.gaierror(socket.EAI_AGAIN, "x")
    names["silent.example.com"] = None
    with pytest.raises(SipError, match=reason) as raised:
        await resolver((True, False), Limits(lookup_seconds=0.01)).resolve(parse(uri))
    assert raised.value.status == status


async def test_questions_at_once_have_a_limit(names):
    names["silent.example.com"] = None
    one = resolver(limits=Limits(lookups=1))
    waiting = asyncio.create_task(one.resolve(parse("sip:silent.example.com")))
    await asyncio.sleep(0)
    with pytest.raises(SipError, match="too many"):
        await one.resolve(parse("sip:silent.example.com"))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    names["sip.example.com"] = ["192.0.2.1"]
    assert await one.resolve(parse("sip:sip.example.com"))


async def test_a_real_name():
    found = await resolver((True, False)).resolve(parse("sip:localhost:5070"))
    assert found[0] == Target("udp", "127.0.0.1", 5070)
