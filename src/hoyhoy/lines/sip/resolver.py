"""From a URI to the places it means (RFC 3263, as far as addresses: no NAPTR and no SRV records)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from hoyhoy.exchange.clock import Clock
from hoyhoy.wire.sip.error import SipError
from hoyhoy.wire.sip.grammar import bare_host, is_ip
from hoyhoy.wire.sip.uri import Uri
from hoyhoy.wire.sip.via import default_port

from .target import TRANSPORTS, Limits, Target


class Resolver:
    """`families` says whether datagrams of ours go by IPv4 and by IPv6; without either, TCP is the way."""

    def __init__(self, clock: Clock, limits: Limits, families: Callable[[], tuple[bool, bool]]) -> None:
        self._clock, self._limits, self._families = clock, limits, families
        self._asking = 0

    async def resolve(self, uri: Uri) -> list[Target]:
        """The targets of a URI, the first to be tried first.

        SipError 416 for what is no SIP URI, 404 where nobody is, 503 where it cannot be known at the moment, or not
        be reached. `maddr` is left alone: it would aim our requests elsewhere than the host says.
        """
        transport, is_open = self._transport(uri)
        port = uri.port or default_port(transport)
        name = "" if is_ip(uri.host) else uri.host.rstrip(".")
        hosts = await self._addresses(name) if name else [bare_host(uri.host)]
        four, six = self._families()
        if transport == "udp":
            hosts = [host for host in hosts if (six if ":" in host else four)]
        if not hosts:
            raise SipError("no way to that address", 503)
        certified = name if transport == "tls" else ""
        return [Target(transport, host, port, certified, is_open=is_open) for host in hosts[: self._limits.targets]]

    def _transport(self, uri: Uri) -> tuple[str, bool]:
        """The transport, and whether it was ours to choose (RFC 3263 4.1)."""
        if not uri.is_sip:
            raise SipError("URI scheme not supported", 416)
        named = uri.transport
        if named and named not in TRANSPORTS:
            raise SipError("transport not supported", 503)
        if uri.secure and named != "tls":
            raise SipError("a sips URI needs TLS", 416)
        if named:
            return named, False
        return ("udp" if any(self._families()) else "tcp"), True

    async def _addresses(self, name: str) -> list[str]:
        if self._asking >= self._limits.lookups:
            raise SipError("too many names are being looked up", 503)
        self._asking += 1
        try:
            with self._clock.busy("a name that is looked up"):
                async with self._clock.timeout(self._limits.lookup_seconds):
                    found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except TimeoutError:
            raise SipError("the name could not be looked up in time", 503) from None
        except socket.gaierror as error:
            again = error.errno == socket.EAI_AGAIN
            raise SipError(*(("the name cannot be looked up", 503) if again else ("no such host", 404))) from None
        except (OSError, UnicodeError):
            raise SipError("no such host", 404) from None
        finally:
            self._asking -= 1
        hosts = [str(place[4][0]) for place in found]
        return [host for host in dict.fromkeys(hosts) if "%" not in host]
