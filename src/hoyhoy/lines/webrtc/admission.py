"""Who may come in: tokens, and how often an address may show one, or call."""

from __future__ import annotations

import logging
from ipaddress import ip_address

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.ports import Directory
from hoyhoy.lines.quota import Quota, network
from hoyhoy.wire import tokens
from hoyhoy.wire.tokens import Grant, TokenRefused

TRIES, TRIES_SECONDS = 20, 60.0
"""Tokens that do not hold, from one address in so many seconds."""

LISTENS, LISTENS_SECONDS = 600, 60.0
"""Tokens at all: an office behind one address comes back at once after a restart."""

CALLS, CALLS_SECONDS = 200, 20.0

ACTIVE = "active"

log = logging.getLogger(__name__)
RATE_EXCEEDED = 31206


def counted(address: str) -> str:
    """The name under which an address is counted; "" for one of this machine, where a reverse proxy may speak for
    everybody."""
    try:
        return "" if ip_address(address.partition("%")[0]).is_loopback else network(address)
    except ValueError:
        return network(address)


class Directories:
    """The exchange's directory, as `tokens.read` asks it."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def key(self, sid: str) -> tuple[str, str] | None:
        """Account and secret of an API key whose account is active."""
        key = self._directory.key(sid)
        return (key.account, key.secret) if key and self.account(key.account) is not None else None

    def account(self, sid: str) -> str | None:
        """The auth token of an active account."""
        account = self._directory.account(sid)
        return account.auth_token if account and account.status == ACTIVE else None


class Admission:
    """Reads tokens of connections, and counts."""

    def __init__(self, clock: Clock, directory: Directory) -> None:
        self._clock, self._secrets = clock, Directories(directory)
        self._tries = Quota(TRIES, TRIES_SECONDS)
        self._listens = Quota(LISTENS, LISTENS_SECONDS)
        self._calls = Quota(CALLS, CALLS_SECONDS)

    def admit(self, token: str, address: str) -> Grant:
        """What a token permits. TokenRefused, also when the address has shown too many."""
        now, where = self._clock.now(), counted(address)
        if where and not (self._tries.has(where, now) and self._listens.take(where, now)):
            raise TokenRefused(RATE_EXCEEDED, "Too many tokens from this address: wait a minute.", RATE_EXCEEDED)
        try:
            return tokens.read(token, self._secrets, now)
        except TokenRefused as why:
            log.warning("A softphone's token is refused: %s", why)
            if where:
                self._tries.take(where, now)
            raise

    def may_call(self, address: str) -> bool:
        """One more call from there."""
        where = counted(address)
        return not where or self._calls.take(where, self._clock.now())
