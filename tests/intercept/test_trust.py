"""The files through which programs trust our authority (official-clients A2, A3)."""

from __future__ import annotations

import ssl
import threading
import time
from pathlib import Path

import pytest

from hoyhoy.intercept import trust
from hoyhoy.intercept.authority import Authority
from hoyhoy.intercept.trust import prepare, public_roots


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    return Authority.open(tmp_path / "data", time.time).path


@pytest.fixture
def corporate(tmp_path: Path) -> Path:
    """A bundle that a company's proxy made its developer name."""
    path = tmp_path / "corporate.pem"
    path.write_bytes(Authority.open(tmp_path / "corporate", time.time).pem.removesuffix(b"\n"))
    return path


def roots(path: Path) -> set[bytes]:
    return set(ssl.create_default_context(cafile=str(path)).get_ca_certs(binary_form=True))


def test_the_callers_bundle_comes_first(tmp_path: Path, ca: Path, corporate: Path) -> None:
    files = prepare(tmp_path / "data", ca, {"REQUESTS_CA_BUNDLE": str(corporate), "SSL_CERT_FILE": "/nowhere"})
    assert roots(files.bundle) == roots(ca) | roots(corporate)
    assert files.node == ca
    assert (files.php / "hoyhoy.ini").read_text() == f'curl.cainfo="{files.bundle}"\nopenssl.cafile="{files.bundle}"\n'


def test_several_bundles_and_folders_are_joined(tmp_path: Path, ca: Path, corporate: Path) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    other = Authority.open(tmp_path / "other", time.time)
    (folder / "0a1b.0").write_bytes(other.pem)
    (folder / "README").write_text("no certificate")
    (folder / "again.pem").symlink_to(folder / "0a1b.0")
    files = prepare(tmp_path / "data", ca, {"SSL_CERT_FILE": str(corporate), "REQUESTS_CA_BUNDLE": str(folder)})
    assert roots(files.bundle) == roots(ca) | roots(corporate) | roots(other.path)


def test_node_gets_what_it_had_and_ours(tmp_path: Path, ca: Path, corporate: Path) -> None:
    files = prepare(tmp_path / "data", ca, {"NODE_EXTRA_CA_CERTS": str(corporate)})
    assert roots(files.node) == roots(ca) | roots(corporate)


def test_without_any_the_machines_public_roots(tmp_path: Path, ca: Path) -> None:
    files = prepare(tmp_path / "data", ca, {})
    assert roots(files.bundle) == roots(ca) | roots(Path(public_roots()))


def test_without_public_roots_ours_alone(tmp_path: Path, ca: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "public_roots", lambda: "")
    assert prepare(tmp_path / "data", ca, {}).bundle == ca


def test_a_program_under_a_program_keeps_its_bundle(tmp_path: Path, ca: Path, corporate: Path) -> None:
    first = prepare(tmp_path / "data", ca, {"SSL_CERT_FILE": str(corporate), "NODE_EXTRA_CA_CERTS": str(corporate)})
    again = prepare(tmp_path / "data", ca, {"SSL_CERT_FILE": str(first.bundle), "NODE_EXTRA_CA_CERTS": str(first.node)})
    assert again == first


def test_a_new_root_replaces_the_old_in_the_same_files(tmp_path: Path, ca: Path, corporate: Path) -> None:
    caller = {"SSL_CERT_FILE": str(corporate)}
    first = prepare(tmp_path / "data", ca, caller)
    new = Authority.open(tmp_path / "new", time.time).path
    second = prepare(tmp_path / "data", new, caller)
    assert first.bundle == second.bundle
    assert roots(second.bundle) == roots(new) | roots(corporate)


def test_many_at_once_never_read_half_a_file(tmp_path: Path, ca: Path) -> None:
    sizes: list[int] = []
    work = [
        threading.Thread(target=lambda: sizes.append(len(roots(prepare(tmp_path / "data", ca, {}).bundle))))
        for _ in range(6)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert len(sizes) == 6 and len(set(sizes)) == 1
    assert not list((tmp_path / "data" / "trust").glob(".new-*"))


def test_a_java_store_holds_every_readable_root(tmp_path: Path, ca: Path, corporate: Path) -> None:
    from cryptography.hazmat.primitives.serialization import pkcs12

    corporate.write_text(corporate.read_text() + "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    files = prepare(tmp_path / "data", ca, {"SSL_CERT_FILE": str(corporate)}, java=True)
    assert files.java
    store = pkcs12.load_pkcs12(files.java.read_bytes(), trust.JAVA_STORE_PASSWORD.encode())
    assert len(store.additional_certs) == 2
