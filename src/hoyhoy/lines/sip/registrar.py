"""The registrar of all SIP domains: who may register, and where the registered are (RFC 3261 10, voice reference 10.1).

Whoever asks without credentials is challenged, whoever it is (doorkeeper.py). Bindings are kept in memory, and from
time to time in a file (roll.py). Phones are granted ten minutes at most, so that what is wrong is mended as soon.
"""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import formatdate

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.ports import Domain
from hoyhoy.lines.quota import Quota
from hoyhoy.wire.sip import uri as uris
from hoyhoy.wire.sip.authentication import Gate
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import same_host
from hoyhoy.wire.sip.message import Request, Response

from .alarm import Alarm, Clockwork, alarm_of
from .asking import Sending
from .bindings import Aor, Binding, Bindings, Terms
from .doorkeeper import Challenged, Doorkeeper
from .inbound import Inbound
from .keepalive import Keepalive
from .names import Directory, Names, is_active
from .refusal import Complaints, Refused
from .target import Target

PER_SECOND = 5
"""REGISTERs of one user that are served in a second (32008)."""


class Registrar:
    """`tries` are the failed logins left to each user at each source, shared with whoever else asks for passwords.

    `keepalive=False` asks no phone whether it is still there.
    """

    def __init__(
        self,
        endpoint: Sending,
        clock: Clock,
        chance: Chance,
        directory: Directory,
        names: Names,
        gate: Gate,
        tries: Quota,
        complaints: Complaints,
        *,
        terms: Terms | None = None,
        keepalive: bool = True,
        alarm: Alarm | None = None,
    ) -> None:
        self._clock, self._directory, self._names, self._complaints = clock, directory, names, complaints
        self._doorkeeper = Doorkeeper(clock, chance, gate, tries)
        self._alarm = alarm or alarm_of(clock)
        self._bindings = Bindings(terms or Terms())
        self._ends: Clockwork[int, str] = Clockwork(self._alarm, lambda number, _: self._drop(number))
        self._keepalive = Keepalive(endpoint, self._alarm, chance, self._drop) if keepalive else None
        self._rates = Quota(PER_SECOND, 1.0)

    def locations(self, aor: str) -> tuple[Binding, ...]:
        """The phones of `sip:user@domain`, the most preferred first; none when nobody is registered (32009)."""
        try:
            address = uris.parse(aor)
        except SipError:
            return ()
        domain = self._directory.domain(address.host)
        return self._of((domain.sid, address.user)) if domain else ()

    def _of(self, aor: Aor) -> tuple[Binding, ...]:
        """A user's phones. They go with what let them register."""
        found = self._bindings.of(aor, self._alarm.now())
        if found and not self._may_register(aor):
            for one in found:
                self._drop(one.number)
            return ()
        return found

    def _may_register(self, aor: Aor) -> bool:
        sid, user = aor
        domain = self._directory.domain_of(sid)
        return (
            domain is not None
            and domain.registers
            and is_active(self._directory, domain.account)
            and self._directory.password(domain.registration_credentials, user) is not None
        )

    @property
    def count(self) -> int:
        """How many phones are registered."""
        return len(self._bindings)

    def bindings(self) -> list[tuple[Aor, Binding]]:
        """All phones that are registered, and whose they are. Those that may be no longer are forgotten."""
        for aor in {aor for aor, _ in self._bindings.all()}:
            self._of(aor)
        return self._bindings.all()

    def restore(self, phones: Iterable[tuple[Aor, Binding]]) -> None:
        """Take phones of an earlier run for registered, for as long as any may be: whoever is alive says so by then.
        Not those whose user, domain or account is gone meanwhile."""
        until = self._alarm.now() + self._bindings.terms.longest
        for aor, one in phones:
            if not self._may_register(aor):
                continue
            again = self._bindings.add(aor, one.contact, one.target, one.path, one.call_id, one.cseq, until)
            self._follow(again)

    def receive(self, inbound: Inbound) -> None:
        """Answer a REGISTER."""
        inbound.respond(self.answer(inbound.request, inbound.source, inbound.local))

    def lost(self, target: Target) -> None:
        """A connection is gone, and with it the phones that came by it (RFC 5626 5.3)."""
        for number in self._bindings.at(target):
            self._drop(number)

    def close(self) -> None:
        self._ends.stop()
        if self._keepalive is not None:
            self._keepalive.stop()

    # One REGISTER ----------------------------------------------------------------------------

    def answer(self, request: Request, source: Target, local: Target) -> Response:
        """The response to a REGISTER that came from `source` to our place `local`."""
        try:
            return self._register(self._admitted(request, source, local), request, source)
        except Challenged as challenged:
            return challenged.response
        except SipError as error:
            return request.refuse(error)

    def _admitted(self, request: Request, source: Target, local: Target) -> Domain:
        """The domain of a user that proved who it is; else Challenged or SipError."""
        to, from_ = request.to.uri, request.from_.uri
        if not to.is_sip or not from_.is_sip:
            raise SipError("only SIP users are registered here")
        if from_.user != to.user or not same_host(from_.host, to.host):
            raise SipError("nobody is registered by others", 403)
        username, domain = self._doorkeeper.ask(request, source, lambda username: self._known(to.host, username, local))
        self._check(domain, source)
        if username != to.user:
            raise Refused(32106, "The user of the address must be the user name of the credentials.")
        return domain

    def _known(self, host: str, username: str, local: Target) -> list[tuple[Domain, str]]:
        """The domains that a user of this name may register with, and the passwords."""
        domain = self._directory.domain(host)
        if domain is None:
            ours = self._names.is_ours(host, local)
            return self._names.domains_of_user(username, lambda one: one.registration_credentials) if ours else []
        if not domain.registration_credentials:
            self._complaints.tell(domain.account, 32212, f"{domain.name} has no credential list for registrations.")
        password = self._directory.password(domain.registration_credentials, username)
        return [] if password is None else [(domain, password)]

    def _check(self, domain: Domain, source: Target) -> None:
        """What must hold of the domain. Only who proved to be its user hears of it."""
        if not domain.registers or not is_active(self._directory, domain.account):
            raise Refused(32210, "Registration is switched off for this domain.")
        if domain.secure and source.transport != "tls":
            raise Refused(32209, "This domain is secure: register by TLS.")

    def _register(self, domain: Domain, request: Request, source: Target) -> Response:
        aor: Aor = domain.sid, request.to.uri.user
        now = self._alarm.now()
        if not self._rates.take(aor, now):
            raise Refused(32008, "More than five registrations in a second.", 503, retry_after=1)
        change = self._bindings.register(aor, request, source, now)
        for one in change.made:
            self._follow(one)
        for number in (*change.removed, *change.crowded_out):
            self._forget(number)
        if change.crowded_out:
            most = self._bindings.terms.bindings
            self._complaints.tell(
                domain.account,
                32007,
                f"A user of {domain.name} registered more than {most} phones: the oldest is gone.",
            )
        return self._registered(aor, request, now)

    def _registered(self, aor: Aor, request: Request, now: float) -> Response:
        response = request.respond(200)
        for one in self._bindings.of(aor, now):
            left = max(1, round(one.until - now))
            contact = one.contact
            response.headers.add("Contact", type(contact)(contact.uri, "", contact.params.replace("expires", left)))
        for value in request.headers.all("Path"):  # RFC 3327 5.3
            response.headers.add("Path", value)
        response.headers.add("Date", formatdate(self._clock.now(), usegmt=True))
        return response

    def _follow(self, one: Binding) -> None:
        """See to its end, and that it is there."""
        self._ends.set(one.number, "end", one.until - self._alarm.now())
        if self._keepalive is not None and one.is_behind_nat:
            self._keepalive.watch(one)
        elif self._keepalive is not None:
            self._keepalive.forget(one.number)

    def _drop(self, number: int) -> None:
        self._bindings.drop(number)
        self._forget(number)

    def _forget(self, number: int) -> None:
        self._ends.forget(number)
        if self._keepalive is not None:
            self._keepalive.forget(number)
