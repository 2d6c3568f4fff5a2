"""One place that a leg of ours may ring at, and how the call is shown there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hoyhoy.exchange.events import Params
from hoyhoy.wire.sip import uri as uris
from hoyhoy.wire.sip.address import Address
from hoyhoy.wire.sip.authentication import Login
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.uri import Uri
from hoyhoy.wire.sip.via import default_port

from .target import Target

LOCAL = ("region", "edge", "secure")
"""Parameters of a dialled URI that are for us (voice reference 2.7.5)."""
KINDS = ("client:", "sim:", "whatsapp:")


@dataclass(frozen=True, slots=True)
class Destination:
    """`place` is where requests go when it is known beforehand, as it is for a registered phone, whose address of
    record is `aor`, through the proxies of `routes`; `caller` is shown.

    `is_chosen` says that a program or a far end named the place, and not this exchange's owner.
    """

    uri: Uri
    caller: str
    place: Target | None = None
    routes: tuple[Address, ...] = ()
    aor: Uri | None = None
    headers: Params = ()
    login: Login | None = field(default=None, compare=False)
    is_chosen: bool = True

    def to(self) -> Address:
        return Address((self.aor or self.uri).bare())

    @property
    def may_move(self) -> bool:
        """May the far end send us elsewhere? Not a provider: prefixes and caps are for what was asked of it."""
        return self.is_chosen or self.place is not None

    def moved(self, uri: Uri) -> Destination:
        """Where a redirection leads. The password is for whom it was given to (RFC 3261 22.4; CVE-2021-41158), and
        behind another port of a host somebody else may listen."""
        same = self.place is None and _place(uri) == _place(self.uri)
        return replace(
            self,
            uri=uri,
            place=None,
            routes=(),
            aor=self.aor or self.uri,
            login=self.login if same else None,
            is_chosen=True,
        )


def _place(uri: Uri) -> tuple[str, str, int | None, str]:
    transport = uri.transport or "udp"
    return uri.scheme, uri.host.lower(), uri.port or default_port(transport), transport


def dialled(address: str) -> Uri:
    """The URI of an address as programs write it, scheme or not. SipError when it is none."""
    address = address.strip()
    uri = uris.parse(address if address.lower().startswith(("sip:", "sips:")) else f"sip:{address}")
    if not uri.is_sip:
        raise SipError("URI scheme not supported", 416)
    return uri


def called(uri: Uri) -> Uri:
    """The URI as it goes out: without what is for us, and without header fields."""
    return replace(uri, params=uri.params.without(*LOCAL), headers="")


def caller_of(shown: str, host: str, port: int | None = None) -> Address:
    """Who is shown as calling: a URI as it is; a number or a name at our own address."""
    if shown.lower().startswith(("sip:", "sips:")):
        try:
            return Address(uris.parse(shown).bare())
        except SipError:
            shown = shown.partition(":")[2].partition("@")[0]
    for kind in KINDS:
        shown = shown.removeprefix(kind)
    return Address(Uri.sip(shown or "anonymous", host, port))
