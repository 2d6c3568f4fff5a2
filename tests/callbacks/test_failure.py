"""callbacks/failure.py: accidents with real TLS servers in Twilio's codes (voice 17.1)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hoyhoy.callbacks.failure import explained, out_of_time
from hoyhoy.callbacks.overrides import Limits
from hoyhoy.exchange.ports import FetchFailed
from hoyhoy.wire.signature import sign

from .conftest import CALL, TOKEN, App, serving

NOW = datetime.now(UTC)


@dataclass
class Authority:
    """A certificate authority and the context of a client that trusts it."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def server(self, name: str = "127.0.0.1", *, until: timedelta = timedelta(days=1)) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        made = (
            issue(x509.Name([]), self.certificate.subject, key.public_key(), until)
            .add_extension(x509.SubjectAlternativeName([who]), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        pem = self.folder / f"{name}-{until}.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.certificate.public_bytes(serialization.Encoding.PEM).decode())


def issue(subject, issuer, key, until):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=9))
        .not_valid_after(NOW + until)
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    certificate = (
        issue(name, name, key.public_key(), timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(tmp_path_factory.mktemp("tls"), key, certificate)


async def asked(make, tls: ssl.SSLContext, client: ssl.SSLContext | bool):
    """The page or the failure of one request to an app behind `tls`."""
    app = App(scheme="https")
    runner = await serving(app, tls)
    try:
        ask = await make(tls=client)
        page = await ask(app.url())
        assert app.seen[0].genuine
        return page
    except FetchFailed as failed:
        assert not app.seen
        return failed
    finally:
        await runner.cleanup()


async def test_a_trusted_certificate(make, authority):
    assert (await asked(make, authority.server(), authority.client())).status == 200


async def test_the_port_of_an_https_url_is_signed_for_messages_and_not_for_calls(make, authority):  # voice 3.8
    app = App(scheme="https")
    runner = await serving(app, authority.server())
    ask = await make(tls=authority.client())
    await ask(app.url())
    await ask(app.url(), voice=False)
    assert [seen.headers["X-Twilio-Signature"] for seen in app.seen] == [
        sign(TOKEN, "https://127.0.0.1/voice", (("CallSid", CALL),)),
        sign(TOKEN, app.url(), (("MessageSid", "SM1"),)),
    ]
    assert all(seen.genuine for seen in app.seen)
    await runner.cleanup()


async def test_every_certificate_on_a_laptop_that_says_so(make, authority):
    assert (await asked(make, authority.server("other.example", until=-timedelta(days=1)), False)).status == 200


async def test_a_certificate_for_another_name(make, authority):
    for name in ("other.example", "127.0.0.2"):
        assert (await asked(make, authority.server(name), authority.client())).code == 11235


async def test_a_certificate_out_of_date(make, authority):
    assert (await asked(make, authority.server(until=-timedelta(days=1)), authority.client())).code == 11236


async def test_a_certificate_nobody_vouches_for(make, authority):
    assert (await asked(make, authority.server(), True)).code == 11237


async def test_no_common_version(make, authority):
    old, new = authority.server(), authority.client()
    old.maximum_version, new.minimum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    assert (await asked(make, old, new)).code == 11220


async def test_an_app_without_tls_under_https(app, ask):
    with pytest.raises(FetchFailed) as failed:
        await ask(app.url().replace("http:", "https:"))
    assert failed.value.code == 11220


@pytest.mark.parametrize(("fragment", "tries"), [("", 2), ("#rc=0", 1), ("#rc=3", 4), ("#rc=3&rp=5xx", 1)])
async def test_an_app_that_leaves_in_the_handshake(raw, ask, fragment, tries):
    """A failed connection is tried a second time, or as often as the URL says (voice 3.4, 3.5)."""
    connections = []

    async def leave(reader, writer):
        connections.append(await reader.read(10))

    with pytest.raises(FetchFailed) as failed:
        await ask(f"https://127.0.0.1:{await raw(leave)}/{fragment}")
    assert failed.value.code == 11220 and len(connections) == tries


@pytest.mark.parametrize(
    ("error", "code", "cause"),
    [
        (aiohttp.ConnectionTimeoutError(), 11205, "ct"),
        (aiohttp.SocketTimeoutError(), 11200, "rt"),
        (TimeoutError(), 11200, ""),
        (aiohttp.ServerDisconnectedError(), 11206, ""),
        (aiohttp.ClientPayloadError("short"), 11206, ""),
        (aiohttp.InvalidURL("x"), 11100, ""),
        (UnicodeError("label too long"), 11100, ""),
        (ConnectionResetError(), 11206, ""),
    ],
)
def test_other_accidents(error, code, cause):
    failed = explained(error, "http://a.example", Limits(), 1)
    assert (failed.code, failed.cause) == (code, cause)


def test_the_total_time_has_a_code_of_its_own_only_when_the_url_set_it():
    assert out_of_time(Limits(), 2).code == 11200
    assert out_of_time(Limits(total_given=True), 2).code == 11203
