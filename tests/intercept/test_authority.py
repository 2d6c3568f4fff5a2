"""The local authority (design 2, certificates; official-clients A4)."""

from __future__ import annotations

import os
import ssl
import stat
import tempfile
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from hoyhoy.intercept import hosts
from hoyhoy.intercept.authority import CACHED_LEAVES, Authority, NotOurs

NOON = 1_800_000_000.0
DAY = 86_400.0


class Wall:
    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """Both ends in memory; SSLError when the client does not accept."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname=name)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (near, far, near, far):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


def strict(authority: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority.pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def test_made_once_and_kept(tmp_path: Path) -> None:
    first, second = Authority.open(tmp_path, Wall()), Authority.open(tmp_path, Wall())
    assert first.pem == second.pem == (tmp_path / "tls" / "ca.pem").read_bytes()
    assert stat.S_IMODE((tmp_path / "tls" / "ca-key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_a_key_others_could_read_is_closed_again(tmp_path: Path) -> None:
    Authority.open(tmp_path, Wall())
    key = tmp_path / "tls" / "ca-key.pem"
    key.chmod(0o644)
    Authority.open(tmp_path, Wall())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_root_about_to_expire_is_made_anew(tmp_path: Path) -> None:
    old = Authority.open(tmp_path, Wall())
    new = Authority.open(tmp_path, Wall(NOON + 3640 * DAY))
    assert old.pem != new.pem
    assert old.certificate.subject != new.certificate.subject


@pytest.mark.parametrize("spoil", ["remove", "swap", "garble"])
def test_a_spoilt_folder_says_what_to_do(tmp_path: Path, spoil: str) -> None:
    Authority.open(tmp_path, Wall())
    key = tmp_path / "tls" / "ca-key.pem"
    if spoil == "remove":
        key.unlink()
    elif spoil == "garble":
        key.write_text("x")
    else:
        Authority.open(tmp_path / "other", Wall())
        key.write_bytes((tmp_path / "other" / "tls" / "ca-key.pem").read_bytes())
    with pytest.raises(ValueError, match="remove"):
        Authority.open(tmp_path, Wall())


def test_two_programs_starting_at_once_agree_on_one_root(tmp_path: Path) -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(Authority.open(tmp_path, Wall()).pem)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8 and len(set(made)) == 1
    assert os.listdir(tmp_path) == ["tls"]


@pytest.mark.parametrize(
    "name",
    ["api.twilio.com", "api.dublin.ie1.twilio.com", "twilio.com", "localhost", "x.localhost", "127.0.0.1", "::1"],
)
def test_strict_clients_accept_our_names(tmp_path: Path, name: str) -> None:
    authority = Authority.open(tmp_path, time.time)
    handshake(authority.context("localhost"), strict(authority), name)


def test_a_leaf_of_another_root_is_refused(tmp_path: Path) -> None:
    one, two = Authority.open(tmp_path / "1", time.time), Authority.open(tmp_path / "2", time.time)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(one.context("api.twilio.com"), strict(two), "api.twilio.com")


@pytest.mark.parametrize("name", ["example.com", "twilio.com.example.com", "10.0.0.1", "nottwilio.com", ""])
def test_other_names_are_not_minted(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotOurs):
        Authority.open(tmp_path, Wall()).mint(name)


@pytest.mark.parametrize("name", ["example.com", "nottwilio.com", "8.8.8.8", "127.0.0.2"])
def test_a_leaked_key_cannot_impersonate_another_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # RFC 5280 4.2.1.10: we mint what we never would, and the client sees the constraint broken.
    authority = Authority.open(tmp_path, time.time)
    monkeypatch.setattr(hosts, "may_be_minted", lambda _: True)
    if name[0].isdigit():
        monkeypatch.setattr(hosts, "LOOPBACK_ADDRESSES", (name,))
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(authority.context(name), strict(authority), name)


def test_a_leaked_key_cannot_make_an_authority(tmp_path: Path) -> None:
    root = Authority.open(tmp_path, Wall()).certificate
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    constraints = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert isinstance(root.signature_hash_algorithm, hashes.SHA256)
    assert root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)


def test_contexts_are_kept_until_their_leaf_is_old_and_no_more_than_so_many(tmp_path: Path) -> None:
    wall = Wall()
    authority = Authority.open(tmp_path, wall)
    first = authority.context("API.twilio.com:443")
    assert authority.context("api.twilio.com") is first
    wall.now += 29.5 * DAY
    assert authority.context("api.twilio.com") is not first
    for number in range(CACHED_LEAVES):
        authority.context(f"p{number}.twilio.com")
    assert len(authority._contexts) == CACHED_LEAVES


def test_a_context_chooses_leaves_by_the_time_of_the_asking(tmp_path: Path) -> None:
    wall = Wall(time.time() - 40 * DAY)
    authority = Authority.open(tmp_path, wall)
    for _ in range(2):
        authority.context("localhost")
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            handshake(authority.context("localhost"), strict(authority), "api.twilio.com")
    wall.now = time.time()
    handshake(authority.context("localhost"), strict(authority), "api.twilio.com")


def test_a_leafs_key_is_never_written_outside_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority.open(tmp_path, Wall())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    authority.context("api.twilio.com")
    assert sorted(file.name for file in (tmp_path / "tls").iterdir()) == ["ca-key.pem", "ca.pem"]
