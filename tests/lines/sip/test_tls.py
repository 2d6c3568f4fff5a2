"""The contexts of TLS."""

from __future__ import annotations

import ssl

import pytest

from hoyhoy.lines.sip.tls import client_context, server_context


def test_at_least_1_2(certificates):
    for context in (certificates.server(), certificates.client()):
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_client_verifies_unless_told_otherwise(certificates):
    assert certificates.client().verify_mode == ssl.CERT_REQUIRED
    assert certificates.client().check_hostname
    assert client_context(verify=False).verify_mode == ssl.CERT_NONE


def test_files_that_cannot_be_used(tmp_path):
    for context in (server_context, client_context):
        with pytest.raises(OSError):
            context(tmp_path / "none.pem")
