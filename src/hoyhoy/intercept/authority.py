"""The local certificate authority: one per installation, able to vouch for twilio.com and loopback only.

* The root is critically name-constrained, so that a leaked key cannot impersonate any other site
  (official-clients A4; RFC 5280 4.2.1.10). Addresses are a name type of their own and unconstrained
  unless listed (same paragraph), hence the two loopback addresses.
* Key identifiers and keyUsage are there because X509_STRICT, the default of newer Pythons, wants them
  (RFC 5280 4.2.1.1 to 4.2.1.3).
* The key is 0600 in a folder of 0700. Root and key appear together, by renaming a folder, so that two
  programs starting at once agree on one root.
* Leaves are minted per asked name: one wildcard label does not cover `api.dublin.ie1.twilio.com`.
"""

from __future__ import annotations

import errno
import os
import shutil
import ssl
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import hosts

ROOT_LIFE = timedelta(days=3650)
RENEW_ROOT = timedelta(days=30)  # a root with less left is replaced when the exchange starts
LEAF_LIFE = timedelta(days=30)
RENEW_LEAF = timedelta(days=1)
BACKDATE = timedelta(days=1)  # a container's or a phone's clock may be behind ours
CACHED_LEAVES = 256


class NotOurs(ValueError):
    """The authority does not vouch for this name."""


class Authority:
    """Mints certificates; `open` finds or makes the root. `now` tells Unix seconds."""

    def __init__(
        self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, path: Path, now: Callable[[], float]
    ) -> None:
        self.certificate = certificate
        self.path = path
        self._now = now
        self._key = key
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: OrderedDict[str, tuple[datetime, ssl.SSLContext]] = OrderedDict()

    @classmethod
    def open(cls, folder: Path, now: Callable[[], float]) -> Authority:
        """The root kept in `folder`/tls; made when there is none, and anew when it is about to expire.

        ValueError when the folder does not hold a root and its key.
        """
        home = folder / "tls"
        if not home.exists():
            _make(home, _moment(now()))
        authority = cls._load(home, now)
        if authority.certificate.not_valid_after_utc - _moment(now()) < RENEW_ROOT:
            shutil.rmtree(home)
            _make(home, _moment(now()))
            authority = cls._load(home, now)
        return authority

    @classmethod
    def _load(cls, home: Path, now: Callable[[], float]) -> Authority:
        path, key_file = home / "ca.pem", home / "ca-key.pem"
        try:
            if key_file.stat().st_mode & 0o077:
                key_file.chmod(0o600)
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
            key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        except (FileNotFoundError, ValueError) as error:
            raise ValueError(f"{home} does not hold a root and its key; remove it to make new ones") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError(f"{key_file} is not the key of {path}; remove the folder {home} to make new ones")
        return cls(certificate, key, path, now)

    @property
    def pem(self) -> bytes:
        """The root certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def mint(self, name: str) -> x509.Certificate:
        """A leaf for one name; NotOurs for a name outside the constraints."""
        name = hosts.bare(name)
        if not hosts.may_be_minted(name):
            raise NotOurs(f"this authority does not vouch for {name!r}.")
        moment, public = _moment(self._now()), self._leaf_key.public_key()
        root = self.certificate
        identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            x509.CertificateBuilder()
            .subject_name(_subject("hoyhoy"))
            .issuer_name(root.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(moment - BACKDATE)
            .not_valid_after(min(moment + LEAF_LIFE, root.not_valid_after_utc))
            .add_extension(x509.SubjectAlternativeName(_names(name)), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def context(self, name: str) -> ssl.SSLContext:
        """A server context whose leaf is for `name`, and for whatever name of ours the client asks (SNI).

        HTTP/1.1 only; the root goes along in the chain, because Chromium's pinning switch looks for it
        there (official-clients B2). The 256 last used are kept.
        """
        name = hosts.bare(name)
        known = self._contexts.get(name)
        if known and known[0] - _moment(self._now()) > RENEW_LEAF:
            self._contexts.move_to_end(name)
            return known[1]
        leaf = self.mint(name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        self._furnish(context, leaf)

        def choose(connection: ssl.SSLObject | ssl.SSLSocket, asked: str | None, _: ssl.SSLContext) -> int | None:
            if asked is None or hosts.bare(asked) == name:
                return None
            try:
                connection.context = self.context(asked)
            except NotOurs:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            return None

        context.sni_callback = choose
        self._contexts[name] = (leaf.not_valid_after_utc, context)
        self._contexts.move_to_end(name)
        while len(self._contexts) > CACHED_LEAVES:
            self._contexts.popitem(last=False)
        return context

    def _furnish(self, context: ssl.SSLContext, leaf: x509.Certificate) -> None:
        """OpenSSL reads chains from files only: one of 0600 beside the root's key, for the length of the call."""
        home = self.path.parent
        with tempfile.NamedTemporaryFile(prefix=".leaf-", dir=home if home.is_dir() else None) as file:
            file.write(_private(self._leaf_key) + leaf.public_bytes(serialization.Encoding.PEM) + self.pem)
            file.flush()
            context.load_cert_chain(file.name)


def _make(home: Path, moment: datetime) -> None:
    """Write a fresh root and its key to `home`, unless another program was quicker."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    # The key's number in the name tells roots apart: stores that know issuers by name only would mix them up.
    name = _subject("hoyhoy local authority", x509.SubjectKeyIdentifier.from_public_key(public).digest.hex()[:8])
    permitted: list[x509.GeneralName] = [x509.DNSName(hosts.DOMAIN), x509.DNSName("localhost")]
    permitted += [x509.IPAddress(ip_network(address)) for address in hosts.LOOPBACK_ADDRESSES]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - BACKDATE)
        .not_valid_after(moment + ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    home.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".tls-", dir=home.parent))  # 0700
    try:
        with open(os.open(fresh / "ca-key.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_private(key))
        (fresh / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        fresh.rename(home)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):  # else another program's root stands
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _names(name: str) -> list[x509.GeneralName]:
    if name == "localhost" or name in hosts.LOOPBACK_ADDRESSES:
        # A client that dials an address sends no server name (RFC 6066 3): one leaf for all of loopback.
        return [x509.DNSName("localhost"), *(x509.IPAddress(ip_address(a)) for a in hosts.LOOPBACK_ADDRESSES)]
    return [x509.DNSName(name)]


def _subject(common_name: str, number: str = "") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "hoyhoy"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{common_name} {number}".strip()),
        ]
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(int(now), UTC)
