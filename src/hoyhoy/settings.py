"""What an operator can choose, with the defaults of a laptop.

Every choice but `upstream_proxy` is an option of `hoyhoy serve`, a variable HOYHOY_<NAME>, or a line of `hoyhoy.toml`
in the folder where the command runs; they win in this order.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .exchange.facilities import Rules
    from .lines.sip.trunk_settings import Caps, Trunk

PORT = 8980
PROXY_PORT = 8943
MEDIA_PORT = 10000
SIP_PORT, SIPS_PORT = 5060, 5061


FILE = "hoyhoy.toml"


class Unsafe(Exception):
    """The settings would open the exchange to strangers; the sentence says what to change."""


class Unusable(ValueError):
    """A choice that cannot be followed here; the sentence says why."""


class WrongFile(Exception):
    """`hoyhoy.toml` cannot be followed; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`data` None keeps everything in memory. A port of 0 takes any free one."""

    data: Path | None = None
    host: str = "127.0.0.1"
    port: int = PORT
    proxy_port: int | None = PROXY_PORT
    database: str = ""
    virtual_time: bool = False
    seed: int | None = None
    strict: bool = False
    lab: bool = True
    maps: tuple[tuple[str, str], ...] = ()
    allow_networks: tuple[str, ...] = ()
    ice_servers: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    until_unused: bool = False
    speech: str = ""
    """Which engine speaks (speech/engines.py)."""
    recogniser: str = ""
    """Who recognises speech that is only sound (speech/recognisers.py)."""
    media_host: str = ""
    """Where RTP is listened for, an IPv4 address; "" is where SIP is."""
    media_port: int = MEDIA_PORT
    """The first of the ports: `media_ports` even ones for each media process; 0 takes any free ones."""
    media_ports: int = 64
    media_processes: int = 1
    sip: bool = True
    """Whether SIP phones and trunks are served; under virtual time never."""
    sip_host: str = ""
    """Where SIP is listened for, an IPv4 address; "" is `host`."""
    sip_port: int | None = None
    """UDP and TCP; None is the usual one, on loopback any free one when that is taken."""
    sips_port: int | None = None
    sip_names: tuple[str, ...] = ()
    """Names under which SIP phones know this exchange, besides its addresses."""
    sip_advertised: str = ""
    """The address that far ends are told, browsers too, where it is not the one that is bound: behind a NAT."""
    sip_anywhere: bool = False
    """Programs may call SIP addresses of any public host; else only those of this machine and of `allow_networks`."""
    sip_lateness: float = 0.05
    """Seconds by which the exchange may be late all the time before it refuses calls by SIP (503); 0: any."""
    sip_certificate: Path | None = None
    """PEM file of certificate, chain and key for TLS; without one there is TLS on loopback only."""
    trunks: tuple[Trunk, ...] = ()
    account_caps: Caps | None = None
    """What stops the calls of one account by all trunks together."""
    rules: Rules | None = None
    """Choices of behaviour that sources leave open (docs/decisions/0003); None: as suggested."""
    drain: float = 0.0
    """Seconds that calls have to end by themselves when the exchange is stopped; no others begin meanwhile."""
    metrics: bool = False
    """Show numbers at /metrics to whoever asks; on loopback they are shown anyway."""
    upstream_proxy: str | None = None
    """Where the proxy port sends other hosts' CONNECTs; None: what this process's environment names."""

    @property
    def is_loopback(self) -> bool:
        """Only this machine can reach the API and the lab."""
        return _is_loopback(self.host)

    @property
    def shows_metrics(self) -> bool:
        return self.metrics or self.is_loopback

    @property
    def sip_address(self) -> str:
        return self.sip_host or IPV4.get(self.host, self.host)

    @property
    def sip_is_loopback(self) -> bool:
        """Only this machine can reach the SIP line."""
        return _is_loopback(self.sip_address)

    @property
    def opens_house(self) -> bool:
        """Phones of this machine may call any number without a password."""
        return self.adopts and self.sip_is_loopback

    @property
    def media_address(self) -> str:
        return self.media_host or self.sip_address

    @property
    def media_is_loopback(self) -> bool:
        """No firewall knows the ports of sound: others will do when one is taken."""
        return _is_loopback(self.media_address)

    def media_pool(self, process: int) -> tuple[int, ...]:
        """The ports of one media process: even ones, each with the next for reports (RFC 3550 11)."""
        first = self.media_port + process * 2 * self.media_ports
        return tuple(range(first, first + 2 * self.media_ports, 2)) if self.media_port else (0,) * self.media_ports

    @property
    def adopts(self) -> bool:
        """Unknown accounts and From numbers of tutorials are taken in (design, the face it shows)."""
        return self.is_loopback and not self.strict

    def check(self) -> None:
        """Raise Unsafe for a bind that strangers reach while the lab or adoption is open, Unusable for one that cannot
        carry sound."""
        if not self.is_loopback and self.lab:
            raise Unsafe(
                f"Binding to {self.host} would let strangers drive the virtual phones. "
                "Add --no-lab, or bind to 127.0.0.1."
            )
        if self.sip and not self.virtual_time:
            if not self.sip_is_loopback and self.lab:
                raise Unsafe(
                    f"SIP at {self.sip_address} would let strangers reach the virtual phones. "
                    "Add --no-lab, or --sip-host 127.0.0.1."
                )
            for name, place in (("--sip-host", self.sip_address), ("--media-host", self.media_address)):
                if not _is_ipv4(place):
                    raise Unusable(
                        f"Telephones are served at IPv4 addresses, and {place} is none: name one with {name}, "
                        "or leave SIP out with --no-sip."
                    )


IPV4 = {"localhost": "127.0.0.1", "::1": "127.0.0.1", "::": "0.0.0.0"}  # noqa: S104
"""Where telephones are served when the API is bound to one of these."""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_ipv4(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 4
    except ValueError:
        return False


def data_folder() -> Path:
    """Where this platform keeps a program's data."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "hoyhoy"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "hoyhoy"


class Option(Protocol):
    """An option of a command: the name its value has, and how it is written (`--allow-network`)."""

    @property
    def name(self) -> str | None: ...
    @property
    def opts(self) -> Sequence[str]: ...
    @property
    def multiple(self) -> bool: ...


TRUNKS, ACCOUNT_CAPS, RULES = "trunk", "account-caps", "rules"
"""The tables of `hoyhoy.toml` that are no option of a command."""


def trunks_from_file(folder: Path) -> tuple[Trunk, ...]:
    """The operator's SIP trunks of `hoyhoy.toml`. WrongFile when they cannot be followed."""
    if (tables := _written(folder).get(TRUNKS)) is None:
        return ()
    from .lines.sip.trunk_settings import WrongTrunk, trunks

    try:
        return trunks(tables)
    except WrongTrunk as error:
        raise WrongFile(f"{folder / FILE}: {error}") from None


def account_caps_from_file(folder: Path) -> Caps | None:
    """What each account may call by all trunks together. WrongFile when it cannot be followed."""
    if (table := _written(folder).get(ACCOUNT_CAPS)) is None:
        return None
    from .lines.sip.trunk_settings import WrongTrunk, caps

    try:
        return caps(table)
    except WrongTrunk as error:
        raise WrongFile(f"{folder / FILE}: {error}") from None


def rules_from_file(folder: Path) -> Rules | None:
    """The choices of behaviour of `hoyhoy.toml`. WrongFile when they cannot be followed."""
    if (table := _written(folder).get(RULES)) is None:
        return None
    import msgspec

    from .exchange.facilities import CHOICES, Rules

    try:
        chosen = {name.replace("-", "_"): value for name, value in table.items()}
        if strange := sorted(chosen.keys() - CHOICES):
            raise ValueError(f"there is no rule {', '.join(strange)}")
        if low := sorted(name for name, value in chosen.items() if isinstance(value, int | float) and not value >= 0):
            raise ValueError(f"{', '.join(low)} cannot be less than 0")
        return msgspec.convert(chosen, Rules)
    except (AttributeError, ValueError) as error:
        raise WrongFile(f"{folder / FILE}: [{RULES}]: {error}") from None


def _written(folder: Path) -> dict[str, Any]:
    path = folder / FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise WrongFile(f"{path} cannot be read: {error}") from None


def from_file(folder: Path, options: Iterable[Option]) -> dict[str, Any]:
    """The choices of `hoyhoy.toml`, named as the options are written (with dashes or underscores).

    WrongFile when it cannot be read or names what is no option.
    """
    path, written = folder / FILE, _written(folder)
    for table in (TRUNKS, ACCOUNT_CAPS, RULES):
        written.pop(table, None)
    known = _known(options)
    if strange := [name for name in written if name.replace("-", "_") not in known]:
        raise WrongFile(f"{path} sets {', '.join(strange)}, which no command has as an option.")
    chosen: dict[str, Any] = {}
    for name, value in written.items():
        option = known[name.replace("-", "_")]
        chosen[str(option.name)] = [value] if option.multiple and not isinstance(value, list) else value
    return chosen


def from_environment(environment: Mapping[str, str], options: Iterable[Option]) -> dict[str, Any]:
    """The choices of HOYHOY_<NAME>; an option that can be repeated takes words."""
    found: dict[str, Any] = {}
    for name, option in _known(options).items():
        if value := environment.get(f"HOYHOY_{name.upper()}"):
            found[str(option.name)] = value.split() if option.multiple else value
    return found


def _known(options: Iterable[Option]) -> dict[str, Option]:
    return {written.lstrip("-").replace("-", "_"): option for option in options for written in option.opts}
