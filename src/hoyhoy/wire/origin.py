"""Where a request says it comes from and leads to: what a browser tells about the page that asks. Pure.

A program can write anything here; a web page cannot. Browsers set `Host`, `Origin` (RFC 6454) and
`Sec-Fetch-Site` (W3C Fetch Metadata) themselves, so these headers tell pages from programs, and
this machine's pages from everybody else's.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

TWILIO = ".twilio.com"


def leads_here(host: str, bound: str = "") -> bool:
    """Whether a `Host` field names this machine in a way that no page elsewhere can arrange.

    A page of `evil.example` may have its own name lead to 127.0.0.1 (DNS rebinding), and is then of one
    origin with what it finds there. It cannot do so with an address, with `localhost`, with a name
    without a dot, or with the names that are intercepted. `bound` is the host the exchange listens on.
    """
    name = _name(host)
    return "." not in name or name == bound.lower() or name.endswith((".localhost", TWILIO)) or _is_address(name)


def is_own_page(origin: str) -> bool:
    """Whether an `Origin` field is that of a page this machine serves."""
    scheme, mark, host = origin.strip().lower().partition("://")
    if scheme not in ("http", "https") or not mark:
        return False
    name = _name(host)
    if _is_address(name):
        return ip_address(name).is_loopback
    return name == "localhost" or name.endswith(".localhost")


def is_from_afar(headers: Iterable[tuple[bytes, bytes]], bound: str = "") -> bool:
    """Whether a request with these headers (names in lower case) may come from somebody else's web page.

    What says nothing about itself comes from a program, and is judged by its `Host` alone.
    """
    origin, site = b"", b""
    for name, value in headers:
        if name == b"host":
            if not leads_here(value.decode("latin-1"), bound):
                return True
        elif name == b"origin":
            origin = value
        elif name == b"sec-fetch-site":
            site = value
    if origin:
        return not is_own_page(origin.decode("latin-1"))
    return site == b"cross-site"


def _name(host: str) -> str:
    """The name or address in a `Host` field, without port, brackets and the root's dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name = host if host.count(":") > 1 else host.partition(":")[0]
    return name.rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
