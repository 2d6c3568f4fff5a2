"""Asking for passwords: the same questions and answers for everybody, whatever is or is not there (bad-inputs 9).

Whoever shows no credentials is challenged. Wrong ones count only where they answer a challenge of ours to that very
source: packets with a forged address lock nobody out. The counts are for one user at one address, and whoever knows the
password passes whatever others tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.lines.quota import Quota, network
from hoyhoy.wire.sip.authentication import Gate, Verdict
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response

from .target import Target

Whose = TypeVar("Whose")

LENGTH = 64
"""Characters of a user name that are counted by."""


class Challenged(Exception):
    """The caller has to prove who it is: `response` asks for it."""

    def __init__(self, response: Response) -> None:
        self.response = response


class Wrong(SipError):
    """The credentials prove nothing. All strangers hear the same."""


class Doorkeeper:
    """`tries` are the wrong passwords left to each user at each source address."""

    def __init__(self, clock: Clock, chance: Chance, gate: Gate, tries: Quota) -> None:
        self._clock, self._chance, self._gate, self._tries = clock, chance, gate, tries

    def ask(
        self,
        request: Request,
        source: Target,
        known: Callable[[str], Sequence[tuple[Whose, str]]],
        *,
        proxy: bool = False,
    ) -> tuple[str, Whose]:
        """The user that proved itself, and whose it is. `known` tells whose a user of that name may be, and the
        password of each. Challenged, or Wrong: 403, and 503 when there were too many."""
        now, place = self._clock.now(), network(source.host)
        shown = self._gate.presented(request, proxy=proxy)
        if shown is None or not self._gate.is_asked(shown, place):
            # Not looked at, or it would tell for nothing whether a password is right. "stale" has phones try again
            # without asking their people (RFC 7616 3.3), as after a restart of ours.
            raise self._challenge(request, now, place, stale=shown is not None, proxy=proxy)
        candidates = known(shown.username)
        proven = [one for one in candidates if self._gate.proves(shown, request, one[1])]
        password = proven[0][1] if len(proven) == 1 else None
        match self._gate.judge(shown, request, password, now=now, source=place):
            case Verdict.GRANTED:
                return shown.username, proven[0][0]
            case Verdict.STALE:
                raise self._challenge(request, now, place, stale=True, proxy=proxy)
        if len(proven) > 1:
            raise Wrong("forbidden", 403)  # two with the same password: nobody can tell which is meant
        if not self._tries.take((place, shown.username[:LENGTH]), now):
            raise Wrong("too many failed tries", 503, headers=(("Retry-After", "60"),))
        raise Wrong("forbidden", 403)

    def _challenge(self, request: Request, now: float, place: str, *, stale: bool, proxy: bool) -> Challenged:
        salt = self._chance.hex(16)
        return Challenged(self._gate.challenge(request, now=now, salt=salt, stale=stale, proxy=proxy, source=place))
