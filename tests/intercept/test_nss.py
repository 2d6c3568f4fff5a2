"""Browsers' databases, with NSS's own certutil; homes are temporary ones (official-clients B2)."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from hoyhoy.intercept import nss
from hoyhoy.intercept.authority import Authority
from hoyhoy.intercept.nss import NoCertutil, NotWritten

needs_certutil = pytest.mark.skipif(shutil.which("certutil") is None, reason=f"apt-get install {nss.PACKAGE}")


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    return Authority.open(tmp_path / "data", time.time).path


def certutil(folder: Path, *words: str) -> str:
    done = subprocess.run(["certutil", *words, "-d", f"sql:{folder}"], capture_output=True, text=True, check=True)
    return done.stdout


# Where they are --------------------------------------------------------------------------


def found(home: Path, **caller: str) -> list[str]:
    return [f"{one.browser} {one.folder.relative_to(home)}" for one in nss.databases(home, caller)]


def test_chromiums_one_is_the_older_place_where_there_is_one(tmp_path: Path) -> None:
    assert found(tmp_path) == ["Chromium .pki/nssdb"], "every Chromium reads it"
    (tmp_path / ".local/share/pki/nssdb").mkdir(parents=True)
    assert found(tmp_path) == ["Chromium .local/share/pki/nssdb"], "the older place, once made, would hide it"
    (tmp_path / ".pki/nssdb").mkdir(parents=True)
    assert found(tmp_path) == ["Chromium .pki/nssdb"]


def test_the_users_folders_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "d/pki/nssdb").mkdir(parents=True)
    profile(tmp_path / "c/mozilla/firefox", "p")
    where = {"XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    assert found(tmp_path, **where) == ["Chromium d/pki/nssdb", "Firefox c/mozilla/firefox/p"]


def test_snaps_and_flatpaks(tmp_path: Path) -> None:
    for place in ("snap/chromium/current/.pki/nssdb", ".var/app/org.chromium.Chromium/data/pki/nssdb"):
        (tmp_path / place).mkdir(parents=True)
    profile(tmp_path / "snap/firefox/common/.mozilla/firefox", "a.default")
    profile(tmp_path / ".var/app/org.mozilla.firefox/.mozilla/firefox", "b.default")
    assert found(tmp_path)[1:] == [
        "Chromium snap/chromium/current/.pki/nssdb",
        "Chromium .var/app/org.chromium.Chromium/data/pki/nssdb",
        "Firefox snap/firefox/common/.mozilla/firefox/a.default",
        "Firefox .var/app/org.mozilla.firefox/.mozilla/firefox/b.default",
    ]


def profile(root: Path, name: str) -> None:
    (root / name).mkdir(parents=True)
    (root / "profiles.ini").write_text(f"[Profile0]\nName=default\nIsRelative=1\nPath={name}\n")


def test_every_profile_of_firefox(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / ".mozilla/firefox", tmp_path / "elsewhere"
    elsewhere.mkdir()
    profile(root, "one")
    (root / "two").mkdir()
    with (root / "profiles.ini").open("a") as file:
        file.write(f"[Profile1]\nIsRelative=0\nPath={elsewhere}\n[Profile2]\nPath=two\n[Profile3]\nPath=gone\n")
        file.write("[Install4F96D1932A9F858E]\nDefault=one\nLocked=1\n[General]\nVersion=2\n")
    assert found(tmp_path)[1:] == [
        f"Firefox {name}" for name in (".mozilla/firefox/one", "elsewhere", ".mozilla/firefox/two")
    ]


@pytest.mark.parametrize("content", ["", "no section\n", "[Profile0]\n", "[Profile0\nPath=x", "\0\ufffd"])
def test_a_profiles_ini_that_says_nothing(tmp_path: Path, content: str) -> None:
    root = tmp_path / ".mozilla/firefox"
    root.mkdir(parents=True)
    (root / "profiles.ini").write_text(content)
    assert found(tmp_path) == ["Chromium .pki/nssdb"]


# What is done to them --------------------------------------------------------------------


@needs_certutil
def test_it_is_put_in_once_and_taken_out_again(tmp_path: Path, ca: Path) -> None:
    folder = tmp_path / "home" / ".pki" / "nssdb"
    assert not nss.is_installed(folder, ca) and not folder.exists(), "looking makes nothing"
    assert nss.install(folder, ca) and nss.is_installed(folder, ca)
    assert not nss.install(folder, ca), "it was there already"
    assert folder.stat().st_mode & 0o077 == 0
    assert "-----BEGIN CERTIFICATE-----" in certutil(folder, "-L", "-a", "-n", nss.nickname(ca))
    assert nss.remove(folder) == [nss.nickname(ca)]
    assert nss.remove(folder) == [] and not nss.is_installed(folder, ca)


@needs_certutil
def test_it_is_trusted_for_web_servers_only(tmp_path: Path, ca: Path) -> None:
    nss.install(tmp_path / "db", ca)
    row = next(line for line in certutil(tmp_path / "db", "-L").splitlines() if nss.nickname(ca) in line)
    assert row.split()[-1] == "C,,"


@needs_certutil
def test_what_others_trust_is_theirs(tmp_path: Path, ca: Path) -> None:
    """Removing takes the authorities of every data folder, for who removes wants to be rid of them, and no others."""
    other, stranger = (Authority.open(tmp_path / name, time.time).path for name in ("other", "stranger"))
    folder = tmp_path / "db"
    nss.install(folder, ca)
    nss.install(folder, other)
    certutil(folder, "-A", "-t", "C,,", "-n", "a company's root", "-i", str(stranger))
    assert sorted(nss.remove(folder)) == sorted([nss.nickname(ca), nss.nickname(other)])
    assert "a company's root" in certutil(folder, "-L")


@needs_certutil
def test_one_that_is_known_and_not_trusted_becomes_trusted(tmp_path: Path, ca: Path) -> None:
    folder = tmp_path / "db"
    nss.install(folder, ca)
    certutil(folder, "-M", "-t", ",,", "-n", nss.nickname(ca))
    assert not nss.is_installed(folder, ca)
    assert nss.install(folder, ca) and nss.is_installed(folder, ca)


@needs_certutil
def test_a_database_with_a_password_refuses_and_stays_as_it_was(tmp_path: Path, ca: Path) -> None:
    folder, password = tmp_path / "db", tmp_path / "password"
    folder.mkdir()
    password.write_text("Correct4Horses\n")
    certutil(folder, "-N", "-f", str(password))
    before = certutil(folder, "-L")
    with pytest.raises(NotWritten, match="password"):
        nss.install(folder, ca)
    assert certutil(folder, "-L") == before


@needs_certutil
def test_what_is_no_database_says_so(tmp_path: Path, ca: Path) -> None:
    (tmp_path / "cert9.db").write_text("a letter")
    with pytest.raises(NotWritten, match="database"):
        nss.install(tmp_path, ca)
    (tmp_path / "file").touch()
    with pytest.raises(NotWritten, match="file"):
        nss.install(tmp_path / "file" / "nssdb", ca)


def test_without_certutil_it_says_what_to_install(tmp_path: Path, ca: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not nss.is_installed(tmp_path / "db", ca), "where nothing is, nobody need look"
    with pytest.raises(NoCertutil, match=f"apt install {nss.PACKAGE}"):
        nss.install(tmp_path / "db", ca)
    assert not (tmp_path / "db").exists()
