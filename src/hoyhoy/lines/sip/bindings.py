"""Where registered users are: the location service of a registrar (RFC 3261 10.3, RFC 3327).

A binding is reached where its REGISTER came from, by the same connection if it came by one, whatever its Contact
says: behind a NAT nothing else leads there (RFC 3581), and nobody can aim our calls at a third party.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from hoyhoy.wire.sip import address
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import bare_host, same_host
from hoyhoy.wire.sip.message import Request
from hoyhoy.wire.sip.uri import Uri
from hoyhoy.wire.sip.via import default_port

from .target import RELIABLE, Target

Aor = tuple[str, str]
"""An address of record: the sid of the SIP domain, and the user."""

PATH_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """How long and how many, in seconds and counts (voice reference 10.1).

    `longest` is what a phone is granted at most: after a restart of the exchange, which forgets its bindings, every
    phone is back within that time.
    """

    least: int = 60
    longest: int = 600
    bindings: int = 10


@dataclass(frozen=True, slots=True)
class Binding:
    """One phone of a user. A request to it has `uri` as Request-URI and `path` as Route, and goes to `target`.

    `number` is its own as long as it is refreshed. `until` is a time of the registrar's clock.
    """

    number: int
    contact: Address
    target: Target
    path: tuple[Address, ...]
    call_id: str
    cseq: int
    until: float

    @property
    def uri(self) -> Uri:
        return self.contact.uri

    @property
    def is_behind_nat(self) -> bool:
        """Does it come from elsewhere than it says it is?"""
        return not (
            same_host(self.uri.host, self.target.host)
            and (self.uri.port or default_port(self.target.transport)) == self.target.port
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What a REGISTER did: bindings made or refreshed, and the numbers of those that are gone: as it said, or
    because there were too many."""

    made: tuple[Binding, ...]
    removed: tuple[int, ...] = ()
    crowded_out: tuple[int, ...] = ()


class Bindings:
    """All bindings of all users."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._users: dict[Aor, dict[int, Binding]] = {}
        self._owners: dict[int, Aor] = {}
        self._flows: dict[Target, set[int]] = {}
        self._number = itertools.count(1)

    def of(self, aor: Aor, now: float) -> tuple[Binding, ...]:
        """The phones of a user, the most preferred first, of equals the one that registered last."""
        alive = [one for one in self._users.get(aor, {}).values() if one.until > now]
        return tuple(sorted(alive, key=lambda one: (-one.contact.q, -one.number)))

    def register(self, aor: Aor, request: Request, source: Target, now: float) -> Change:
        """Do what an admitted REGISTER says: all of it, or nothing and SipError (RFC 3261 10.3, 6 and 7)."""
        if request.is_star:
            return Change((), self._remove_all(aor, request))
        contacts = request.contacts
        if len(contacts) > self.terms.bindings:
            raise SipError("too many contacts", 403)
        path = _path(request)
        made: dict[int, Binding] = {}
        gone: list[int] = []
        for contact in contacts:
            if not contact.uri.is_sip or contact.uri.headers:
                raise SipError("a Contact that nobody can be called at")
            seconds = self._granted(contact, request)
            old = _same(contact, (*made.values(), *self.of(aor, now)))
            if old is not None and old.number not in made and not _is_later(request, old):
                raise SipError("a REGISTER that is older than another", 500)
            if seconds:
                number = old.number if old else next(self._number)
                target = reached_at(contact.uri, request, source)
                made[number] = Binding(
                    number, contact, target, path, request.call_id, request.cseq.number, now + seconds
                )
            elif old is not None:
                gone.append(old.number)
        gone = [number for number in gone if number not in made]
        for number in (*gone, *made):
            self.drop(number)
        for one in made.values():
            self._keep(aor, one)
        return Change(tuple(made.values()), tuple(gone), self._make_room(aor, now))

    def add(
        self,
        aor: Aor,
        contact: Address,
        target: Target,
        path: tuple[Address, ...],
        call_id: str,
        cseq: int,
        until: float,
    ) -> Binding:
        """One that is known from before."""
        one = Binding(next(self._number), contact, target, path, call_id, cseq, until)
        self._keep(aor, one)
        return one

    def all(self) -> list[tuple[Aor, Binding]]:
        """Every binding and whose it is, those made first first."""
        return [(aor, self._users[aor][number]) for number, aor in sorted(self._owners.items())]

    def _keep(self, aor: Aor, one: Binding) -> None:
        self._users.setdefault(aor, {})[one.number] = one
        self._owners[one.number] = aor
        if one.target.reliable:
            self._flows.setdefault(one.target, set()).add(one.number)

    def _granted(self, contact: Address, request: Request) -> int:
        asked = contact.expires if contact.expires is not None else request.expires
        if asked is None:
            asked = self.terms.longest
        if 0 < asked < self.terms.least:
            raise SipError("interval too brief", 423, headers=(("Min-Expires", str(self.terms.least)),))
        return min(asked, self.terms.longest)

    def _remove_all(self, aor: Aor, request: Request) -> tuple[int, ...]:
        if request.expires != 0:
            raise SipError("Contact: * needs Expires: 0")  # 10.2.2
        mine = list(self._users.get(aor, {}).values())
        if not all(_is_later(request, one) for one in mine):
            raise SipError("a REGISTER that is older than another", 500)
        for one in mine:
            self.drop(one.number)
        return tuple(one.number for one in mine)

    def _make_room(self, aor: Aor, now: float) -> tuple[int, ...]:
        """The bindings beyond the limit, refreshed longest ago, give way: a phone that got a new port is no enemy."""
        alive = self._users.get(aor, {})
        spare = len(alive) - self.terms.bindings
        if spare <= 0:
            return ()
        oldest = sorted(alive.values(), key=lambda one: (one.until > now, one.until, one.number))[:spare]
        for one in oldest:
            self.drop(one.number)
        return tuple(one.number for one in oldest)

    def drop(self, number: int) -> None:
        """Forget one; nothing when it is not there."""
        aor = self._owners.pop(number, None)
        if aor is None:
            return
        one = self._users[aor].pop(number)
        if not self._users[aor]:
            del self._users[aor]
        if one.target in self._flows:
            self._flows[one.target].discard(number)
            if not self._flows[one.target]:
                del self._flows[one.target]

    def at(self, target: Target) -> list[int]:
        """The numbers of those that are reached by one connection."""
        return sorted(self._flows.get(target, ()))

    def __len__(self) -> int:
        return len(self._owners)


def _is_later(request: Request, than: Binding) -> bool:
    return request.call_id != than.call_id or request.cseq.number > than.cseq


def _same(contact: Address, known: Iterable[Binding]) -> Binding | None:
    """The binding that a Contact is about: of the same URI, or of the same phone's same flow (RFC 5626 6)."""
    instance, flow = contact.params.get("+sip.instance"), contact.params.get("reg-id")
    for one in known:
        if one.uri.same_as(contact.uri):
            return one
        mine = one.contact.params
        if instance and flow and (mine.get("+sip.instance"), mine.get("reg-id")) == (instance, flow):
            return one
    return None


def _path(request: Request) -> tuple[Address, ...]:
    path = address.parse_all(request.headers.all("Path"))
    if len(path) > PATH_LIMIT or not all(one.uri.is_sip for one in path):
        raise SipError("a Path that cannot be followed")
    return path


def reached_at(uri: Uri, request: Request, source: Target) -> Target:
    """Where a phone is reached that says `uri` and spoke from `source`."""
    if source.reliable or not same_host(uri.host, source.host):
        return source
    named = uri.transport or "udp"
    if named in RELIABLE:  # it listens by another transport than it spoke by
        return Target(named, bare_host(source.host), uri.port or default_port(named))
    if "rport" in request.via.params:
        return source
    return Target("udp", source.host, uri.port or default_port("udp"))
