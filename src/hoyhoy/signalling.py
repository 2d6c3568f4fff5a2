"""The SIP line put together: sockets, who may come in, where phones are, which trunks lead out.

There is none under the virtual clock: real phones live in real time.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from .callbacks.guard import Guard
from .exchange.chance import Chance
from .exchange.clock import Clock
from .exchange.media import MediaPlane
from .exchange.ports import Directory
from .intercept.authority import Authority
from .lines.quota import Quota
from .lines.sip.admission import Admission
from .lines.sip.congestion import Congestion
from .lines.sip.endpoint import Endpoint
from .lines.sip.equipment import ABILITIES
from .lines.sip.line import SipLine
from .lines.sip.names import Names
from .lines.sip.provider import Provider
from .lines.sip.refusal import Complaints
from .lines.sip.registrar import Registrar
from .lines.sip.roll import Roll
from .lines.sip.target import Bind, Target
from .lines.sip.trunks import Trunks
from .media import places
from .settings import SIP_PORT, SIPS_PORT, Settings, Unusable
from .wire.sip.authentication import Gate

REALM = "hoyhoy"
ALGORITHMS = ("MD5",)
"""What phones are asked to prove themselves by. Many in use (baresip 1.0) give up at a challenge that they do not know
beside one that they do, which RFC 8760 2.4 has them pass over; the platform asks for MD5 too."""
TRIES_FOR_A_PORT = 20
"""A free port of UDP may be taken for TCP."""

TRIES, TRIES_SECONDS = 20, 60.0
"""Wrong passwords that may be tried for one user from one address in so many seconds."""

PHONES = "phones.json"
"""In the data folder: where registered phones are, so that a restart finds them."""


class Signalling:
    """`await open()`, then `line` is a way out and in; `close()` after its calls have ended."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        chance: Chance,
        directory: Directory,
        plane: MediaPlane,
        guard: Guard,
        folder: Path | None,
        tell: Callable[[str, int, str], object],
    ) -> None:
        """`folder` keeps what a restart would forget; `tell` makes a Notification: the account's sid, the code, a
        sentence."""
        self.settings, self.clock, self._chance = settings, clock, chance
        self.endpoint = Endpoint(clock, chance, abilities=ABILITIES)
        complaints, tries = Complaints(clock, tell), Quota(TRIES, TRIES_SECONDS)
        gate = Gate(REALM, chance.hex(64).encode(), algorithms=ALGORITHMS)
        names = Names(directory, directory.domains, (*settings.sip_names, *own_addresses(settings.sip_address)))
        self.trunks = Trunks(settings.trunks, clock, chance, directory, complaints, settings.account_caps)
        self.registrar = Registrar(self.endpoint, clock, chance, directory, names, gate, tries, complaints)
        admission = Admission(
            clock, chance, directory, names, gate, tries, complaints, self.trunks, open_house=settings.opens_house
        )
        self.endpoint.on_lost = self._lost
        self.congestion = Congestion(clock, settings.sip_lateness, lambda: self.endpoint.beginning)
        self.endpoint.is_congested = self.congestion.is_there
        self._roll = Roll(self.registrar, folder / PHONES, clock) if folder else None
        self._rolling: asyncio.Task[None] | None = None
        self._providers: dict[Provider, asyncio.Task[None]] = {}
        self.line = SipLine(
            clock,
            chance,
            self.endpoint,
            plane,
            directory,
            admission=admission,
            registrar=self.registrar,
            locations=self.registrar,
            trunks=self.trunks,
            permits=lambda target: (
                not self.trunks.owns(target.host, target.port, target.name)
                and (guard.lists(target.host) or (settings.sip_anywhere and guard.permits(target.host)))
            ),
            media_host=settings.sip_advertised,
            complain=complaints.tell,
        )

    async def open(self, authority: Authority | None) -> None:
        """Listen, and log in at providers. OSError with a sentence when a port is taken; Unusable."""
        await self._listen(self._tls(authority))
        self.congestion.start()
        if self._roll:
            await self._roll.load()
            self._rolling = self.clock.spawn(self._roll.run(), "registered phones")
        for trunk in self.settings.trunks:
            provider = Provider(trunk, self.trunks, self.endpoint, self.clock, self._chance)
            self._providers[provider] = self.clock.spawn(provider.run(), f"provider {trunk.name}")

    async def _listen(self, tls: ssl.SSLContext | None) -> None:
        """At the ports that were chosen, else at the usual ones, else, on loopback, at any: UDP and TCP at the same."""
        settings = self.settings
        sips = SIPS_PORT if settings.sips_port is None else settings.sips_port
        ports = [(SIP_PORT if settings.sip_port is None else settings.sip_port, sips)]
        if settings.sip_port is None and settings.sips_port is None and settings.sip_is_loopback:
            ports += [(0, 0)] * TRIES_FOR_A_PORT
        elif settings.sip_port == 0:
            ports *= TRIES_FOR_A_PORT
        for last, (sip, sips) in enumerate(ports, 1 - len(ports)):
            binds = _binds(settings.sip_address, settings.sip_advertised, sip, sips, tls)
            try:
                return await self.endpoint.start(binds)
            except OSError:
                if not last:
                    raise

    def _tls(self, authority: Authority | None) -> ssl.SSLContext | None:
        if self.settings.sip_certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            try:
                context.load_cert_chain(self.settings.sip_certificate)
            except (ssl.SSLError, ValueError) as error:
                raise Unusable(
                    f"{self.settings.sip_certificate} is no PEM file of certificate and key: {error}."
                ) from None
            return context
        return authority.context("localhost") if authority and self.settings.sip_is_loopback else None

    @property
    def place(self) -> str:
        """Where phones reach us."""
        host = self.settings.sip_advertised or next(iter(own_addresses(self.settings.sip_address)))
        return f"sip:{host}:{self.endpoint.ports['udp']}"

    def _lost(self, flow: Target) -> None:
        """A connection is gone: registrations and calls that came by it may have no other."""
        self.registrar.lost(flow)
        self.line.lost(flow)

    def counts(self) -> dict[str, float]:
        """For the metrics."""
        return {
            "dialogs": self.line.dialogs,
            "registrations": self.registrar.count,
            **self.endpoint.counts,
        }

    async def close(self) -> None:
        """After the calls have ended: far ends hear of that, providers that we are gone."""
        await self.line.close()
        self.congestion.stop()
        for running in self._providers.values():
            running.cancel()
        await asyncio.gather(*(provider.leave() for provider in self._providers))
        if self._roll and self._rolling:
            self._rolling.cancel()
            await self._roll.save()
        self.registrar.close()
        self.trunks.close()
        await self.endpoint.close()


def _binds(host: str, advertised: str, sip: int, sips: int, tls: ssl.SSLContext | None) -> list[Bind]:
    if not sip:  # one that UDP has just been given is most probably free for TCP too
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
            sip = probe.getsockname()[1]
    binds = [Bind(transport, host, sip, None, advertised) for transport in ("udp", "tcp")]
    return [*binds, Bind("tls", host, sips, tls, advertised)] if tls else binds


def own_addresses(bound: str) -> list[str]:
    """The IPv4 addresses at which a socket that is bound to `bound` is reached, as far as this machine knows them."""
    if not ip_address(bound).is_unspecified:
        return [bound]
    others = sorted(one for one in places.own_addresses() if not ip_address(one).is_loopback)
    return [*others, "127.0.0.1"]
