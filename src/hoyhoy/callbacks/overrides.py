"""Connection overrides in a URL's fragment: `#ct=1000&rt=3000&rc=2&rp=ct,5xx` (voice reference 3.5).

The fragment is neither sent nor signed. A fragment without any of the seven keys is an ordinary
page anchor and means nothing here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hoyhoy.wire.errors import Fault

CEILING = 15.0
"""Seconds: nothing lengthens a request beyond this, retries included."""

CAUSES = frozenset({"ct", "rt", "4xx", "5xx"})
"""What can be retried: a failed connection, a silent app, an answer of that class."""

EDGES = frozenset({"ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient one request is. All times in real seconds."""

    connect: float = 5.0
    """Name look-up aside: TCP and TLS together, for each attempt."""
    read: float = 15.0
    """To the first byte of the answer, and between two."""
    total: float = CEILING
    """For everything: attempts, redirects and the body."""
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})
    total_given: bool = False
    """Whether `tt` was written: only then is running out of time 11203."""


def overridden(url: str, limits: Limits) -> Limits:
    """`limits` as the fragment of `url` changes them. Fault 11240, 11241 or 11243 for values that are not allowed."""
    if "#" not in url:
        return limits
    for pair in url.partition("#")[2].split("&"):
        key, mark, value = pair.partition("=")
        if mark and key in _KEYS:
            limits = _KEYS[key](limits, key, value)
    return limits


def _connect(limits: Limits, key: str, value: str) -> Limits:
    return replace(limits, connect=_integer(key, value, 100, 10_000) / 1000)


def _read(limits: Limits, key: str, value: str) -> Limits:
    return replace(limits, read=_integer(key, value, 100, 15_000) / 1000)


def _total(limits: Limits, key: str, value: str) -> Limits:
    return replace(limits, total=min(limits.total, _integer(key, value, 100, 15_000) / 1000), total_given=True)


def _retries(limits: Limits, key: str, value: str) -> Limits:
    return replace(limits, retries=_integer(key, value, 0, 5))


def _policy(limits: Limits, key: str, value: str) -> Limits:
    causes = frozenset(value.split(","))
    if not causes <= CAUSES | {"all"}:
        raise Fault(11243, f"The retry policy {key}={value} may only name 4xx, 5xx, ct, rt and all.")
    return replace(limits, policy=CAUSES if "all" in causes else causes)


def _server_name(limits: Limits, key: str, value: str) -> Limits:
    """Understood and not followed: the server's name is always sent, which no server of today minds."""
    if value not in ("y", "n"):
        raise Fault(11243, f"The override {key}={value} must be y or n.")
    return limits


def _edges(limits: Limits, key: str, value: str) -> Limits:
    """Understood and not followed: this exchange has no edges to leave from."""
    for edge in value.split(","):
        if not edge.replace("-", "").isalnum():
            raise Fault(11240, f"The override {key}={value} does not name edges.")
        if edge.removesuffix("-ix") not in EDGES:
            raise Fault(11241, f"The override {key}={value} names an edge there is not: {edge}.")
    return limits


def _integer(key: str, value: str, least: int, most: int) -> int:
    # The reference names no code for a number out of range; 11243 is its code for bad overrides (messaging 4.11).
    if not (value.isascii() and value.isdigit() and len(value) < 9 and least <= int(value) <= most):
        raise Fault(11243, f"The override {key}={value} must be a whole number from {least} to {most}.")
    return int(value)


_KEYS: dict[str, Callable[[Limits, str, str], Limits]] = {
    "ct": _connect,
    "rt": _read,
    "tt": _total,
    "rc": _retries,
    "rp": _policy,
    "sni": _server_name,
    "e": _edges,
}
