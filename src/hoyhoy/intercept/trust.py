"""The files through which other programs come to trust our authority (official-clients A2, A3).

BUNDLE is whatever bundle the caller's environment already names, else the machine's public roots,
with our root appended: a developer behind a company's proxy has those variables set already. Files
are named after their sources, so that programs started from different environments do not share
one, and are replaced by renaming, so that nobody reads half of one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import ssl
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

BUNDLE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "TWILIO_CA_BUNDLE")
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
JAVA_STORE_PASSWORD = "changeit"  # noqa: S105  Java wants one; the store holds public certificates only
_MARK = "-----BEGIN CERTIFICATE-----"
_BLOCK = re.compile(rf"{_MARK}.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TrustFiles:
    """Paths of what was written; `php` is a folder with one ini file, `java` a PKCS 12 store when asked for."""

    ca: Path
    bundle: Path
    node: Path
    php: Path
    java: Path | None = None


def prepare(folder: Path, ca: Path, caller: Mapping[str, str], *, java: bool = False) -> TrustFiles:
    """Write the files for a program started from the environment `caller` into `folder`/trust."""
    home = folder / "trust"
    home.mkdir(parents=True, exist_ok=True)
    root = ca.read_text()
    bundle = _joined(home, "bundle", root, [caller[name] for name in BUNDLE_VARIABLES if caller.get(name)])
    if bundle is None:
        bundle = _joined(home, "bundle", root, [public_roots()]) or ca
    node = _joined(home, "node", root, [caller.get("NODE_EXTRA_CA_CERTS", "")]) or ca
    php = home / f"php-{bundle.stem}"
    php.mkdir(exist_ok=True)
    _write(php / "hoyhoy.ini", f'curl.cainfo="{bundle}"\nopenssl.cafile="{bundle}"\n')
    return TrustFiles(ca, bundle, node, php, _java_store(home, bundle) if java else None)


def public_roots() -> str:
    """The machine's own bundle of public roots, else certifi's; empty when there is none."""
    for path in (ssl.get_default_verify_paths().cafile, *SYSTEM_BUNDLES):
        # OpenSSL's default follows SSL_CERT_FILE, which has been asked already; a missing file is passed over.
        if path and os.path.isfile(path):
            return path
    found = importlib.util.find_spec("certifi")
    return str(Path(found.origin).with_name("cacert.pem")) if found and found.origin else ""


def _joined(home: Path, kind: str, root: str, sources: Iterable[str]) -> Path | None:
    """One file with every certificate of `sources` and our root; None when no source can be read."""
    texts: dict[str, str] = {}
    for source in sources:
        path = os.path.realpath(source) if source else ""
        if not path or path in texts:
            continue
        text = _certificates(Path(path))
        if Path(path).parent == home and root in text:
            return Path(path)  # a program started by a program that `run` started
        if text:
            texts[path] = text
    if not texts:
        return None
    number = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    file = home / f"{kind}-{number}.pem"
    _write(file, "\n".join([*texts.values(), root]))
    return file


def _certificates(path: Path) -> str:
    """The PEM text of a file, or of the files in a folder (REQUESTS_CA_BUNDLE may name one)."""
    files = sorted({p.resolve() for p in path.iterdir() if p.is_file()})[:1000] if path.is_dir() else [path]
    texts = []
    for file in files:
        try:
            text = file.read_text(errors="replace")
        except OSError:
            continue
        if _MARK in text:
            texts.append(text)
    return "\n".join(texts)


def _java_store(home: Path, bundle: Path) -> Path:
    """Public roots must be in it as well, or the program's other TLS sites break (official-clients A2)."""
    entries = []
    with warnings.catch_warnings(action="ignore"):  # old roots bend the rules, and are no business of ours
        for number, block in enumerate(_BLOCK.findall(bundle.read_text())):
            try:
                certificate = x509.load_pem_x509_certificate(block.encode())
            except ValueError:
                continue
            entries.append(pkcs12.PKCS12Certificate(certificate, f"root-{number}".encode()))
    store = home / f"java-{bundle.stem}.p12"
    _replace(store, pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(JAVA_STORE_PASSWORD.encode())))
    return store


def _write(path: Path, text: str) -> None:
    _replace(path, text.encode())


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, and untouched when it is so already."""
    if path.is_file() and path.read_bytes() == content:
        return
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with open(number, "wb") as file:
        file.write(content)
    os.chmod(name, 0o644)
    os.replace(name, path)
