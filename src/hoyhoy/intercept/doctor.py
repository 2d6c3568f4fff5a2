"""`hoyhoy doctor`: what is wrong with this machine, and how to mend it.

Every check looks at one thing and tells a sentence; none changes anything. A check that breaks tells
so as a finding of its own: a doctor must not fall ill of the patient.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import os
import shutil
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from . import address, environment, hosts, trust
from .address import Address, Keys, Stranger
from .run import API_PORT, PROXY_PORT, is_taken
from .tunnel import Upstream

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20  # what the npm clients of the tests ask for (design 5, a fresh machine)
OLDEST_SQLITE = (3, 35, 0)  # RETURNING


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `mend` says what to do and is empty when there is nothing to do."""

    verdict: Verdict
    sentence: str
    mend: str = ""


Findings = Iterator[Finding]


@dataclass(frozen=True, kw_only=True)
class Patient:
    """What is examined: a data folder, an environment, ports, and the time it is said to be (Unix seconds)."""

    data: Path
    caller: Mapping[str, str]
    now: float
    port: int = API_PORT
    proxy_port: int = PROXY_PORT


def doctor(patient: Patient) -> list[Finding]:
    """Everything worth saying about this machine, in the order in which to read it."""
    found = _find(patient)
    checks: list[Callable[[], Findings]] = [
        _python,
        lambda: _node(patient),
        _sqlite,
        _ensurepip,
        lambda: _folder(patient),
        lambda: _root(patient),
        lambda: _clock(patient),
        lambda: _proxies(patient),
        lambda: _bundles(patient),
        lambda: _edges(patient),
        lambda: _exchange(patient, found),
    ]
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except Exception as error:
            findings.append(Finding(Verdict.WARN, f"A check could not be made: {error!r}.", "Tell us, please."))
    return findings


# The machine -----------------------------------------------------------------------------


def _python() -> Findings:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= OLDEST_PYTHON:
        yield Finding(Verdict.OK, f"Python {version}, {ssl.OPENSSL_VERSION}.")
    else:
        yield Finding(Verdict.BAD, f"Python {version} is too old.", "Install Python 3.11 or newer.")


def _node(patient: Patient) -> Findings:
    node = shutil.which("node", path=patient.caller.get("PATH"))
    if not node:
        yield Finding(Verdict.OK, "Node is not installed; only Node programs would need it.")
        return
    told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, env={}).stdout.strip()
    major = told.removeprefix("v").partition(".")[0]
    if major.isdigit() and int(major) < OLDEST_NODE:
        yield Finding(
            Verdict.WARN,
            f"Node {told} is old: Twilio's present npm packages ask for {OLDEST_NODE}.",
            f"Install Node {OLDEST_NODE} or newer.",
        )
    else:
        yield Finding(Verdict.OK, f"Node {told}.")


def _sqlite() -> Findings:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Finding(
            Verdict.BAD, f"SQLite {sqlite3.sqlite_version} is too old.", "Use a Python with SQLite 3.35 or newer."
        )
    else:
        yield Finding(Verdict.OK, f"SQLite {sqlite3.sqlite_version}.")


def _ensurepip() -> Findings:
    if importlib.util.find_spec("ensurepip") is None:
        yield Finding(
            Verdict.WARN,
            "This Python cannot make virtual environments: ensurepip is missing.",
            f"apt install python{sys.version_info.major}.{sys.version_info.minor}-venv",
        )


# The data folder -------------------------------------------------------------------------


def _folder(patient: Patient) -> Findings:
    folder = patient.data
    if not folder.exists():
        yield Finding(Verdict.OK, f"The data folder {folder} will be made at the first start.")
        return
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            Verdict.BAD,
            f"The data folder {folder} cannot be written to.",
            "Choose another with --data, or give this user the right to write there.",
        )
        return
    free = shutil.disk_usage(folder).free
    if free < 100 * 1024 * 1024:
        yield Finding(Verdict.WARN, f"Only {free // 1024 // 1024} MiB are free where {folder} lies.", "Make room.")
    for secret in (folder / "run.json", folder / "tls" / "ca-key.pem"):
        if secret.exists() and secret.stat().st_mode & 0o077:
            yield Finding(Verdict.BAD, f"Others can read {secret}.", f"chmod 600 '{secret}'")


def _root(patient: Patient) -> Findings:
    home = patient.data / "tls"
    if not home.exists():
        yield Finding(Verdict.OK, "The local certificate authority will be made at the first start.")
        return
    remake = f"Remove the folder {home}; the next start makes a new one."
    try:
        root = x509.load_pem_x509_certificate((home / "ca.pem").read_bytes())
        if not (home / "ca-key.pem").exists():
            raise ValueError("its key is missing")
    except (OSError, ValueError) as error:
        yield Finding(Verdict.BAD, f"The local certificate authority cannot be read: {error}.", remake)
        return
    now = datetime.fromtimestamp(patient.now, UTC)
    if now < root.not_valid_before_utc:
        begins = f"{root.not_valid_before_utc:%F}"
        yield Finding(
            Verdict.BAD,
            f"By the clock, the local authority is not valid before {begins}.",
            f"Set the clock, or: {remake}",
        )
    elif now > root.not_valid_after_utc - timedelta(days=30):
        yield Finding(
            Verdict.WARN,
            f"The local authority is valid until {root.not_valid_after_utc:%F} only.",
            "Start the exchange again; it makes a new one. Where the old one was installed, install the new.",
        )
    else:
        yield Finding(Verdict.OK, f"The local authority is valid until {root.not_valid_after_utc:%F}.")


def _clock(patient: Patient) -> Findings:
    """A clock behind what is on the disk already has been set back."""
    newest = max((path.stat().st_mtime for path in [Path(__file__), patient.data] if path.exists()), default=0.0)
    if patient.now < newest - 86_400:
        yield Finding(
            Verdict.BAD,
            "The clock is behind: files on this machine are from the future.",
            "Set the clock; certificates and tokens depend on it.",
        )


# The environment -------------------------------------------------------------------------


def _proxies(patient: Patient) -> Findings:
    caller, proxy = patient.caller, f"http://127.0.0.1:{patient.proxy_port}"
    if caller.get("HTTPS_PROXY") == proxy:
        yield Finding(Verdict.OK, "This shell leads Twilio traffic here already (hoyhoy env).")
        return
    upstream = environment.upstream_of(caller, proxy)
    if upstream:
        try:
            parsed = Upstream.parse(upstream)
        except ValueError as error:
            yield Finding(
                Verdict.WARN,
                f"This environment names a proxy, but the exchange {error}.",
                "Unset HTTPS_PROXY and ALL_PROXY for the exchange, or name an http proxy there.",
            )
            return
        yield Finding(Verdict.OK, f"What does not go to Twilio is passed on to your proxy {parsed.host}:{parsed.port}.")
    for name in ("NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"):
        if caller.get(name) == "0":
            yield Finding(Verdict.WARN, f"{name}=0 turns certificate checks off in your programs.", f"unset {name}")


def _bundles(patient: Patient) -> Findings:
    for name in (*trust.BUNDLE_VARIABLES, "NODE_EXTRA_CA_CERTS"):
        path = patient.caller.get(name, "")
        if path and not os.access(path, os.R_OK):
            yield Finding(Verdict.WARN, f"{name} names {path}, which cannot be read.", f"unset {name}, or correct it.")
    if not trust.public_roots():
        yield Finding(
            Verdict.WARN,
            "No public root certificates were found: programs reach the exchange only.",
            "apt install ca-certificates",
        )


def _edges(patient: Patient) -> Findings:
    """Names that the libraries splice into hosts must give hosts (official-clients A5)."""
    for name in ("TWILIO_EDGE", "TWILIO_REGION"):
        value = patient.caller.get(name, "")
        if value and not hosts.may_be_minted(f"api.{value}.{hosts.DOMAIN}"):
            yield Finding(Verdict.WARN, f"{name}={value} does not make a host name of Twilio's.", f"unset {name}")


# The exchange ----------------------------------------------------------------------------


def _find(patient: Patient) -> Address | Stranger | None:
    keys = Keys.read(patient.data)
    for api in ([keys.api] if keys else []) + [f"http://127.0.0.1:{patient.port}"]:
        try:
            if found := address.ask(api):
                return found
        except Stranger as stranger:
            if api.endswith(f":{patient.port}"):
                return stranger
    return None


def _exchange(patient: Patient, found: Address | Stranger | None) -> Findings:
    if isinstance(found, Stranger):
        yield Finding(Verdict.BAD, f"Port {patient.port} is held by another program.", "Choose another with --port.")
    elif found is None:
        if is_taken(patient.proxy_port):
            yield Finding(
                Verdict.BAD,
                f"Port {patient.proxy_port} is held by another program.",
                "Choose another with --proxy-port.",
            )
        yield Finding(Verdict.OK, "No exchange is running; `hoyhoy serve` or `hoyhoy run` starts one.")
    else:
        yield Finding(Verdict.OK, f"hoyhoy {found.hoyhoy} answers at {found.api} for {found.data}.")
        if os.path.realpath(found.data) != os.path.realpath(patient.data):
            yield Finding(
                Verdict.WARN,
                f"It is the exchange of another data folder than {patient.data}.",
                f"Use --data {found.data}, or another port for this one.",
            )
        elif found.proxy:
            yield _through_the_port(found)


def _through_the_port(found: Address) -> Finding:
    """Ask api.twilio.com, the way an unmodified program would."""
    url = urlsplit(found.proxy)
    try:
        context = ssl.create_default_context(cafile=str(found.ca))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        connection = http.client.HTTPSConnection(url.hostname or "", url.port, context=context, timeout=5)
        with contextlib.closing(connection):
            connection.set_tunnel("api.twilio.com", 443)
            connection.request("GET", address.HEALTH)
            told = json.loads(connection.getresponse().read(1 << 20))
        if told.get("exchange") != found.exchange:
            raise ValueError("another exchange answered")
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        return Finding(
            Verdict.BAD,
            f"https://api.twilio.com by {found.proxy} does not reach the exchange: {error}.",
            "Stop the exchange and start it again; if that does not help, remove its tls folder.",
        )
    return Finding(Verdict.OK, f"https://api.twilio.com through {found.proxy} reaches the exchange.")
