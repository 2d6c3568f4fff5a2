"""How a Chromium is started so that it finds this exchange and trusts it, with nothing installed.

Chromium reads no bundle of certificates from the environment, and on some desktops no proxy either; so it gets
options. The one that trusts is as narrow as there is: it names the key of our authority, which can vouch for
twilio.com and this machine only, and Chromium takes it in a profile of its own (`--user-data-dir`) that no everyday
window shares (official-clients B2).
"""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_NAME = re.compile(
    r"(chromium|chromium-browser|chrome|google-chrome|microsoft-edge|msedge|brave|brave-browser|vivaldi)"
    r"(-(stable|beta|dev|unstable|canary))?|Chromium|Google Chrome|Microsoft Edge|Brave Browser"
)
PAC_URL = "--proxy-pac-url="
_OWN_WAY = ("--proxy-server", "--proxy-pac-url", "--proxy-auto-detect", "--no-proxy-server")
"""Options of a person who says himself where requests go."""


def is_chromium(program: str) -> bool:
    """Whether the program, by its name, is Chromium or one of its kin."""
    return _NAME.fullmatch(Path(program).name) is not None


def options(pac_url: str, ca: Path, profile: Path) -> list[str]:
    """What to start it with: `pac_url` leads to the exchange, `profile` is a folder that it may have to itself."""
    return [
        f"--user-data-dir={profile.absolute()}",
        "--no-first-run",
        "--no-default-browser-check",
        PAC_URL + pac_url,
        f"--ignore-certificate-errors-spki-list={key_hash(ca)}",
        # Else a machine that has nothing but loopback is silent: no candidates (official-clients B14).
        "--allow-loopback-in-peer-connection",
    ]


def led(command: Sequence[str], pac_url: str, ca: Path, profile: Path) -> list[str]:
    """The command with our options first, so that of two the person's own counts; so does a proxy of his own."""
    program, *words = command
    ours = options(pac_url, ca, profile)
    if any(word.partition("=")[0] in _OWN_WAY for word in words):
        ours = [option for option in ours if not option.startswith(PAC_URL)]
    return [program, *ours, *words]


def profile_for(program: str, data: Path, home: Path, path: str | None = None) -> Path:
    """The folder of its own profile: with the data, except for a snap, which may write into its own place only.

    `path` is where programs are looked for, as PATH has it.
    """
    found = shutil.which(program, path=path)
    if found and "snap" in Path(found).resolve().parts:
        return home / "snap" / Path(program).name / "common" / "hoyhoy"
    return data / "chromium"


def key_hash(ca: Path) -> str:
    """The SHA-256 of the authority's public key (its SubjectPublicKeyInfo) in base64, as the option wants it."""
    key = x509.load_pem_x509_certificate(ca.read_bytes()).public_key()
    return b64encode(sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()
