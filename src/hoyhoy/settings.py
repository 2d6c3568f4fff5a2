"""What an operator can choose, with the defaults of a laptop.

Every choice is an option of `hoyhoy serve`, a variable HOYHOY_<NAME>, or a line of `hoyhoy.toml`
in the folder where the command runs; they win in this order.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PORT = 8980
PROXY_PORT = 8943


class Unsafe(Exception):
    """The settings would open the exchange to strangers; the sentence says what to change."""


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
    until_unused: bool = False
    upstream_proxy: str | None = None
    """Where the proxy port sends other hosts' CONNECTs; None: what this process's environment names."""

    @property
    def is_loopback(self) -> bool:
        """Only this machine can reach the exchange."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def adopts(self) -> bool:
        """Unknown accounts and From numbers of tutorials are taken in (design, the face it shows)."""
        return self.is_loopback and not self.strict

    def check(self) -> None:
        """Raise Unsafe for a bind that strangers reach while the lab or adoption is open."""
        if not self.is_loopback and self.lab:
            raise Unsafe(f"Binding to {self.host} would let strangers drive the virtual phones. "
                         "Add --no-lab, or bind to 127.0.0.1.")


def data_folder() -> Path:
    """Where this platform keeps a program's data."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "hoyhoy"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "hoyhoy"


def from_file(folder: Path) -> dict[str, Any]:
    """The choices of `hoyhoy.toml`, names as the options' (dashes or underscores)."""
    path = folder / "hoyhoy.toml"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {name.replace("-", "_"): value for name, value in tomllib.load(file).items()}
