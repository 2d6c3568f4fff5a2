"""TLS as SIP uses it (RFC 3261 26.3.1, RFC 5922): at least 1.2, the client looks at the certificate."""

from __future__ import annotations

import ssl
from pathlib import Path


def server_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """For a `tls` bind: PEM files, the key in the first one unless told. OSError when they cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def client_context(authorities: Path | None = None, *, verify: bool = True) -> ssl.SSLContext:
    """For connections of ours: the machine's authorities, or only those of a PEM file. OSError when it has none."""
    context = ssl.create_default_context(cafile=str(authorities) if authorities else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
