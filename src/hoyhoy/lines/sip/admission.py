"""Who may call in: phones of SIP domains, customers' own exchanges, and the operator's providers.

Whose a call is stands in its Request-URI. Then the lists of the domain or the trunk decide: the addresses it may come
from, the users who must prove who they are, both where both are there (voice reference 10.1). What strangers say of
themselves is no proof: the caller is the user that logged in, or a number its account may show. Providers are known by
the address they call from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from xml.sax.saxutils import quoteattr

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.events import Params
from hoyhoy.exchange.ports import Callee, Domain, SipTrunk, Steering
from hoyhoy.lines.quota import Quota
from hoyhoy.wire.number import is_e164
from hoyhoy.wire.sip.authentication import Gate
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.uri import Uri

from .custom_headers import told
from .doorkeeper import Challenged, Doorkeeper, Whose, Wrong
from .identity import asserted, caller_by_provider, diverted_from, e164
from .inbound import Inbound
from .names import Directory, Names, is_active, is_here, is_loopback, may_show
from .refusal import Complaints, Refused
from .target import Target
from .trunk_settings import Trunk

INBOUND, TERMINATING = "inbound", "trunking-terminating"
"""Directions of calls (voice reference 3.1, 10.2)."""

HOME = "US"
"""How numbers are read that a phone on this machine or a customer's exchange writes without a country."""


NOT_LISTED = "The address it came from is on no list."


@dataclass(frozen=True, slots=True)
class Admitted:
    """A call that is let in. It is performed by `twiml` when there is some, else by what `callee` says."""

    caller: str
    called: str
    callee: Callee
    params: Params = ()
    twiml: str = ""
    direction: str = INBOUND

    @property
    def account(self) -> str:
        return self.callee.account


@dataclass(frozen=True, slots=True)
class Through:
    """Whose calls to the real world come in at a trunk's domain."""

    sid: str
    account: str
    voice: Steering = field(default_factory=Steering)


class Providers(Protocol):
    """The operator's trunks, as far as calls come in by them."""

    def provider_at(self, address: str, port: int) -> Trunk | None: ...
    def provider_of(self, username: str) -> Trunk | None: ...


class Admission:
    """`tries` are the failed logins left to each user at each source. In an `open_house` calls that begin on this very
    machine reach the numbers of all accounts without a password: only right where nobody else can come in."""

    def __init__(
        self,
        clock: Clock,
        chance: Chance,
        directory: Directory,
        names: Names,
        gate: Gate,
        tries: Quota,
        complaints: Complaints,
        providers: Providers,
        *,
        open_house: bool = False,
    ) -> None:
        self._directory, self._names, self._complaints, self._providers = directory, names, complaints, providers
        self._doorkeeper = Doorkeeper(clock, chance, gate, tries)
        self._open_house = open_house

    def admit(self, inbound: Inbound) -> Admitted | None:
        """None when the call was challenged or refused; its answer is sent by then."""
        found = self.judge(inbound.request, inbound.source, inbound.local)
        if isinstance(found, Admitted):
            return found
        inbound.respond(found)
        return None

    def judge(self, request: Request, source: Target, local: Target) -> Admitted | Response:
        """What becomes of an INVITE that came from `source` to our place `local`."""
        try:
            return self._admitted(request, source, local)
        except Challenged as challenged:
            return challenged.response
        except SipError as error:
            return request.refuse(error)

    def _admitted(self, request: Request, source: Target, local: Target) -> Admitted:
        uri = request.uri
        if domain := self._directory.domain(uri.host):
            username = self._login_to(domain, request, source)
            self._check(domain, source)
            return self._to_domain(domain, request, source, username)
        if trunk := self._directory.trunk_at(uri.host):
            return self._by_trunk(trunk, request, source)
        if provider := self._providers.provider_at(source.host, source.port):
            return self._by_provider(provider, request)
        if uri.is_sip and not self._names.is_ours(uri.host, local):
            return self._at_no_door(request, source)
        return self._at_the_door(request, source, local)

    def _at_no_door(self, request: Request, source: Target) -> Admitted:
        """A domain that we do not have asks and answers as one that lets nobody in."""
        nobody: Sequence[tuple[None, str]] = ()
        self._login(request, source, lambda username: nobody)
        raise _forbidden()

    # To a SIP domain -------------------------------------------------------------------------

    def _check(self, callee: Domain | SipTrunk, source: Target) -> None:
        """What must hold of it. Only who may come in hears of that."""
        if not is_active(self._directory, callee.account):
            raise _forbidden()
        if callee.secure and source.transport != "tls":
            raise self._refused(callee.account, 32209, f"{callee.name} is secure: call by TLS.")

    def _login_to(self, domain: Domain, request: Request, source: Target) -> str:
        return self._authenticated(
            domain.account, domain.name, domain.call_credentials, domain.call_addresses, request, source
        )

    def _to_domain(self, domain: Domain, request: Request, source: Target, username: str) -> Admitted:
        user = request.uri.user
        if not user:
            raise Refused(32223, "The address called has no user part.", 484)
        if not domain.voice.url:
            self._complaints.tell(domain.account, 11100, f"{domain.name} has no voice URL, so its calls go nowhere.")
            raise SipError("not found", 404)
        params = (("SipDomain", domain.name), ("SipDomainSid", domain.sid), *_told(request, source))
        caller = self._phone(domain, request.from_.uri, username)
        return Admitted(caller, str(Uri.sip(user, domain.name)), domain, params)

    def _phone(self, domain: Domain, from_: Uri, username: str) -> str:
        """The address of a phone. One that logged in is its user, or shows a number that is its account's (bad-inputs
        2: CVE-2025-47779); an exchange known by its address is believed."""
        if not username:
            return str(from_.bare())
        mine = may_show(self._directory, domain.account, e164(from_.number, HOME))
        return str(Uri.sip(from_.user if mine else username, domain.name))

    # By a customer's trunk -------------------------------------------------------------------

    def _by_trunk(self, trunk: SipTrunk, request: Request, source: Target) -> Admitted:
        self._authenticated(trunk.account, trunk.domain, trunk.credentials, trunk.addresses, request, source)
        self._check(trunk, source)
        called = request.uri.number
        if not is_e164(called):
            raise self._refused(trunk.account, 32101, "The number called must be E.164: + and 8 to 15 digits.", 400)
        caller = self._shown_by(trunk, request)
        return Admitted(
            caller, called, Through(trunk.sid, trunk.account), _told(request, source),
            twiml=_dial(trunk, caller, called), direction=TERMINATING,
        )  # fmt: skip

    def _shown_by(self, trunk: SipTrunk, request: Request) -> str:
        """The first number it gives that is its account's own: of its From, or of what it asserts."""
        named = [e164(uri.number, HOME) for uri in (request.from_.uri, *asserted(request))]
        for one in named:
            if one and may_show(self._directory, trunk.account, one):
                return one
        if not any(named):
            raise self._refused(trunk.account, 32206, "The From of the call is no phone number.")
        raise self._refused(trunk.account, 32204, "The From number is neither owned nor verified by the account.")

    # By a provider ---------------------------------------------------------------------------

    def _by_provider(self, provider: Trunk, request: Request) -> Admitted:
        """From the real world. With a trunk that registered, only To may name a number of ours."""
        for uri in (request.uri, request.to.uri):
            number = self._directory.number(e164(uri.number, provider.region))
            if number is not None and is_active(self._directory, number.account):
                break
        else:
            raise SipError("not found", 404)
        caller = caller_by_provider(request, provider.region, trusted=provider.trusted)
        passed_on = diverted_from(request, provider.region) if provider.trusted else ""
        params: Params = (("ForwardedFrom", passed_on), ("CalledVia", passed_on)) if passed_on else ()
        return Admitted(caller, number.number, number, params)

    # At our own address ----------------------------------------------------------------------

    def _at_the_door(self, request: Request, source: Target, local: Target) -> Admitted:
        """Nobody is named. A phone on this machine may call any number; others must log in, and are known by that."""
        at_home = self._open_house and self._is_from_here(request, source, local)
        if at_home and (admitted := self._from_home(request, source)):
            return admitted
        if at_home and not self._names.has_domains():
            raise SipError("not found", 404)
        username, whose = self._login(request, source, self._known_at_the_door)
        if isinstance(whose, Trunk):
            return self._by_provider(whose, request)
        domain = whose
        self._check(domain, source)
        if domain.call_addresses and not self._directory.admits(domain.call_addresses, source.host):
            raise self._refused(domain.account, 32201, NOT_LISTED)
        return self._to_domain(domain, request, source, username)

    def _from_home(self, request: Request, source: Target) -> Admitted | None:
        number = self._directory.number(e164(request.uri.number, HOME))
        if number is None or not is_active(self._directory, number.account):
            return None
        from_ = request.from_.uri
        caller = from_.number if is_e164(from_.number) else str(from_.bare())
        return Admitted(caller, number.number, number, _told(request, source))

    def _is_from_here(self, request: Request, source: Target, local: Target) -> bool:
        """Did it begin on this machine? Something on it that passes on what others say has put its Via upon theirs, or
        left theirs as it was (RFC 3261 16.6, 18.2.1)."""
        if not is_loopback(source.host) or len(request.vias) != 1:
            return False
        return self._names.is_ours(request.via.host, local) or is_here(request.via.host)

    def _known_at_the_door(self, username: str) -> list[tuple[Trunk | Domain, str]]:
        provider = self._providers.provider_of(username)
        found: list[tuple[Trunk | Domain, str]] = [(provider, provider.inbound_password)] if provider else []
        return [*found, *self._names.domains_of_user(username, lambda one: one.call_credentials)]

    # Proofs ----------------------------------------------------------------------------------

    def _authenticated(
        self, account: str, name: str, lists: Sequence[str], networks: Sequence[str], request: Request, source: Target
    ) -> str:
        """The user that proved itself, "" where an address is enough. What no list lets in hears what all strangers
        hear; its account is told why."""
        is_listed = bool(networks) and self._directory.admits(networks, source.host)
        if not lists and is_listed:
            return ""
        if not lists and networks:
            self._complaints.tell(account, 32201, NOT_LISTED)
        elif not lists:
            sentence = f"{name} lets nobody in: it has neither credentials nor addresses."
            self._complaints.tell(account, 32200, sentence)
        try:
            username, _ = self._login(request, source, lambda username: self._known(lists, username))
        except Wrong:
            if lists:
                self._complaints.tell(account, 32202, "The credentials are wrong.")
            raise
        if networks and not is_listed:
            raise self._refused(account, 32201, NOT_LISTED)
        return username

    def _known(self, lists: Sequence[str], username: str) -> list[tuple[None, str]]:
        password = self._directory.password(lists, username)
        return [] if password is None else [(None, password)]

    def _login(
        self, request: Request, source: Target, known: Callable[[str], Sequence[tuple[Whose, str]]]
    ) -> tuple[str, Whose]:
        return self._doorkeeper.ask(request, source, known, proxy=True)

    def _refused(self, account: str, code: int, sentence: str, status: int = 403) -> Refused:
        self._complaints.tell(account, code, sentence)
        return Refused(code, sentence, status)


def _forbidden() -> SipError:
    """What strangers hear, whatever is or is not there."""
    return SipError("forbidden", 403)


def _told(request: Request, source: Target) -> Params:
    """What every webhook about a call by SIP says (voice reference 3.1). Nobody speaks in our own name."""
    own = tuple(pair for pair in told(request) if not pair[0].lower().startswith("sipheader_x-twilio"))
    return (("SipCallId", request.call_id), ("SipSourceIp", source.host), *own)


def _dial(trunk: SipTrunk, caller: str, called: str) -> str:
    """The document of a call that a customer's exchange makes to the real world (voice reference 10.2)."""
    recording = ""
    if trunk.recording_mode != "do-not-record":
        recording = f" record={quoteattr(trunk.recording_mode)} trim={quoteattr(trunk.recording_trim)}"
    return (
        f'<Response><Dial answerOnBridge="true" timeout="120" callerId={quoteattr(caller)}{recording}>'
        f"<Number>{called}</Number></Dial></Response>"
    )
