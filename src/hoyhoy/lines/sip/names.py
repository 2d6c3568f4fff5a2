"""Whose name is in a URI: a SIP domain's, or the exchange's own address.

A phone on somebody's desk knows no name that leads to this machine, so our own address stands for the one SIP domain
that has its user. With two such domains the password says which is meant.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Protocol

from hoyhoy.exchange.ports import Account, Domain, Number, SipTrunk
from hoyhoy.wire.sip.grammar import bare_host, same_host

from .target import Target

SEARCHED, CANDIDATES = 200, 8
"""Domains among which a user is looked for, and those whose password is tried: the oldest, so that nobody who makes
domains takes their users' calls from them. Where there are more, a domain must be named."""


class Directory(Protocol):
    """What the SIP line asks of the exchange's directory."""

    def account(self, sid: str) -> Account | None: ...
    def number(self, number: str) -> Number | None: ...
    def is_verified(self, account: str, number: str) -> bool: ...
    def domain(self, name: str) -> Domain | None: ...
    def domain_of(self, sid: str) -> Domain | None: ...
    def trunk(self, sid: str) -> SipTrunk | None: ...
    def trunk_at(self, name: str) -> SipTrunk | None: ...
    def password(self, lists: Sequence[str], username: str) -> str | None: ...
    def admits(self, lists: Sequence[str], address: str) -> bool: ...


_UNDER_SUFFIX = re.compile(r"(^|\.)sip\.([a-z0-9-]+\.)?twilio\.com$")
"""What the names of all SIP domains end in, with or without a place (voice reference 10.1)."""

Domains = Callable[[], Sequence[Domain]]
"""All SIP domains of all accounts."""

Lists = Callable[[Domain], Sequence[str]]


class Names:
    """`own` are the names under which the exchange itself is known, besides its addresses and `localhost`."""

    def __init__(self, directory: Directory, domains: Domains, own: Sequence[str] = ()) -> None:
        self._directory, self._domains, self._own = directory, domains, own

    def is_ours(self, host: str, local: Target) -> bool:
        """Is this host the exchange itself, as whoever came to `local` sees it?"""
        return any(same_host(host.rstrip("."), name) for name in ("localhost", local.host, *self._own))

    def domains_of_user(self, username: str, lists: Lists) -> list[tuple[Domain, str]]:
        """The domains on whose lists a user is, the oldest first, and its password there. Whichever the user proves to
        know says which is meant."""
        found: list[tuple[Domain, str]] = []
        for one in self._domains()[:SEARCHED]:
            password = self._directory.password(lists(one), username)
            if password is not None:
                found.append((one, password))
            if len(found) == CANDIDATES:
                break
        return found

    def has_domains(self) -> bool:
        return bool(self._domains())


def is_active(directory: Directory, account: str) -> bool:
    """Suspended and closed accounts have no traffic, nor have subaccounts of a suspended one (messaging 3.1)."""
    found = directory.account(account)
    parent = directory.account(found.owner) if found else None
    return found is not None and all(one is None or one.status == "active" for one in (found, parent))


def may_show(directory: Directory, account: str, number: str) -> bool:
    """Is it a number that the account owns or has verified?"""
    owner = directory.number(number)
    return (owner is not None and owner.account == account) or directory.is_verified(account, number)


def is_under_suffix(host: str) -> bool:
    """Is it the name of a SIP domain, whether there is one or not?"""
    return bool(_UNDER_SUFFIX.search(host.rstrip(".").lower()))


def is_here(host: str) -> bool:
    """Is it an address of this very machine? Phones on it may name any of them."""
    if is_loopback(host):
        return True
    try:
        family = socket.AF_INET6 if ip_address(bare_host(host)).version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as one:
            one.bind((bare_host(host), 0))  # nobody can bind what is elsewhere
    except (ValueError, OSError):
        return False
    return True


def is_loopback(host: str) -> bool:
    try:
        return ip_address(bare_host(host)).is_loopback
    except ValueError:
        return False
