"""Which addresses a webhook may reach: a customer's URL must not open the operator's own network (SSRF).

Three gates, because each alone has been walked around:

1. `check_host` judges a literal address in the URL; an HTTP client never asks its resolver for one.
2. `GuardedResolver` drops what a name may not lead to; the client connects to the remaining
   addresses themselves, so a name that changes between check and use gains nothing.
3. `open_socket` judges the very address a socket is about to connect to, whatever path it came by.

Every redirect passes all three again.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

LOOPBACK = ("127.0.0.0/8", "::1/128")
"""The allow-list of a development exchange: the app runs on this machine."""

STRICT: tuple[str, ...] = ()
"""The allow-list of a public exchange."""

_NAT64 = ip_network("64:ff9b::/96")
_UNLISTED = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments; a cloud's metadata service among them
            "168.63.129.16/32",  # a cloud's metadata service on a public address
            "fec0::/10",  # site-local: deprecated (RFC 3879), still routed in places
            "::/96",
            "2002::/16",
            "2001::/32",  # IPv4 within IPv6 of old: compatible, 6to4, Teredo
        ),
    )
)
"""Not to be called, though some Python versions call them global."""

Address = IPv4Address | IPv6Address

Place = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]
"""One result of `getaddrinfo`, as the connector hands it over."""


class Refused(OSError):
    """This exchange does not call that address; the text says how to allow it."""


class Guard:
    """Public addresses, and the networks of an allow-list."""

    def __init__(self, allowed: Iterable[str] = LOOPBACK) -> None:
        """`allowed` are networks as `10.1.0.0/16` or `fd00::/8`. ValueError for anything else."""
        self._allowed = tuple(ip_network(network) for network in allowed)
        self.own: set[int] = set()
        """Ports of this machine on which the exchange itself listens: a webhook that led there would ask for ever."""

    def check(self, text: str) -> None:
        """Refused unless the address `text` (usual spelling, scope allowed) may be called."""
        address = ip_address(text)
        if not self._permits(address):
            plain = text.partition("%")[0]
            raise Refused(
                f"{plain} is not a public address, and this exchange calls only public ones. "
                f"To allow it: --allow-network {plain}/{address.max_prefixlen}"
            )

    def lists(self, text: str) -> bool:
        """Whether the address `text` is on the allow-list itself, public or not."""
        address = ip_address(text)
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return any((mapped or address) in network for network in self._allowed)

    def permits(self, text: str) -> bool:
        """Whether `check` lets the address pass."""
        return self._permits(ip_address(text))

    def check_host(self, host: str) -> None:
        """Refused when `host` is an address that may not be called, or one spelled to be mistaken for a name."""
        bare = host.strip("[]").rstrip(".")
        try:
            return self.check(bare)
        except ValueError:
            pass
        try:
            meant = socket.inet_ntoa(socket.inet_aton(bare))
        except (OSError, UnicodeError):
            return  # a name: the resolver's business
        raise Refused(f"{host} is the address {meant} in an unusual spelling, and is not called; write {meant}.")

    def open_socket(self, place: Place) -> socket.socket:
        """A socket for the connector, made only when the address it will connect to may be called."""
        family, kind, protocol, _, address = place
        self.check(address[0])
        if address[1] in self.own and _is_loopback(ip_address(address[0].partition("%")[0])):
            raise Refused(f"{address[0]}, port {address[1]}, is this exchange itself; a webhook must lead to an app.")
        return socket.socket(family, kind, protocol)

    def _permits(self, address: Address) -> bool:
        if any(address in network for network in self._allowed):
            return True
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped:
                return self._permits(address.ipv4_mapped)  # the kernel sends it to the IPv4 address
            if address in _NAT64:  # how an IPv6-only machine reaches every IPv4 app (RFC 6052)
                return _is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        return _is_public(address)


def _is_loopback(address: Address) -> bool:
    """Python 3.11 and 3.12 do not say so of ::ffff:127.0.0.1, which the kernel sends to 127.0.0.1."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _UNLISTED)
    )


class GuardedResolver(AbstractResolver):
    """Names to addresses that may be called; Refused when there are addresses but none of them may."""

    def __init__(self, guard: Guard, resolver: AbstractResolver | None = None) -> None:
        self._guard = guard
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        allowed, refusal = [], None
        for result in found:
            try:
                self._guard.check(result["host"])
                allowed.append(result)
            except Refused as refused:
                refusal = refused
        if refusal and not allowed:
            raise Refused(f"The name {host} leads to {refusal}") from refusal
        return allowed

    async def close(self) -> None:
        await self._resolver.close()
