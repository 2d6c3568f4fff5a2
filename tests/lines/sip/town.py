"""A small town for tests of who may call and register: accounts, numbers, SIP domains and trunks, and a post office."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hoyhoy.exchange.ports import Account, Domain, Number, Row, Steering
from hoyhoy.lines.sip.target import Target
from hoyhoy.store.sip_directory import SipDirectory
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.authentication import Attempt, Login
from hoyhoy.wire.sip.composition import compose
from hoyhoy.wire.sip.grammar import Params
from hoyhoy.wire.sip.message import Request, Response
from hoyhoy.wire.sip.transaction import Failure
from hoyhoy.wire.sip.uri import Uri
from hoyhoy.wire.sip.uri import parse as uri
from hoyhoy.wire.sip.via import Via

PASSWORD = "Correct-horse-1"
HERE = Target("udp", "192.0.2.1", 5060)
PHONE = Target("udp", "198.51.100.7", 40000)


class Town(SipDirectory):
    """The directory. Row sids are counted; `AC1` and `AC2` are active."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts = {sid: Account(sid, "token", "active", "", sid) for sid in ("AC1", "AC2")}
        self.numbers: dict[str, Number] = {}
        self.verified: set[tuple[str, str]] = set()
        self._count = itertools.count(1)

    def account(self, sid: str) -> Account | None:
        return self.accounts.get(sid)

    def number(self, number: str) -> Number | None:
        return self.numbers.get(number)

    def is_verified(self, account: str, number: str) -> bool:
        return (account, number) in self.verified

    def domains(self) -> list[Domain]:
        return [found for sid in self._rows["sip_domains"] if (found := self.domain_of(sid))]

    # Building ------------------------------------------------------------------------------

    def _row(self, table: str, prefix: str, **values: object) -> str:
        sid = f"{prefix}{next(self._count)}"
        self.take(Row(table, sid, values, new=True))
        return sid

    def owns(self, account: str, number: str, trunk: str = "") -> None:
        self.numbers[number] = Number(f"PN{number}", account, number, Steering("http://app/voice"), Steering(), trunk)

    def adds_domain(self, name: str, account: str = "AC1", **values: object) -> str:
        values = {"sip_registration": True, "voice_url": "http://app/sip"} | values
        return self._row("sip_domains", "SD", account_sid=account, domain_name=name, **values)

    def adds_trunk(self, name: str | None, account: str = "AC1", **values: object) -> str:
        return self._row("trunks", "TK", account_sid=account, domain_name=name, **values)

    def adds_origination(
        self, trunk: str, url: str, priority: int = 10, weight: int = 10, enabled: bool = True
    ) -> None:
        self._row(
            "origination_urls", "OU", trunk_sid=trunk, sip_url=url, priority=priority, weight=weight, enabled=enabled
        )

    def adds_users(self, **passwords: str) -> str:
        """A credential list."""
        sid = f"CL{next(self._count)}"
        for username, password in passwords.items():
            self._row("sip_credentials", "CR", credential_list_sid=sid, username=username, password=password)
        return sid

    def adds_networks(self, *networks: str) -> str:
        """An access control list."""
        sid = f"AL{next(self._count)}"
        for network in networks:
            address, _, length = network.partition("/")
            values = {"ip_access_control_list_sid": sid, "ip_address": address, "cidr_prefix_length": int(length or 32)}
            self._row("sip_ip_addresses", "IP", **values)
        return sid

    def maps(self, owner: str, one: str, purpose: str) -> None:
        table, column = ("trunk_lists", "trunk_sid") if owner.startswith("TK") else ("sip_domain_lists", "domain_sid")
        self._row(table, "MP", **{column: owner, "list_sid": one, "purpose": purpose})


def ask(
    method: str,
    target: str,
    *,
    from_: str,
    to: str = "",
    contact: str = "",
    call_id: str = "one",
    number: int = 1,
    via: str = "SIP/2.0/UDP 10.0.0.5:5060;rport",
    source: Target = PHONE,
    **headers: str,
) -> Request:
    """A request as the endpoint hands it up: its Via marked with where it came from."""
    place = Via("UDP", "10.0.0.5", 5060, Params((("rport", None), ("branch", "z9hG4bK1"))))
    asked = compose(
        method, uri(target), place, Address(uri(from_)).tagged("f"), Address(uri(to or target)), call_id, number
    )
    asked.headers.set("Via", f"{via};branch=z9hG4bK1")
    if contact:
        asked.headers.set("Contact", contact)
    for name, value in headers.items():
        asked.headers.set(name.replace("_", "-"), value)
    asked.arrived(source.host, source.port)
    return asked


def prove(asked: Request, challenge: Response, username: str, password: str = PASSWORD) -> Request:
    """The request again with credentials."""
    assert challenge.status in (401, 407), challenge.status
    fresh = Attempt(Login(username, password)).retry(asked, challenge, branch="z9hG4bK2", cnonce="c")
    assert fresh
    return fresh


@dataclass
class Letter:
    request: Request
    targets: Sequence[Target]
    hear: Callable[[Response], None]
    failure: Failure | None = None

    @property
    def target(self) -> Target:
        return self.targets[0]

    def answer(self, status: int, **headers: str) -> Response:
        response = self.request.respond(status, to_tag="far")
        for name, value in headers.items():
            response.headers.add(name.replace("_", "-"), value)
        self.hear(response)
        return response

    def get_lost(self, failure: Failure = Failure.TIMEOUT) -> None:
        self.failure = failure
        self.hear(self.request.respond(408))


@dataclass
class PostOffice:
    """Stands where the endpoint stands: keeps what is sent, and the test answers."""

    sent: list[Letter] = field(default_factory=list)
    hosts: dict[str, list[str]] = field(default_factory=dict)

    def send(self, request: Request, targets: Sequence[Target], hear: Callable[[Response], None]) -> Letter:
        self.sent.append(Letter(request, targets, hear))
        return self.sent[-1]

    def via(self, target: Target) -> Via:
        return Via(target.transport.upper(), HERE.host, 5060, Params((("branch", f"z9hG4bK{len(self.sent)}"),)))

    def contact(self, target: Target, user: str = "") -> Address:
        return Address(Uri.sip(user, HERE.host, 5060))

    def local(self, target: Target) -> Target:
        return HERE

    async def resolve(self, uri: Uri) -> list[Target]:
        hosts = self.hosts.get(uri.host, [uri.host])
        return [Target(uri.transport or "udp", host, uri.port or 5060) for host in hosts]
