"""`hoyhoy run -- CMD`: any program, with its Twilio traffic led to the exchange of a data folder (design 5).

An exchange that answers is joined; else one is started, which ends when the last program that needs
it has ended. A lock in the data folder makes two runs at once start one exchange. The exchange lives
in a session of its own: Ctrl-C on one run must not end what another run uses.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from . import address, chromium, environment, pac, trust
from .address import Address, Keys, Stranger, Tenancy
from .authority import Authority

API_PORT = 8980
PROXY_PORT = 8943
START_SECONDS = 30.0
POLL_SECONDS = 0.05
FORWARDED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)


class CannotRun(Exception):
    """Why there is no exchange to run with; one sentence for the person at the terminal."""


def _tell(sentence: str) -> None:
    sys.stderr.write(f"hoyhoy: {sentence}\n")


@dataclass(frozen=True, kw_only=True)
class Options:
    """`port` and `proxy_port` None: wherever an exchange of this folder answers, else the usual ones."""

    data: Path
    port: int | None = None
    proxy_port: int | None = None
    voice: str = ""
    sms: str = ""
    java: bool = False
    serve: Sequence[str] = (sys.executable, "-m", "hoyhoy", "serve")
    serve_options: Sequence[str] = ()
    tell: Callable[[str], None] = field(default=_tell)


# Decisions: pure -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Join:
    """An exchange of this folder answers."""

    address: Address


@dataclass(frozen=True, slots=True)
class Start:
    """Nobody answers; start one on these ports."""

    port: int
    proxy_port: int


def decide(
    options: Options,
    left: Address | None,
    found: Address | Stranger | None,
    proxy_taken: bool,
) -> Join | Start:
    """What to do; CannotRun when a port is held by somebody else.

    `left` answers where run.json of the folder says, `found` at the port asked for; `proxy_taken`: somebody listens
    on the proxy port asked for.
    """
    port = API_PORT if options.port is None else options.port
    proxy_port = PROXY_PORT if options.proxy_port is None else options.proxy_port
    if left and _same(left.data, options.data):
        if options.port and urlsplit(left.api).port != options.port:
            raise CannotRun(
                f"An exchange of {options.data} runs already at {left.api}: leave --port away to use it, "
                "or choose another folder with --data."
            )
        return Join(left)
    if isinstance(found, Stranger):
        raise CannotRun(f"Port {port} is held by another program: choose another with --port.")
    if found and _same(found.data, options.data):
        return Join(found)
    if found:
        raise CannotRun(
            f"Port {port} is held by an exchange of another data folder, {found.data}: "
            "choose another port with --port, or that folder with --data."
        )
    if proxy_taken:
        raise CannotRun(f"Port {proxy_port} is held by another program: choose another with --proxy-port.")
    return Start(port, proxy_port)


def exit_code(returncode: int) -> int:
    """A shell's: 128 and the signal's number for a program that a signal ended."""
    return 128 - returncode if returncode < 0 else returncode


def reached_the_program(number: int, code: int | None, in_foreground: bool) -> bool:
    """Has the kernel given this signal to the program as well?

    The terminal's keys go to the whole foreground group, the program included: passing them on would press twice.
    `code` is si_code where the platform tells it: positive means the kernel sent it (sigaction(2)).
    """
    if code is not None:
        return code > 0
    return number in FROM_TERMINAL and in_foreground


def _same(one: str | Path, other: str | Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


# The exchange ----------------------------------------------------------------------------


@contextlib.contextmanager
def exchange(options: Options) -> Iterator[Address]:
    """The address of an exchange of the data folder, started if none answers and kept while entered; or CannotRun."""
    options.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _starting(options.data):
        for _ in range(3):  # it may end between its answer and our tenancy
            decision = _look(options)
            found = decision.address if isinstance(decision, Join) else _start(options, decision)
            try:
                tenancy = Tenancy(found.api)
                break
            except OSError:
                continue
        else:
            raise CannotRun(f"The exchange at {found.api} is ending: try again in a moment.")
    with tenancy:
        yield found


@contextlib.contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """One at a time looks and starts; the lock goes with the process."""
    with open(folder / "start.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _look(options: Options) -> Join | Start:
    keys = Keys.read(options.data)
    left = _ask(keys.api) if keys else None
    found = _ask(f"http://127.0.0.1:{API_PORT if options.port is None else options.port}")
    proxy_port = PROXY_PORT if options.proxy_port is None else options.proxy_port
    return decide(options, left if isinstance(left, Address) else None, found, is_taken(proxy_port))


def _ask(api: str) -> Address | Stranger | None:
    if api.endswith(":0"):
        return None
    try:
        return address.ask(api)
    except Stranger as stranger:
        return stranger


def is_taken(port: int) -> bool:
    """Somebody listens on this port of loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return port != 0
    except OSError:
        return False


def _start(options: Options, where: Start) -> Address:
    """Start an exchange and wait until it says that it lives."""
    # Quiet: numbers and texts belong into the database, not into a log that grows beside it.
    command = [
        *options.serve,
        "--data",
        str(options.data),
        "--port",
        str(where.port),
        "--proxy-port",
        str(where.proxy_port),
        "--until-unused",
        "--quiet",
        *options.serve_options,
    ]
    before = Keys.read(options.data)
    with open(options.data / "serve.log", "wb") as log:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        found = _await_health(options, where, child, before)
        child.returncode = 0  # from here on it lives by itself: nobody waits for its end
        return found
    except BaseException:
        child.terminate()
        raise


def _await_health(options: Options, where: Start, child: subprocess.Popen[bytes], before: Keys | None) -> Address:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        keys = Keys.read(options.data)
        # With port 0 only run.json tells where it is; the one a former exchange left says nothing.
        api = f"http://127.0.0.1:{where.port}" if where.port else keys.api if keys and keys != before else ""
        found = _ask(api) if api else None
        if isinstance(found, Address) and _same(found.data, options.data):
            return found
        if child.poll() is not None:
            raise CannotRun(f"The exchange did not start: {_last_line(options.data / 'serve.log')}")
        time.sleep(POLL_SECONDS)
    raise CannotRun(f"The exchange did not answer within {START_SECONDS:g} seconds; see {options.data / 'serve.log'}.")


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing."


# The program -----------------------------------------------------------------------------


def run(command: Sequence[str], options: Options, caller: Mapping[str, str] | None = None) -> int:
    """Run `command` and return its exit code; 125 and a sentence when there is no exchange to run it with."""
    caller = dict(os.environ if caller is None else caller)
    try:
        with exchange(options) as found:
            keys = _keys_of(found)
            if options.voice or options.sms:
                if keys is None:
                    raise CannotRun(f"The credentials in {found.data}/run.json cannot be read.")
                number = address.set_webhooks(keys, voice=options.voice, sms=options.sms)
                for what, url in (("calls", options.voice), ("texts", options.sms)):
                    if url:
                        options.tell(f"{what} to {number} go to {url}.")
            changes = changes_for(found, keys, caller, java=options.java)
            return _perform(led(command, found, caller), caller | changes, options.tell)
    except (CannotRun, address.Refused, OSError, ValueError) as error:
        options.tell(str(error))
        return 125
    except KeyboardInterrupt:
        return 130


def _keys_of(found: Address) -> Keys | None:
    """The credentials that this very exchange has put down; one that has just started may still be writing."""
    deadline = time.monotonic() + address.ANSWER_SECONDS
    while time.monotonic() < deadline:
        keys = Keys.read(Path(found.data))
        if keys and keys.exchange == found.exchange:
            return keys
        time.sleep(POLL_SECONDS)
    return None


def changes_for(found: Address, keys: Keys | None, caller: Mapping[str, str], *, java: bool = False) -> dict[str, str]:
    """The environment that leads a program to the exchange found, as changes to `caller`; writes the files it names."""
    files = trust.prepare(Path(found.data), found.ca, caller, java=java)
    return environment.compose(caller, found.proxy, files, **_credentials(keys))


def led(command: Sequence[str], found: Address, caller: Mapping[str, str]) -> Sequence[str]:
    """The command, with options where the environment is not enough: for a browser."""
    if not chromium.is_chromium(command[0]):
        return command
    home = Path(caller.get("HOME") or Path.home())
    profile = chromium.profile_for(command[0], Path(found.data), home, caller.get("PATH"))
    return chromium.led(command, pac.as_url(pac.script_for(found.proxy, caller)), found.ca, profile)


def env_lines(
    data: Path,
    caller: Mapping[str, str],
    *,
    proxy: str = f"http://127.0.0.1:{PROXY_PORT}",
    java: bool = False,
    now: Callable[[], float] = time.time,
) -> list[str]:
    """What `hoyhoy env` prints: export lines for the data folder's exchange, running or yet to be started."""
    keys = Keys.read(data)
    root = Authority.open(data, now).path
    files = trust.prepare(data, root, caller, java=java)
    changes = environment.compose(caller, keys.proxy if keys else proxy, files, **_credentials(keys))
    return environment.export_lines(changes)


def _credentials(keys: Keys | None) -> dict[str, Any]:
    """What a program is given of them, under the names that `compose` has for it."""
    given = ("account_sid", "auth_token", "api_key", "api_secret")
    return {name: getattr(keys, name) for name in given} if keys else {}


def _perform(command: Sequence[str], environ: Mapping[str, str], tell: Callable[[str], None]) -> int:
    """Start the program, pass signals on to it, and wait for its end."""
    watched = {*FORWARDED, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)  # none may come between the start and the waiting
    # An ignored SIGCHLD (nohup, some supervisors) is never pending, and the wait would have no end.
    old_child = signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        try:
            child = subprocess.Popen(
                list(command),
                env=dict(environ),
                preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, before) and None,
            )
        except FileNotFoundError:
            tell(f"{command[0]}: there is no such program.")
            return 127
        except PermissionError:
            tell(f"{command[0]} cannot be executed.")
            return 126
        while child.poll() is None:
            number, code = _next_signal(watched)
            if number in FORWARDED and not reached_the_program(number, code, _in_foreground()):
                child.send_signal(number)
        return exit_code(child.returncode)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGCHLD, old_child or signal.SIG_DFL)


def _next_signal(watched: set[signal.Signals]) -> tuple[int, int | None]:
    """Its number and, where the platform tells it, who sent it (si_code)."""
    if sys.platform == "darwin":
        return signal.sigwait(watched), None
    info = signal.sigwaitinfo(watched)
    return info.si_signo, info.si_code


def _in_foreground() -> bool:
    """Our process group is the one that the terminal's keys reach."""
    try:
        terminal: IO[bytes]
        with open("/dev/tty", "rb", buffering=0) as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
