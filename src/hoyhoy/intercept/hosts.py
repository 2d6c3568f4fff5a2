"""Whose host is it, and which product, edge and region does its name say? Pure.

Twilio's libraries spell hosts `<product>.twilio.com`, `<product>.<region>.twilio.com` and
`<product>.<edge>.<region>.twilio.com` (official-clients A2); the browser SDK puts an edge alone
(`voice-js.roaming.twilio.com`, B2). A region is two letters and a number; what is not is an edge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DOMAIN = "twilio.com"
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")

_REGION = re.compile(r"[a-z]{2}[0-9]{1,2}")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class TwilioHost:
    """`api.dublin.ie1.twilio.com` is product `api`, edge `dublin`, region `ie1`; what is not said is empty."""

    product: str
    edge: str = ""
    region: str = ""


def bare(host: str) -> str:
    """The name alone, in lower case: without port, brackets and the root's dot."""
    host = host.strip()
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.rstrip(".").lower()


def is_ours(host: str) -> bool:
    """True for twilio.com and everything under it, in any spelling; such a host never leaves the machine."""
    name = bare(host)
    return name == DOMAIN or name.endswith("." + DOMAIN)


def may_be_minted(name: str) -> bool:
    """True for the names our authority is constrained to: twilio.com, localhost, what is under them, loopback."""
    name = bare(name)
    if name in LOOPBACK_ADDRESSES:
        return True
    under = is_ours(name) or name == "localhost" or name.endswith(".localhost")
    return under and len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split("."))


def parse(host: str) -> TwilioHost | None:
    """Take a Host header, a CONNECT target or a server name apart; None when it is not Twilio's."""
    if not is_ours(host):
        return None
    labels = bare(host).removesuffix(DOMAIN).rstrip(".").split(".")
    if len(labels) == 1:
        return TwilioHost(labels[0])
    if len(labels) == 2:
        product, place = labels
        return TwilioHost(product, region=place) if _REGION.fullmatch(place) else TwilioHost(product, edge=place)
    return TwilioHost(labels[0], labels[-2], labels[-1])
