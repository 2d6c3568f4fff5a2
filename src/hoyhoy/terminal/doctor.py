"""What of this machine matters to sound and telephones: `hoyhoy doctor` says it after intercept/doctor.py."""

from __future__ import annotations

import importlib.util
import resource
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hoyhoy.intercept.doctor import Finding, Verdict
from hoyhoy.media.datagrams import LIBC, is_taken
from hoyhoy.settings import MEDIA_PORT, SIP_PORT, SIPS_PORT
from hoyhoy.signalling import own_addresses
from hoyhoy.speech import espeak_library

FILES = 4096
"""Open files that a busy exchange needs: connections of apps, databases, SIP phones over TCP."""

BUFFER = 4 << 20
"""Octets of a media socket's buffer: a tenth of a second of a thousand calls."""

RMEM = Path("/proc/sys/net/core/rmem_max")
TICKS, TICK = 25, 0.02
LATE = 0.005
"""Seconds: a tick that begins later is heard when it happens often."""

Findings = Iterator[Finding]


def telephony(*, is_running: bool, now: Callable[[], float] = time.monotonic) -> list[Finding]:
    """Everything worth saying. Ports are looked at unless the exchange itself `is_running`; `now` is in seconds."""
    checks: list[Callable[[], Findings]] = [
        _voice, _recordings, _batches, _buffers, _files, lambda: _ticks(now), _interfaces,
    ]  # fmt: skip
    if not is_running:
        checks.append(_ports)
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except Exception as error:  # a doctor must not fall ill of the patient
            findings.append(Finding(Verdict.WARN, f"A check could not be made: {error!r}.", "Tell us, please."))
    return findings


def _voice() -> Findings:
    found = espeak_library.find()
    if found:
        yield Finding(Verdict.OK, f"Texts are spoken by espeak-ng {found.version}.")
    else:
        yield Finding(
            Verdict.WARN,
            "No voice is installed: what calls say is heard as a murmur.",
            "pip install 'hoyhoy[speech]', or name an HTTP engine with --speech.",
        )


def _recordings() -> Findings:
    if importlib.util.find_spec("miniaudio"):
        yield Finding(Verdict.OK, "WAV and MP3 recordings are played.")
    else:
        yield Finding(Verdict.WARN, "MP3 recordings cannot be played.", "pip install miniaudio.")


def _batches() -> Findings:
    if LIBC is None:
        yield Finding(
            Verdict.WARN,
            "This system takes and gives packets one by one: good for some hundred calls.",
            "For thousands use Linux.",
        )
    else:
        yield Finding(Verdict.OK, "Packets of many calls are taken and given in one go.")


def _buffers() -> Findings:
    if not RMEM.exists():
        return
    most = int(RMEM.read_text())
    if most < BUFFER // 2:
        yield Finding(
            Verdict.OK,
            f"Media sockets may hold {most >> 10} KiB, enough for some hundred calls; for thousands let them hold "
            f"{BUFFER >> 10}: sysctl -w net.core.rmem_max={BUFFER}.",
        )
    else:
        yield Finding(Verdict.OK, f"Media sockets may hold {most >> 10} KiB.")


def _files() -> Findings:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES <= hard or soft < 1024:
        yield Finding(
            Verdict.OK if soft >= 1024 else Verdict.WARN,
            f"{soft} files may be open at once.",
            "" if soft >= 1024 else "Raise the limit: ulimit -n 4096.",
        )
    else:
        yield Finding(Verdict.OK, f"{soft} files may be open at once.")


def _ticks(now: Callable[[], float]) -> Findings:
    """How punctual this machine is: half a second of ticks as a media process makes them."""
    due, late = now(), []
    for _ in range(TICKS):
        due += TICK
        time.sleep(max(0.0, due - now()))
        late.append(now() - due)
    median = sorted(late)[TICKS // 2]
    if median > LATE:
        yield Finding(
            Verdict.WARN,
            f"This machine wakes up {median * 1000:.0f} ms late in the middle: sound stutters while it is so busy.",
            "Give it more processor time, or fewer programs.",
        )
    else:
        yield Finding(Verdict.OK, f"Ticks are punctual: {median * 1000:.1f} ms late in the middle.")


def _interfaces() -> Findings:
    here = addresses()
    if here:
        yield Finding(
            Verdict.OK,
            f"SIP phones elsewhere could reach this machine at {', '.join(here)}, if you bind to it with --host.",
        )
    else:
        yield Finding(Verdict.OK, "This machine has no address but its own loopback: phones on it are all there is.")


def addresses() -> list[str]:
    """IPv4 addresses of this machine that others can reach, as far as it knows them."""
    return own_addresses("0.0.0.0")[:-1]  # noqa: S104


def _ports() -> Findings:
    taken = [f"UDP {port}" for port in (SIP_PORT, MEDIA_PORT) if is_taken("127.0.0.1", port)]
    taken += [f"TCP {port}" for port in (SIP_PORT, SIPS_PORT) if _is_held(port)]
    if taken:
        yield Finding(
            Verdict.WARN,
            f"Ports that phones expect are held by another program: {', '.join(taken)}. Free ones will be used.",
            "End that program, or choose ports with --sip-port, --sips-port and --media-port.",
        )
    else:
        yield Finding(Verdict.OK, f"The ports of SIP ({SIP_PORT}, {SIPS_PORT}) and of sound ({MEDIA_PORT}) are free.")


def _is_held(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
