"""The options with which a Chromium finds and trusts an exchange (official-clients B2, B14)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hoyhoy.intercept import chromium
from hoyhoy.intercept.authority import Authority

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBEjCBuQIUSyd7M2k9oaH+axOvf0o1ZMGJnr0wCgYIKoZIzj0EAwIwDDEKMAgG
A1UEAwwBYTAeFw0yNjExMjEyMzE5MzBaFw0zNjExMTgyMzE5MzBaMAwxCjAIBgNV
BAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQtKG9XeHCYlJl8IV5qICuF
mVheg2SvowjfSQ2cmBMa5PXH6h8ElRlXVim0qkuajGbpbtoPRGN+8ewg5y8JzwBs
MAoGCCqGSM49BAMCA0gAMEUCIDroYcMG+rfN/yAjlvhYU8X4o2ksFdDGXUBV3ej0
8x/TAiEAgH/+db2JVIaZpJSe+tDEA5Z/Iv+vgPDH562ySVHsrKs=
-----END CERTIFICATE-----
"""


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    return Authority.open(tmp_path / "data", time.time).path


@pytest.mark.parametrize(
    "program",
    [
        "chromium",
        "/usr/bin/chromium-browser",
        "google-chrome-stable",
        "./chrome",
        "microsoft-edge-dev",
        "brave-browser",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
)
def test_chromium_and_its_kin(program: str) -> None:
    assert chromium.is_chromium(program)


@pytest.mark.parametrize(
    "program", ["firefox", "chromium.sh", "chromedriver", "python", "chromium/python", "", "xchrome"]
)
def test_no_chromium(program: str) -> None:
    assert not chromium.is_chromium(program)


def test_it_is_told_the_way_whom_to_trust_and_where_to_live(tmp_path: Path, ca: Path) -> None:
    command = chromium.led(["chromium", "http://localhost:3000/"], "data:,pac", ca, tmp_path / "profile")
    assert (command[0], command[-1]) == ("chromium", "http://localhost:3000/")
    assert set(command[1:-1]) == {
        f"--user-data-dir={tmp_path / 'profile'}",
        "--no-first-run",
        "--no-default-browser-check",
        "--proxy-pac-url=data:,pac",
        f"--ignore-certificate-errors-spki-list={chromium.key_hash(ca)}",
        "--allow-loopback-in-peer-connection",
    }


def test_what_a_person_asks_for_himself_comes_last_and_counts(tmp_path: Path, ca: Path) -> None:
    command = chromium.led(["chromium", "--user-data-dir=mine", "x"], "data:,pac", ca, tmp_path)
    assert command[-2:] == ["--user-data-dir=mine", "x"]
    for own in ("--proxy-server=p:1", "--proxy-pac-url=http://p/", "--no-proxy-server", "--proxy-auto-detect"):
        command = chromium.led(["chromium", own, "x"], "data:,pac", ca, tmp_path)
        assert [word for word in command if "proxy" in word] == [own]


def test_the_profile_is_where_it_may_be_written(tmp_path: Path) -> None:
    data, home, path = tmp_path / "data", tmp_path / "me", tmp_path / "snap" / "bin"
    assert chromium.profile_for("chromium", data, home, str(path)) == data / "chromium"
    path.mkdir(parents=True)
    (path / "chromium").touch(0o755)
    assert chromium.profile_for("chromium", data, home, str(path)) == home / "snap" / "chromium" / "common" / "hoyhoy"


def test_the_key_is_named_by_its_digest(tmp_path: Path) -> None:
    """As `openssl x509 -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256` names it."""
    (tmp_path / "ca.pem").write_text(CERTIFICATE)
    assert chromium.key_hash(tmp_path / "ca.pem") == "k9ER4rZCC5DaXPGD9woXitosFHdzYUqnFcUMjFzXECo="
