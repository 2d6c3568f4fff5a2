"""callbacks/guard.py: no URL opens the operator's own network (design 6; bad-inputs 18)."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from hoyhoy.callbacks.guard import LOOPBACK, STRICT, Guard, GuardedResolver, Refused

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.251",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]
EMBEDDING = ["::ffff:{}", "64:ff9b::{}", "::{}"]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address):
    with pytest.raises(Refused, match="--allow-network"):
        Guard(STRICT).check(address)


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("form", EMBEDDING)
def test_also_when_an_ipv6_address_wraps_it(form, address):
    if ":" not in address:
        with pytest.raises(Refused):
            Guard(STRICT).check(form.format(address))


@pytest.mark.parametrize("address", ["2002:a00:1::", "2001:0:a00:1::", "2001:0:808:808:0:0:f5ff:fffe"])
def test_tunnels_are_refused(address):
    """6to4, and Teredo with a private server or client."""
    with pytest.raises(Refused):
        Guard(STRICT).check(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_may_be_called(address):
    Guard(STRICT).check(address)


def test_development_allows_loopback_and_nothing_else():
    guard = Guard(LOOPBACK)
    for address in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"):
        guard.check(address)
    for address in ("10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::127.0.0.1", "::127.0.0.1", "0.0.0.0", "::"):
        with pytest.raises(Refused):
            guard.check(address)


def test_networks_can_be_allowed():
    guard = Guard(["172.17.0.0/16", "fd00::/8"])
    for address in ("172.17.0.2", "::ffff:172.17.0.2", "fd12::1"):
        guard.check(address)
    with pytest.raises(Refused):
        guard.check("172.18.0.2")


@pytest.mark.parametrize("network", ["", "nonsense", "10.0.0.0/33", "10.0.0.1/8"])
def test_a_network_that_is_none(network):
    with pytest.raises(ValueError):
        Guard([network])


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7F000001", "017700000001", "127.0.0.01", "134744072"]
)
def test_an_address_in_an_unusual_spelling_is_refused_whatever_it_means(host):
    with pytest.raises(Refused, match="unusual spelling"):
        Guard(["0.0.0.0/0"]).check_host(host)


@pytest.mark.parametrize("host", ["localhost", "a.example", "1.2.3.4.example", "xn--bcher-kva.example", "dead.beef"])
def test_a_name_is_the_resolvers_business(host):
    Guard(STRICT).check_host(host)


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_ipv4_address_gets_the_same_answer_or_is_refused(number):
    guard, address = Guard(STRICT), IPv4Address(number)
    allowed = allows(guard, str(address))
    assert allows(guard, f"[::ffff:{address}]") == allowed
    for spelling in (str(number), hex(number), f"0{number:o}", f"{number >> 24}.{number & 0xFFFFFF}"):
        assert not allows(guard, spelling) or spelling == str(address)


@given(st.integers(0, 2**128 - 1))
def test_what_the_guard_allows_is_global(number):
    address = IPv6Address(number)
    if allows(Guard(STRICT), f"[{address}]"):
        assert address.is_global or (address.ipv4_mapped and address.ipv4_mapped.is_global)


def allows(guard: Guard, host: str) -> bool:
    try:
        guard.check_host(host)
    except Refused:
        return False
    return True


def test_a_socket_is_opened_only_to_an_allowed_address():
    guard = Guard(LOOPBACK)
    opened = guard.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))
    opened.close()
    with pytest.raises(Refused):
        guard.open_socket((socket.AF_INET6, socket.SOCK_STREAM, 0, "", ("fe80::1", 80, 0, 2)))


class Names(AbstractResolver):
    """A name server in the hands of an attacker: each look-up gives the next answer."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.answers.pop(0)
        ]

    async def close(self) -> None: ...


async def test_a_name_leads_only_to_addresses_that_may_be_called():
    resolver = GuardedResolver(Guard(LOOPBACK), Names(["10.0.0.1", "127.0.0.1", "fe80::1"], ["10.0.0.1"]))
    assert [found["host"] for found in await resolver.resolve("a.example", 80)] == ["127.0.0.1"]
    with pytest.raises(Refused, match=r"a\.example leads to 10\.0\.0\.1"):
        await resolver.resolve("a.example", 80)


async def test_a_name_that_changes_between_check_and_use(app, make):
    """DNS rebinding: what was checked is what is connected to, and the next look-up is checked again."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    ask = await make(guard=Guard(["127.0.0.1/32"]), resolver=names)
    app.answers["/voice"] = lambda: closing()
    await ask(app.url(host="rebind.example"))
    assert len(app.seen) == 1
    ask.fetcher._pool._client.connector.clear_dns_cache()
    from hoyhoy.exchange.ports import FetchFailed

    with pytest.raises(FetchFailed) as failed:
        await ask(app.url(host="rebind.example"))
    assert failed.value.code == 11205 and "127.0.0.2" in failed.value.message
    assert len(app.seen) == 1


async def test_the_last_gate_holds_when_the_first_two_are_open(app, make, monkeypatch):
    """Whatever address the connector ends up with is judged before a packet is sent."""
    from hoyhoy.exchange.ports import FetchFailed

    ask = await make(guard=Guard(STRICT), resolver=Names(["127.0.0.1"]))
    monkeypatch.setattr(GuardedResolver, "resolve", lambda self, *place, **kind: self._resolver.resolve(*place))
    with pytest.raises(FetchFailed) as failed:
        await ask(app.url(host="inner.example"))
    assert failed.value.code == 11205 and "--allow-network 127.0.0.1/32" in failed.value.message
    assert not app.seen


def closing():
    from aiohttp import web

    answer = web.Response(text="<Response/>")
    answer.force_close()
    return answer


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_exchange_does_not_call_itself(address):
    guard = Guard()
    guard.own.add(8980)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(Refused, match="this exchange itself"):
        guard.open_socket((family, socket.SOCK_STREAM, 0, "", (address, 8980)))
    guard.open_socket((family, socket.SOCK_STREAM, 0, "", (address, 8981))).close()


@pytest.mark.parametrize(
    ("address", "listed", "permitted"),
    [
        ("127.0.0.1", True, True),
        ("::ffff:127.0.0.1", True, True),
        ("10.1.2.3", True, True),
        ("10.2.0.1", False, False),
        ("8.8.8.8", False, True),
    ],
)
def test_what_is_listed_and_what_is_public_are_two_things(address, listed, permitted):
    guard = Guard((*LOOPBACK, "10.1.0.0/16"))
    assert (guard.lists(address), guard.permits(address)) == (listed, permitted)
