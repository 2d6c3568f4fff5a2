"""Being a provider's customer: registering with it as long as the exchange runs (RFC 3261 10.2), knowing its hosts.

The password proves who we are to this provider only: challenges are answered when they answer a request that went to
it (CVE-2021-41158), and a server that challenges for ever is given up.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.sip import uri as uris
from hoyhoy.wire.sip.address import Address, seconds
from hoyhoy.wire.sip.authentication import Attempt, Login
from hoyhoy.wire.sip.composition import compose
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import bare_host
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.uri import Uri

from .asking import Sending, ask
from .target import Target
from .trunk_settings import Trunk
from .trunks import Trunks

log = logging.getLogger(__name__)

REFRESH = 0.9
"""The part of what was granted after which we register anew."""

SHORTEST, LONGEST = 30.0, 300.0
"""Seconds between tries: doubled from one failure to the next. A wrong password waits the longest at once."""

LOOKED_UP = 300.0
"""Seconds after which the names of a provider's hosts are looked up anew."""

GOODBYE = 2.0
"""Seconds that a provider may take to hear that we leave."""

LEAST, MOST = 10, 86400
"""Seconds that are believed of what a provider grants."""


class Standing(StrEnum):
    """How we stand with a provider."""

    UNKNOWN = "unknown"
    REGISTERED = "registered"
    FAILED = "failed"


class _Failed(Exception):
    """`wait` is how long the provider asked to be left alone, `is_final` that trying soon is of no use."""

    def __init__(self, sentence: str, wait: float = 0.0, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.wait, self.is_final = sentence, wait, is_final


class Provider:
    """`standing` and `problem` say how it is, for whoever asks."""

    def __init__(self, trunk: Trunk, trunks: Trunks, endpoint: Sending, clock: Clock, chance: Chance) -> None:
        self.trunk = trunk
        self.standing, self.problem = Standing.UNKNOWN, ""
        self._trunks, self._endpoint, self._clock, self._chance = trunks, endpoint, clock, chance
        self._login = Login(trunk.username, trunk.password)
        self._call_id, self._number = chance.hex(32), 0
        self._expires = trunk.expires
        self._at: tuple[Uri, Target] | None = None  # where we are registered

    async def run(self) -> None:
        """Never returns. Cancel it, then `leave`."""
        wait = SHORTEST
        while True:
            try:
                granted = await self._round()
            except (_Failed, SipError) as error:
                failed = error if isinstance(error, _Failed) else _Failed(error.reason)
                self._stand(Standing.FAILED, failed.sentence)
                wait = LONGEST if failed.is_final else wait
                # Not all exchanges that lost a provider come back in the same second.
                pause = max(wait * (0.75 + self._chance.below(500) / 1000), min(failed.wait, 3600.0))
                await self._clock.sleep(pause)
                wait = min(LONGEST, wait * 2)
                continue
            wait = SHORTEST
            self._stand(Standing.REGISTERED if self.trunk.register else Standing.UNKNOWN, "")
            await self._clock.sleep(granted * REFRESH if self.trunk.register else LOOKED_UP)

    async def leave(self) -> None:
        """Say that we are no longer there, if we were; the provider has two seconds to hear it."""
        at, self._at = self._at, None
        if at is None:
            return
        try:
            async with self._clock.timeout(GOODBYE):
                await self._register(at[0], [at[1]], 0)
        except (TimeoutError, _Failed, SipError):
            log.info("SIP: trunk %s did not hear that we leave", self.trunk.name)

    def _stand(self, standing: Standing, problem: str) -> None:
        if (standing, problem) != (self.standing, self.problem):
            say = log.warning if problem else log.info
            say("SIP: trunk %s is %s%s", self.trunk.name, standing, f": {problem}" if problem else "")
        self.standing, self.problem = standing, problem

    async def _round(self) -> float:
        """Look the hosts up, and register with the first that lets us; what it granted, in seconds."""
        problem: _Failed | SipError = SipError("no host", 503)
        places: list[tuple[Uri, list[Target]]] = []
        for host in self.trunk.hosts:
            uri = self._uri(host)
            try:
                places.append((uri, await self._endpoint.resolve(uri)))
            except SipError as error:
                problem = error
        if not places:
            raise problem
        self._trunks.learn(self.trunk.name, sorted({one.host for _, targets in places for one in targets}))
        if not self.trunk.register:
            return LOOKED_UP
        # The one we are known at goes first: a registration is refreshed where it was made.
        places.sort(key=lambda place: self._at is None or place[0] != self._at[0])
        for uri, targets in places:
            try:
                return await self._register(uri, targets, self._expires)
            except _Failed as failed:
                problem = failed
        self._at = None
        raise problem

    def _uri(self, host: str) -> Uri:
        plain = uris.parse(f"sip:{host}")
        if self.trunk.transport == "udp":
            return plain
        return replace(plain, params=plain.params.replace("transport", self.trunk.transport))

    async def _register(self, uri: Uri, targets: Sequence[Target], expires: int) -> float:
        """One REGISTER with its retries (RFC 3261 22.2, 10.2.8); what was granted, in seconds."""
        attempt = Attempt(self._login)
        shortened = False
        request = self._compose(uri, targets[0], expires)
        while True:
            response, target = await ask(self._endpoint, request, targets)
            targets = [target]  # the password goes where the challenge came from, and that is where we asked
            if response.status in (401, 407):
                again = attempt.retry(request, response, branch="", cnonce=self._chance.hex(16), number=self._count())
                if again is None:
                    raise _Failed("the user name or the password is wrong", is_final=True)
                request = again
            elif response.status == 423 and expires and not shortened:
                shortened = True
                least = seconds(response.headers.get("Min-Expires")) or 0
                if not expires < least <= MOST:
                    raise _Failed("it wants another interval and does not say which")
                self._expires = expires = least
                request = self._compose(uri, target, expires)
            elif response.status == 200:
                self._at = (uri, target) if expires else None
                return self._granted(request, response, expires)
            else:
                raise self._refusal(response)

    def _compose(self, uri: Uri, target: Target, expires: int) -> Request:
        domain = self.trunk.from_domain or bare_host(uri.host)
        us = Address(Uri.sip(self.trunk.username, domain))
        request = compose(
            "REGISTER", uri, self._endpoint.via(target), us.tagged(self._chance.hex(16)), us, self._call_id,
            self._count(), contact=self._endpoint.contact(target, self.trunk.username),
        )  # fmt: skip
        request.headers.set("Expires", str(expires))
        self._login.authorize(request, self._chance.hex(16))
        return request

    def _count(self) -> int:
        self._number += 1
        return self._number

    @staticmethod
    def _granted(request: Request, response: Response, asked: int) -> float:
        """What our own Contact was granted (10.2.4), else what the whole response says, else what we asked for."""
        ours = request.contacts[0].uri
        try:
            mine = [one.expires for one in response.contacts if one.uri.same_as(ours) and one.expires is not None]
        except SipError:
            mine = []
        granted = mine[0] if mine else response.expires if response.expires is not None else asked
        return float(min(max(granted, LEAST), MOST))

    @staticmethod
    def _refusal(response: Response) -> _Failed:
        after = seconds((response.headers.get("Retry-After") or "").partition("(")[0].partition(";")[0].strip())
        if response.status == 408:
            return _Failed("it does not answer")
        told = f"it answers {response.status} {response.reason}"[:80]
        return _Failed(told, float(after or 0), is_final=response.status in (403, 404))
