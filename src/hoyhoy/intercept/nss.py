"""Where browsers of this machine keep whom they trust, and our authority put there and taken out again.

Chromium on Linux and Firefox everywhere read NSS databases: folders with a cert9.db, written by NSS's own program
`certutil` (Debian: libnss3-tools). What is put in is trusted for web servers only ("C,,"), and can vouch for no more
than its name constraints say (authority.py).

Chromium reads ~/.pki/nssdb where it exists and else pki/nssdb among the user's data; so the former is made only where
there is neither, for making it hides the latter. Firefox keeps a folder per profile, listed in profiles.ini.
"""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

PACKAGE = "libnss3-tools"
NICKNAME = "hoyhoy local authority"
"""Every authority of ours is called so, and then its key's number."""

TRUSTED = "C,,"
SECONDS = 20.0
FIREFOX = (  # and mozilla/firefox where the user's settings are
    ".mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/config/mozilla/firefox",
    "Library/Application Support/Firefox",
)
CONFINED = (
    "snap/*/current/.pki/nssdb",
    "snap/*/current/.local/share/pki/nssdb",
    ".var/app/*/.pki/nssdb",
    ".var/app/*/data/pki/nssdb",
)
"""Where snap and flatpak let their Chromiums keep the same."""

_ROW = re.compile(rf"^({re.escape(NICKNAME)}\S* ?\S*)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$", re.MULTILINE)


class NoCertutil(Exception):
    """The program is not installed."""

    def __init__(self) -> None:
        super().__init__(f"certutil is missing, which writes browsers' databases. Once, please: apt install {PACKAGE}")


class NotWritten(Exception):
    """A database refused; the text says why."""


@dataclass(frozen=True, slots=True)
class Database:
    """A folder that `browser` reads."""

    folder: Path
    browser: str


def databases(home: Path, caller: Mapping[str, str]) -> list[Database]:
    """Those of the person whose home this is: Chromium's one, which may have to be made yet, and what else there is."""
    data = Path(caller.get("XDG_DATA_HOME") or home / ".local" / "share")
    config = Path(caller.get("XDG_CONFIG_HOME") or home / ".config")
    older, newer = home / ".pki" / "nssdb", data / "pki" / "nssdb"
    found = [Database(newer if newer.is_dir() and not older.is_dir() else older, "Chromium")]
    found += [
        Database(path, "Chromium") for pattern in CONFINED for path in sorted(home.glob(pattern)) if path.is_dir()
    ]
    for root in (*(home / name for name in FIREFOX), config / "mozilla" / "firefox"):
        found += [Database(path, "Firefox") for path in _profiles(root)]
    return found


def nickname(ca: Path) -> str:
    """What the authority is called in a database: its own name, which no other authority has."""
    subject = x509.load_pem_x509_certificate(ca.read_bytes()).subject
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def is_installed(folder: Path, ca: Path) -> bool:
    """Whether the authority is trusted there. NoCertutil, NotWritten when it cannot be read."""
    return _ours(folder).get(nickname(ca)) == TRUSTED


def install(folder: Path, ca: Path) -> bool:
    """Trust the authority there; False when it was so already. The database is made where there is none.

    NoCertutil, or NotWritten: for one with a password of its own, for example.
    """
    if is_installed(folder, ca):
        return False
    if not _is_made(folder):
        _program()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise NotWritten(str(error)) from None
        _certutil(folder, "-N", "--empty-password")
    name = nickname(ca)
    try:
        _certutil(folder, "-A", "-t", TRUSTED, "-n", name, "-i", str(ca))
    except NotWritten:
        if name in _ours(folder):  # known now, but not trusted
            _certutil(folder, "-D", "-n", name)
        raise
    return True


def remove(folder: Path) -> list[str]:
    """Take every authority of ours out again, of this and of other data folders; their names."""
    names = list(_ours(folder))
    for name in names:
        _certutil(folder, "-D", "-n", name)
    return names


def _ours(folder: Path) -> dict[str, str]:
    """Our authorities there, and what each is trusted for."""
    return dict(_ROW.findall(_certutil(folder, "-L"))) if _is_made(folder) else {}


def _is_made(folder: Path) -> bool:
    return (folder / "cert9.db").exists()


def _profiles(root: Path) -> Iterator[Path]:
    """The folders of the profiles that a profiles.ini names, as far as they are there."""
    listed = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        listed.read_string((root / "profiles.ini").read_text(errors="replace"))
    except (OSError, configparser.Error):
        return
    for section in listed.values():
        if section.name.startswith("Profile") and (path := section.get("Path")):
            folder = root / path if section.get("IsRelative", "1") == "1" else Path(path)
            if folder.is_dir():
                yield folder


def _program() -> str:
    if found := shutil.which("certutil"):
        return found
    raise NoCertutil


def _certutil(folder: Path, *words: str) -> str:
    program = _program()
    try:
        done = subprocess.run(
            [program, *words, "-d", f"sql:{folder}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotWritten(str(error)) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise NotWritten(said[-1].removeprefix("certutil: ") if said else f"certutil ended with {done.returncode}")
    return done.stdout
