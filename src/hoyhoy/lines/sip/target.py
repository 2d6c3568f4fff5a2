"""Where a SIP message goes or came from, where we listen, and how much of anything there may be."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field, replace

RELIABLE = ("tcp", "tls")
TRANSPORTS = ("udp", *RELIABLE)


@dataclass(frozen=True, slots=True)
class Target:
    """One hop. `transport` is `udp`, `tcp` or `tls`; `host` is an address without brackets."""

    transport: str
    host: str
    port: int
    name: str = ""
    """The host name as it was before it was looked up: what a TLS peer's certificate must be for (RFC 5922 7.2)."""
    flow: int = 0
    """The number of the connection that came to us and is the only way back; 0 when we may open one."""
    is_open: bool = field(default=False, compare=False)
    """Did the URI leave the transport to us? Then a long request goes by TCP first (RFC 3261 18.1.1)."""

    @property
    def reliable(self) -> bool:
        return self.transport in RELIABLE

    def by(self, transport: str) -> Target:
        """The same place by a transport that is settled."""
        return replace(self, transport=transport, is_open=False)

    def __str__(self) -> str:
        return (
            f"{self.transport}:[{self.host}]:{self.port}"
            if ":" in self.host
            else f"{self.transport}:{self.host}:{self.port}"
        )


@dataclass(frozen=True, slots=True)
class Bind:
    """A place to listen at. `port` 0 takes any; `tls` is the server's context, which only `tls` needs."""

    transport: str
    host: str
    port: int = 0
    tls: ssl.SSLContext | None = None
    advertised: str = ""
    """The host that others shall be told, where it is not the one we are bound to: behind a NAT."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What strangers can take of us. Counts, octets and seconds."""

    server_transactions: int = 80_000
    """New INVITEs are refused from four fifths of it on, other new requests from nine tenths. Each lives 32 s and,
    once it is answered, takes 2.3 KiB: at most 200 MB, and 1,000 calls per second."""
    client_transactions: int = 40_000
    messages_per_second: float = 5_000
    """From one address, in the long run; a burst may have twice as many at once."""
    addresses: int = 10_000
    """Whose rate is remembered."""
    connections: int = 5_000
    """That came to us, and as many of our own: strangers cannot take what our calls need."""
    connections_per_address: int = 500
    first_message_seconds: float = 15
    """A connection that came to us must be worth it by then; a TLS handshake has the same time."""
    unproven: int = 16 * 1024
    """Octets that a connection may send before its first message is complete."""
    message_seconds: float = 30
    """The rest of a message must come within."""
    idle_seconds: float = 900
    """Phones keep a connection alive every two minutes (RFC 5626 4.4.1); a registration may live an hour."""
    connect_seconds: float = 5
    unsent: int = 256 * 1024
    """Octets that wait because a peer does not read; beyond, its connection is given up."""
    lookups: int = 32
    """Names that are looked up at the same time."""
    lookup_seconds: float = 5
    targets: int = 8
    """Addresses of one name that are tried."""
