"""The operator's trunks: which ways lead to a number, in which order, and what stops a call (bad-inputs 24).

Nothing is called that no trunk lists. Of the trunks that list a number, those that list most of it come first, then
the lower priority, then chance by weight; each host of a trunk is a way of its own. Caps of trunks and of accounts are
looked at before a call begins, and hold for every way that it may still take: no failure elsewhere breaks them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import pairwise

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.number import is_e164
from hoyhoy.wire.preference import ordered
from hoyhoy.wire.sip.grammar import host_port, same_host
from hoyhoy.wire.sip.uri import Uri

from .alarm import Clockwork, alarm_of
from .identity import e164
from .meter import Meter, Seat
from .names import Directory, is_loopback, may_show
from .refusal import Complaints
from .trunk_settings import OWNED, PASS, Caps, Trunk, sources_of

COUNTED = 10_000
"""Accounts whose calls of the day are remembered while they have none going on."""

KNOWN = 256
"""Addresses of a trunk's host names that are remembered: names of many addresses give some of them each time."""

MOMENT = 0.05
"""Seconds of talk that are none: less than this is left over by rounding."""


@dataclass(slots=True, eq=False)
class Hop:
    """One way out. `caller` is who is shown there; the user and password are for this provider and nobody else.

    What it takes of the caps is given back by `release`, once. The next way of the same call begins where one before
    it was released and it was not.
    """

    trunk: Trunk
    uri: str
    caller: str
    clock: Clock = field(repr=False)
    seats: tuple[Seat, ...] = field(default=(), repr=False)
    next: Hop | None = field(default=None, repr=False)
    is_begun: bool = False
    is_released: bool = False
    on_full: Callable[[], object] | None = field(default=None, repr=False)
    """Ends the call that goes this way: it may talk no longer this day."""

    @property
    def username(self) -> str:
        return self.trunk.username

    @property
    def password(self) -> str:
        return self.trunk.password

    def begin(self) -> None:
        """The call goes this way."""
        if not self.is_released:
            self.is_begun = True
            for seat in self.seats:
                seat.begin(self.clock.now())
        elif self.next:
            self.next.begin()

    def release(self) -> None:
        """The call is over, or goes another way."""
        if self.is_released:
            return
        self.is_released = True
        now = self.clock.now()
        for seat in self.seats:
            seat.release(now)
        if self.next and self.is_begun:
            # Later: whoever gives back all ways of a call at once takes none of them.
            asyncio.get_running_loop().call_soon(self.next.begin)


class Trunks:
    """`account_caps` hold for each account over all trunks; without, those of a trunk that names none."""

    def __init__(
        self,
        trunks: Sequence[Trunk],
        clock: Clock,
        chance: Chance,
        directory: Directory,
        complaints: Complaints,
        account_caps: Caps | None = None,
    ) -> None:
        self.trunks = tuple(trunks)
        self._clock, self._chance, self._directory, self._complaints = clock, chance, directory, complaints
        self._account_caps = account_caps or Caps()
        self._ends: Clockwork[Meter, str] = Clockwork(alarm_of(clock), lambda meter, _: self._watch(meter))
        self._meters = {one.name: Meter(one.caps, f"The trunk {one.name!r}", self._watch) for one in self.trunks}
        self._accounts: dict[str, Meter] = {}
        self._sources = {one.name: sources_of(one) for one in self.trunks}
        self._learnt: dict[str, frozenset[str]] = {}
        self._known: dict[str, dict[str, None]] = {}  # what host names of each trunk have ever stood for

    # Calls out -------------------------------------------------------------------------------

    def reaches(self, number: str) -> bool:
        """Does any trunk lead there?"""
        return is_e164(number) and any(one.match(number) for one in self.trunks)

    def candidates(self, number: str, caller: str, account: str) -> Sequence[Hop]:
        """The ways for one call, the first to be tried first. None when it may not be made: its account is told why."""
        try:
            return self.choose(number, caller, account)
        except Fault as fault:
            self._complaints.tell(account, fault.code, fault.message)
            return ()

    def choose(self, number: str, caller: str, account: str) -> Sequence[Hop]:
        """As `candidates`. Fault says why there is none: 21215 not listed, 32204 the caller is not the account's own,
        10004, 32001 and 32200 too many calls."""
        matching = [one for one in self.trunks if is_e164(number) and one.match(number)]
        if not matching:
            raise Fault(21215, f"Calls to {number} are not permitted: no trunk of this exchange lists its prefix.")
        now = self._clock.now()
        of_account = self._meter_of(account)
        if fault := of_account.obstacle(now):
            raise fault
        hops: list[Hop] = []
        for trunk in self._in_order(matching, number):
            try:
                hops += self._ways(trunk, number, self._shown(trunk, caller, account), now)
            except Fault as found:
                fault = fault or found
        if not hops:
            raise fault or Fault(21215)
        seat = of_account.take(now, len(hops))
        for hop in hops:
            hop.seats = (*hop.seats, seat)
            for one in hop.seats:
                one.on_full = partial(self._talked_out, hops, account)
        for hop, after in pairwise(hops):
            hop.next = after
        hops[0].begin()
        return hops

    def _in_order(self, matching: Sequence[Trunk], number: str) -> list[Trunk]:
        found: list[Trunk] = []
        for length in sorted({one.match(number) for one in matching}, reverse=True):
            group = [one for one in matching if one.match(number) == length]
            found += ordered(group, lambda one: one.priority, lambda one: one.weight, self._chance.below)
        return found

    def _ways(self, trunk: Trunk, number: str, shown: str, now: float) -> list[Hop]:
        """One for each host. Fault when the trunk's caps are reached."""
        meter = self._meters[trunk.name]
        if fault := meter.obstacle(now):
            raise fault
        seats = (meter.take(now, len(trunk.hosts)),)
        return [Hop(trunk, _uri(trunk, host, number), shown, self._clock, seats) for host in trunk.hosts]

    def _shown(self, trunk: Trunk, caller: str, account: str) -> str:
        """Who is shown as the caller. Fault 32204 when the account may not show who calls."""
        shown = caller if trunk.caller == PASS else trunk.caller
        if trunk.caller == OWNED:
            shown = e164(caller, trunk.region)
            if not may_show(self._directory, account, shown):
                raise Fault(32204, f"The trunk {trunk.name!r} shows only numbers that the account owns or verified.")
        is_uri = shown.lower().startswith(("sip:", "sips:"))
        return str(Uri.sip(shown, trunk.from_domain)) if trunk.from_domain and not is_uri else shown

    def _meter_of(self, account: str) -> Meter:
        if account not in self._accounts:
            if len(self._accounts) >= COUNTED:
                self._accounts = {sid: one for sid, one in self._accounts.items() if one.calls}
            self._accounts[account] = Meter(self._account_caps, "The account", self._watch)
        return self._accounts[account]

    # The end of a day's minutes ----------------------------------------------------------------

    def _watch(self, meter: Meter) -> None:
        """Be there when its minutes are over, and end its calls then."""
        lasts = meter.lasts(self._clock.now())
        if lasts is None:
            self._ends.forget(meter)
        elif lasts > MOMENT:
            self._ends.set(meter, "minutes", lasts)
        else:
            self._ends.forget(meter)
            meter.end()

    def _talked_out(self, hops: Sequence[Hop], account: str) -> object:
        self._complaints.tell(account, 32200, "The minutes that may be talked by trunks this day are over.")
        for hop in hops:
            if not hop.is_released and hop.on_full:
                return hop.on_full()  # all of them are of one call
        return None

    def close(self) -> None:
        """No call is ended any more."""
        self._ends.stop()

    # Calls in --------------------------------------------------------------------------------

    def learn(self, name: str, addresses: Sequence[str]) -> None:
        """What the host names of a trunk stand for at the moment."""
        self._learnt[name] = frozenset(addresses)
        known = self._known.setdefault(name, {})
        known |= dict.fromkeys(addresses)
        while len(known) > KNOWN:
            del known[next(iter(known))]

    def owns(self, address: str, port: int, name: str = "") -> bool:
        """Is it a provider's place, by address or by host name? Programs and far ends must not lead calls there: they
        would go past prefixes, caps and the rule of who is shown.

        On this machine only the ports of trunks are theirs, at whatever loopback address.
        """
        if name and any(same_host(name.rstrip("."), host_port(host)[0]) for one in self.trunks for host in one.hosts):
            return not is_loopback(address) or any(port in one.ports for one in self.trunks)
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        ip = (ip.ipv4_mapped if isinstance(ip, IPv6Address) else None) or ip
        return any(self._is_at(one, ip, port) for one in self.trunks)

    def _is_at(self, trunk: Trunk, ip: IPv4Address | IPv6Address, port: int) -> bool:
        places = (*self._sources[trunk.name], *sources_of(replace(trunk, sources=())))
        learnt = self._known.get(trunk.name, {})
        if ip.is_loopback or ip.is_unspecified:  # the unspecified address leads to this machine too
            here = any(network.is_loopback for network in places) or any(is_loopback(one) for one in learnt)
            return here and port in trunk.ports
        return str(ip) in learnt or any(ip in network for network in places)

    def provider_at(self, address: str, port: int) -> Trunk | None:
        """The trunk whose calls come from there: from its sources, or where it names none, from its hosts.

        On this machine a host is known by its port too: phones and makeshift providers share one address there.
        """
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return None
        for one in self.trunks:
            is_there = any(ip in network for network in self._sources[one.name])
            if not one.sources:
                is_there = is_there or address in self._learnt.get(one.name, ())
                is_there = is_there and (not ip.is_loopback or port in one.ports)
            if is_there:
                return one
        return None

    def provider_of(self, username: str) -> Trunk | None:
        """The trunk whose provider logs in as that user."""
        return next((one for one in self.trunks if username and one.inbound_username == username), None)


def _uri(trunk: Trunk, host: str, number: str) -> str:
    name, port = host_port(host)
    transport = {} if trunk.transport == "udp" else {"transport": trunk.transport}
    return str(Uri.sip(trunk.dialled(number), name, port, **transport))
