"""The operator's trunks, the roads to the real world, as `hoyhoy.toml` describes them.

    [[trunk]]
    name = "north"
    hosts = ["sip.north.example"]
    prefixes = ["+1", "+44"]

Nothing is called that no prefix names, and every trunk has caps that stop calls, also where none is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from hoyhoy.wire.number import is_e164
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import bare_host, host_port, is_ip, written_host
from hoyhoy.wire.sip.via import default_port

from .target import TRANSPORTS

Network = IPv4Network | IPv6Network

PASS, OWNED = "pass", "owned"
"""Who is shown as the caller: whoever the program names, or only numbers that its account owns or has verified."""

_PREFIX = re.compile(r"\+[0-9]{0,15}")
_NAME = re.compile(r"[A-Za-z0-9_\-]{1,40}")
_DIALLED = re.compile(r"\+?[0-9*#]{0,20}")
_REGION = re.compile(r"[A-Z]{2}")


class WrongTrunk(ValueError):
    """A table that cannot be followed; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What stops calls. `calls` at the same time; begun in a second, a minute and a day; minutes of talk in a day."""

    calls: int = 10
    calls_per_second: int = 5
    calls_per_minute: int = 30
    calls_per_day: int = 500
    minutes_per_day: int = 1000


@dataclass(frozen=True, slots=True)
class Trunk:
    """One road. `prefixes` are of E.164 numbers, as are those that are `denied` nevertheless.

    A number is dialled as `prepend` and its digits without the first `strip`. The lower `priority` goes first, equals
    by chance in proportion to `weight`. `region` says how the provider's national numbers are read. Calls come in from
    `sources`, by default its hosts, and from whoever logs in with the inbound user; where it is `trusted`, it also says
    who the caller is.
    """

    name: str
    hosts: tuple[str, ...]
    prefixes: tuple[str, ...]
    transport: str = "udp"
    denied: tuple[str, ...] = ()
    priority: int = 10
    weight: int = 10
    username: str = ""
    password: str = field(default="", repr=False)
    register: bool = False
    expires: int = 600
    from_domain: str = ""
    caller: str = OWNED
    strip: int = 0
    prepend: str = "+"
    region: str = "US"
    sources: tuple[Network, ...] = ()
    trusted: bool = False
    inbound_username: str = ""
    inbound_password: str = field(default="", repr=False)
    caps: Caps = Caps()

    @property
    def ports(self) -> frozenset[int]:
        """Of its hosts."""
        return frozenset(host_port(host)[1] or default_port(self.transport) for host in self.hosts)

    def match(self, number: str) -> int:
        """How many characters of a number this trunk is for; 0 when it may not be called by it."""
        length = max((len(one) for one in self.prefixes if number.startswith(one)), default=0)
        return 0 if any(number.startswith(one) and len(one) >= length for one in self.denied) else length

    def dialled(self, number: str) -> str:
        """An E.164 number as this provider wants it."""
        return self.prepend + number[1 + self.strip :]


_CAPS = {one.name for one in fields(Caps)}
_TRUNK = {one.name: one for one in fields(Trunk) if one.name != "caps"}
_REQUIRED = [name for name, one in _TRUNK.items() if one.default is MISSING]


def trunks(tables: object) -> tuple[Trunk, ...]:
    """The trunks of the `trunk` list of `hoyhoy.toml`. WrongTrunk when they cannot be followed."""
    if not isinstance(tables, Sequence) or not all(isinstance(table, Mapping) for table in tables):
        raise WrongTrunk("Trunks are tables: write [[trunk]] above each.")
    made = tuple(_trunk(table) for table in tables)
    names = [one.name for one in made]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WrongTrunk(f"Two trunks have the name {twice[0]!r}.")
    users = [one.inbound_username for one in made if one.inbound_username]
    if len(set(users)) < len(users):
        raise WrongTrunk("Two trunks have the same inbound_username, so nobody can tell who calls.")
    return made


def caps(table: object) -> Caps:
    """Caps that are written in a table of their own, as those of each account are. WrongTrunk as above."""
    if not isinstance(table, Mapping):
        raise WrongTrunk("Caps are a table.")
    if strange := sorted(set(table) - _CAPS):
        raise WrongTrunk(f"Caps have no {strange[0]!r}; there are {', '.join(sorted(_CAPS))}.")
    return Caps(**{name: _whole(value, name, "caps", 0) for name, value in table.items()})


def _trunk(table: Mapping[str, Any]) -> Trunk:
    given = {str(name).replace("-", "_"): value for name, value in table.items()}
    name = given.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise WrongTrunk("Each trunk needs a name of letters, digits, - and _.")
    if strange := sorted(given.keys() - _TRUNK.keys() - _CAPS):
        raise WrongTrunk(f"Trunk {name!r} has no {strange[0]!r}.")
    if lacking := [one for one in _REQUIRED if one not in given]:
        raise WrongTrunk(f"Trunk {name!r} lacks {', '.join(lacking)}.")
    of_caps = {key: _whole(given.pop(key), key, name, 0) for key in list(given) if key in _CAPS}
    read = {key: _READERS.get(key, _text)(value, key, name) for key, value in given.items()}
    made = Trunk(**read, caps=Caps(**of_caps))
    if made.register and not made.username:
        raise WrongTrunk(f"Trunk {name!r} is to register, but has no username.")
    if bool(made.inbound_username) != bool(made.inbound_password):
        raise WrongTrunk(f"Trunk {name!r} needs both inbound_username and inbound_password, or neither.")
    return made


def _text(value: object, key: str, name: str) -> str:
    if not isinstance(value, str) or any(ord(mark) < 32 for mark in value):
        raise WrongTrunk(f"Trunk {name!r}: {key} must be a text of one line.")
    return value


def _flag(value: object, key: str, name: str) -> bool:
    if not isinstance(value, bool):
        raise WrongTrunk(f"Trunk {name!r}: {key} must be true or false.")
    return value


def _whole(value: object, key: str, name: str, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**31:
        raise WrongTrunk(f"Trunk {name!r}: {key} must be a whole number from {least} on.")
    return value


def _texts(value: object, key: str, name: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, Sequence):
        raise WrongTrunk(f"Trunk {name!r}: {key} must be a list of texts.")
    return tuple(_text(one, key, name) for one in value)


def _hosts(value: object, key: str, name: str) -> tuple[str, ...]:
    hosts = _texts(value, key, name)
    if not hosts:
        raise WrongTrunk(f"Trunk {name!r} needs a host.")
    return tuple(_host(host, key, name) for host in hosts)


def _host(value: object, key: str, name: str) -> str:
    """`host`, `host:port`, an IPv6 address with or without brackets."""
    text = written_host(_text(value, key, name))
    try:
        host_port(text)
    except SipError:
        raise WrongTrunk(f"Trunk {name!r}: {text!r} is no host.") from None
    return text


def _prefixes(value: object, key: str, name: str) -> tuple[str, ...]:
    found = _texts(value, key, name)
    for prefix in found:
        if not _PREFIX.fullmatch(prefix):
            raise WrongTrunk(f"Trunk {name!r}: {prefix!r} is no prefix; write + and digits, as in '+44'.")
    return found


def _networks(value: object, key: str, name: str) -> tuple[Network, ...]:
    found = []
    for text in _texts(value, key, name):
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            raise WrongTrunk(f"Trunk {name!r}: {text!r} is no network; write 203.0.113.0/24 or an address.") from None
        found.append(network)
    return tuple(found)


def _shown(value: object, key: str, name: str) -> str:
    text = _text(value, key, name)
    if text not in (PASS, OWNED) and not is_e164(text):
        raise WrongTrunk(f"Trunk {name!r}: caller must be 'owned', 'pass' or a number like '+15550100'.")
    return text


def _one_of(choice: Sequence[str]) -> Any:
    def read(value: object, key: str, name: str) -> str:
        if value not in choice:
            raise WrongTrunk(f"Trunk {name!r}: {key} must be one of {', '.join(choice)}.")
        return str(value)

    return read


def _matching(pattern: re.Pattern[str], example: str) -> Any:
    def read(value: object, key: str, name: str) -> str:
        text = _text(value, key, name)
        if not pattern.fullmatch(text):
            raise WrongTrunk(f"Trunk {name!r}: {key} must look like {example!r}.")
        return text

    return read


def _seconds(value: object, key: str, name: str) -> int:
    return _whole(value, key, name, 60)


def _weight(value: object, key: str, name: str) -> int:
    return _whole(value, key, name, 1)


_READERS: dict[str, Any] = {
    "hosts": _hosts, "prefixes": _prefixes, "denied": _prefixes, "transport": _one_of(TRANSPORTS),
    "priority": _whole, "weight": _weight, "register": _flag, "expires": _seconds, "from_domain": _host,
    "caller": _shown, "strip": _whole, "prepend": _matching(_DIALLED, "0"), "region": _matching(_REGION, "US"),
    "sources": _networks, "trusted": _flag,
}  # fmt: skip


def sources_of(trunk: Trunk) -> tuple[Network, ...]:
    """Where a trunk's calls come from: the networks it names, or else its hosts that are addresses."""
    hosts = [bare_host(host_port(host)[0]) for host in trunk.hosts]
    return trunk.sources or tuple(ip_network(host) for host in hosts if is_ip(host))
