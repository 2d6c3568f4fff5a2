"""Via: the way a request came and its response goes back (RFC 3261 18.2, 20.42; RFC 3581 rport)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .error import SipError
from .grammar import NO_PARAMS, Params, bare_host, host_port, number, params, same_host

COOKIE = "z9hg4bk"  # lower case: tokens are compared without case (RFC 3261 7.3.1)

_VIA = re.compile(r"\s*SIP\s*/\s*\d+\.\d+\s*/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Via:
    """One hop. `transport` is in upper case; `port` is None when the sender left it out."""

    transport: str
    host: str
    port: int | None = None
    params: Params = NO_PARAMS

    @property
    def branch(self) -> str:
        return self.params.get("branch") or ""

    @property
    def is_modern(self) -> bool:
        """Does the branch name the transaction (RFC 3261 17.2.3)? The bare cookie does not (RFC 4475 3.3.13)."""
        return self.branch.lower().startswith(COOKIE) and len(self.branch) > len(COOKIE)

    @property
    def sent_by(self) -> str:
        """Comparable: in lower case and with its port."""
        return f"{self.host.lower()}:{self.port or default_port(self.transport)}"

    def arrived(self, host: str, port: int) -> Via:
        """As the receiver must mark it: `received` when the source differs, `rport` when asked (RFC 3581 4)."""
        via = replace(self, params=self.params.without("received"))  # ours to say, not the sender's
        if "rport" in via.params:
            via = replace(via, params=via.params.replace("rport", port).replace("received", bare_host(host)))
        elif not same_host(via.host, host):
            via = replace(via, params=via.params.replace("received", bare_host(host)))
        return via

    @property
    def response_place(self) -> tuple[str, int]:
        """Host (no brackets) and port where a response goes over UDP, or when the connection is gone (18.2.2).

        `maddr` is left alone: it would let anyone aim our responses at a third party.
        """
        received, rport = (self.params.get(name) or "" for name in ("received", "rport"))
        port = self.port or default_port(self.transport)
        if received and rport.isascii() and rport.isdigit() and len(rport) < 6:
            port = int(rport) or port
        return bare_host(received or self.host), port

    def __str__(self) -> str:
        port = f":{self.port}" if self.port is not None else ""
        return f"SIP/2.0/{self.transport} {self.host}{port}{self.params}"


def parse(text: str) -> Via:
    """Read one Via value, of any version: a 505 has to find its way back too (RFC 4475 3.1.2.16)."""
    found = _VIA.match(text)
    if not found:
        raise SipError("malformed Via")
    host, port = host_port(found[2].strip())
    via = Via(found[1].upper(), host, port, params(text[found.end() :]))
    ttl = via.params.get("ttl")
    if ttl is not None:
        number(ttl, 255, "ttl")
    return via


def default_port(transport: str) -> int:
    return 5061 if transport.upper() in ("TLS", "WSS") else 5060
