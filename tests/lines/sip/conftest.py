"""Everything that a test of the SIP line opens is closed behind it."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hoyhoy.lines.sip.tls import client_context, server_context

from .wires import Connected, Datagrams, Near, Server, near

Open = Callable[..., Awaitable[Near]]


@pytest.fixture
async def endpoints() -> AsyncIterator[Open]:
    made: list[Near] = []

    async def open_one(*transports: str, **options: object) -> Near:
        made.append(await near(*transports, **options))  # type: ignore[arg-type]
        return made[-1]

    yield open_one
    for one in made:
        await one.close()


@pytest.fixture
async def phones() -> AsyncIterator[Callable[[], Awaitable[Datagrams]]]:
    made: list[Datagrams] = []

    async def open_one() -> Datagrams:
        made.append(await Datagrams().open())
        return made[-1]

    yield open_one
    for one in made:
        one.close()


@pytest.fixture
async def callers() -> AsyncIterator[Callable[..., Awaitable[Connected]]]:
    made: list[Connected] = []

    async def open_one(*where: object) -> Connected:
        made.append(await Connected().open(*where))  # type: ignore[arg-type]
        return made[-1]

    yield open_one
    for one in made:
        one.close()


@pytest.fixture
async def servers() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    made: list[Server] = []

    async def open_one(tls: ssl.SSLContext | None = None) -> Server:
        made.append(await Server().open(tls))
        return made[-1]

    yield open_one
    for one in made:
        one.close()


@dataclass(frozen=True)
class Certificates:
    """One certificate for `localhost` and 127.0.0.1 that is its own authority."""

    file: Path

    def server(self) -> ssl.SSLContext:
        return server_context(self.file)

    def client(self) -> ssl.SSLContext:
        return client_context(self.file)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("sip") / "localhost.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificates(file)
