"""`hoyhoy run` on whole processes (design 5): lifetime of the exchange, signals, exit codes."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hoyhoy.intercept import address, pac, run
from hoyhoy.intercept.address import Address, Stranger
from hoyhoy.intercept.authority import Authority
from hoyhoy.intercept.run import CannotRun, Join, Options, Start, decide, exit_code, reached_the_program

STUB = (sys.executable, str(Path(__file__).with_name("stub_exchange.py")))
DRIVER = """
import os, sys
from pathlib import Path
from hoyhoy.intercept.run import Options, run
data, *command = sys.argv[1:]
port = int(os.environ["PORT"])
sys.exit(run(command, Options(data=Path(data), port=port, proxy_port=0, serve=eval(os.environ["STUB"]))))
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def ours(data: str, port: int = 8980) -> Address:
    return Address("0.1", "x", data, f"http://127.0.0.1:{port}", "http://127.0.0.1:8943")


# Decisions -------------------------------------------------------------------------------


def test_an_exchange_of_this_folder_is_joined(tmp_path: Path) -> None:
    here = ours(str(tmp_path))
    assert decide(Options(data=tmp_path), None, here, True) == Join(here)
    elsewhere = ours(str(tmp_path), 9000)
    assert decide(Options(data=tmp_path), elsewhere, Stranger(), True) == Join(elsewhere)
    assert decide(Options(data=tmp_path, port=0), elsewhere, None, False) == Join(elsewhere)  # 0 is any port


def test_nobody_there_means_starting(tmp_path: Path) -> None:
    assert decide(Options(data=tmp_path), None, None, False) == Start(8980, 8943)
    assert decide(Options(data=tmp_path, port=1, proxy_port=2), ours("/other"), None, False) == Start(1, 2)


@pytest.mark.parametrize(
    ("found", "proxy_taken", "names"),
    [
        (Stranger(), False, ("8980", "--port")),
        (ours("/other"), False, ("8980", "/other", "--data")),
        (None, True, ("8943", "--proxy-port")),
    ],
)
def test_a_port_held_by_another_is_said_so(
    tmp_path: Path, found: Address | Stranger | None, proxy_taken: bool, names: tuple[str, ...]
) -> None:
    with pytest.raises(CannotRun) as refusal:
        decide(Options(data=tmp_path), None, found, proxy_taken)
    assert all(name in str(refusal.value) for name in names)


def test_another_port_than_the_running_ones_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="runs already"):
        decide(Options(data=tmp_path, port=9001), ours(str(tmp_path), 9000), None, False)


def test_exit_codes_are_a_shells() -> None:
    assert [exit_code(code) for code in (0, 3, -2, -15)] == [0, 3, 130, 143]


def test_the_terminals_keys_are_not_pressed_twice() -> None:
    kernel, person = 0x80, 0
    assert reached_the_program(signal.SIGINT, kernel, True)
    assert not reached_the_program(signal.SIGINT, person, True)
    assert reached_the_program(signal.SIGINT, None, True)
    assert not reached_the_program(signal.SIGINT, None, False)
    assert not reached_the_program(signal.SIGTERM, None, True)


# Processes -------------------------------------------------------------------------------


@pytest.fixture
def caller() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}


@pytest.fixture
def started(tmp_path: Path, caller: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    made: list[subprocess.Popen[str]] = []
    port = str(free_port())

    def start(*command: str, **more: str) -> subprocess.Popen[str]:
        made.append(
            subprocess.Popen(
                [sys.executable, "-c", DRIVER, str(tmp_path), *command],
                text=True,
                bufsize=1,
                env=caller | {"PORT": port, "STUB": repr(STUB)} | more,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
        return made[-1]

    yield start
    for one in made:
        with one:
            one.kill() if one.poll() is None else None
    wait_for_the_end(tmp_path)


def wait_for_the_end(folder: Path) -> None:
    """Return when the exchange of the folder has gone: its end closes the connection we hold."""
    keys = address.Keys.read(folder)
    if keys is None:
        return
    host, port = keys.api.removeprefix("http://").split(":")
    try:
        with socket.create_connection((host, int(port)), 20) as held:
            held.recv(1)
    except ConnectionError:
        pass


PYTHON = sys.executable
READ = "import sys; print('up', flush=True); sys.stdin.read()"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ((PYTHON, "-c", "raise SystemExit(7)"), 7),
        ((PYTHON, "-c", "pass"), 0),
        ((PYTHON, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), 137),
        (("/nonexistent/program",), 127),
        (("/",), 126),
    ],
)
def test_the_exit_code_is_the_programs(
    started: Callable[..., subprocess.Popen[str]], command: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    assert started(*command).wait(60) == code
    wait_for_the_end(tmp_path)
    assert address.ask(str(getattr(address.Keys.read(tmp_path), "api", ""))) is None


def test_the_program_gets_the_environment(started: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    names = "['HTTPS_PROXY', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'SSL_CERT_FILE']"
    one = started(PYTHON, "-c", f"import os; print([os.environ[n] for n in {names}])")
    out, err = one.communicate(timeout=60)
    assert one.returncode == 0, err
    proxy, sid, token, bundle = eval(out)
    assert (proxy, sid, token) == ("http://127.0.0.1:0", "AC1", "token")
    assert (tmp_path / "tls" / "ca.pem").read_text() in Path(bundle).read_text()
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


def test_two_at_once_share_one_exchange_which_ends_with_the_last(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    first, second = started(PYTHON, "-c", READ), started(PYTHON, "-c", READ)
    assert first.stdout and second.stdout
    assert (first.stdout.readline(), second.stdout.readline()) == ("up\n", "up\n")
    keys = address.Keys.read(tmp_path)
    assert keys
    pid = int(keys.exchange)
    assert os.getsid(pid) == pid  # a session of its own: the terminal's Ctrl-C does not reach it
    first.communicate(timeout=60)
    still = address.ask(keys.api)
    assert still and still.exchange == keys.exchange
    second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    wait_for_the_end(tmp_path)
    assert address.ask(keys.api) is None


def test_one_at_a_time_looks_and_starts(tmp_path: Path) -> None:
    with run._starting(tmp_path), open(tmp_path / "start.lock") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with open(tmp_path / "start.lock") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_signals_are_passed_on(started: Callable[..., subprocess.Popen[str]], number: signal.Signals) -> None:
    code = (
        f"import signal, sys; signal.signal({int(number)}, lambda *_: sys.exit(42)); print('up', flush=True); "
        "signal.pause()"
    )
    one = started(PYTHON, "-c", code)
    assert one.stdout and one.stdout.readline() == "up\n"
    one.send_signal(number)
    assert one.wait(60) == 42


def test_a_program_that_does_not_catch_its_signal(started: Callable[..., subprocess.Popen[str]]) -> None:
    one = started(PYTHON, "-c", READ)
    assert one.stdout and one.stdout.readline() == "up\n"
    one.send_signal(signal.SIGTERM)
    assert one.wait(60) == 143


def test_a_run_that_is_killed_leaves_no_exchange(started: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    one = started(PYTHON, "-c", READ)
    assert one.stdout and one.stdout.readline() == "up\n"
    one.kill()
    one.wait(60)
    wait_for_the_end(tmp_path)
    assert address.ask(str(getattr(address.Keys.read(tmp_path), "api", ""))) is None


def test_a_stranger_on_the_port_is_one_sentence(started: Callable[..., subprocess.Popen[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            with listener.accept()[0] as sock:
                sock.recv(1000)
                sock.sendall(b"220 mail ready\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        one = started(PYTHON, "-c", "print('never')", PORT=str(port))
        out, err = one.communicate(timeout=60)
        thread.join()
    assert (one.returncode, out) == (125, "")
    assert err == f"hoyhoy: Port {port} is held by another program: choose another with --port.\n"


# In this process -------------------------------------------------------------------------


def options(tmp_path: Path, told: list[str], **more: Any) -> Options:
    return Options(data=tmp_path, port=free_port(), proxy_port=0, serve=STUB, tell=told.append, **more)


def test_an_exchange_that_does_not_start_says_why(tmp_path: Path, caller: dict[str, str]) -> None:
    told: list[str] = []
    assert run.run([PYTHON, "-c", ""], options(tmp_path, told, serve_options=["--fail"]), caller) == 125
    assert told == ["The exchange did not start: the data folder is of a newer version"]


def test_webhooks_are_set_on_the_first_number(tmp_path: Path, caller: dict[str, str]) -> None:
    told: list[str] = []
    chosen = options(tmp_path, told, voice="http://localhost:5000/voice?a=b", sms="http://localhost:5000/sms")
    assert run.run([PYTHON, "-c", ""], chosen, caller) == 0
    path, pair, form = (tmp_path / "posted").read_text().splitlines()
    assert path == "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers/PN1.json"
    assert b64decode(pair.removeprefix("Basic ")) == b"AC1:token"
    assert told == [
        "calls to +15005550006 go to http://localhost:5000/voice?a=b.",
        "texts to +15005550006 go to http://localhost:5000/sms.",
    ]
    assert form == "VoiceUrl=http%3A%2F%2Flocalhost%3A5000%2Fvoice%3Fa%3Db&SmsUrl=http%3A%2F%2Flocalhost%3A5000%2Fsms"
    wait_for_the_end(tmp_path)


def test_a_refused_webhook_is_told_in_the_exchanges_words(tmp_path: Path, caller: dict[str, str]) -> None:
    told: list[str] = []
    assert run.run([PYTHON, "-c", ""], options(tmp_path, told, voice="refuse"), caller) == 125
    assert "no such thing" in told[0]
    wait_for_the_end(tmp_path)


def test_env_lines_need_no_running_exchange(tmp_path: Path, caller: dict[str, str]) -> None:
    lines = run.env_lines(tmp_path, caller)
    assert "export HTTPS_PROXY=http://127.0.0.1:8943" in lines
    assert (tmp_path / "tls" / "ca.pem").exists()
    address.Keys("x", "http://127.0.0.1:1", "http://127.0.0.1:2", "AC9", "it's").write(tmp_path)
    lines = run.env_lines(tmp_path, caller)
    assert "export HTTPS_PROXY=http://127.0.0.1:2" in lines
    assert """export TWILIO_AUTH_TOKEN='it'"'"'s'""" in lines
    assert not any("TWILIO_API" in line for line in lines), "an older exchange left none"
    keys = address.Keys("x", "http://a", "http://127.0.0.1:2", "AC9", "t", api_key="SK9", api_secret="s")
    keys.write(tmp_path)
    lines = run.env_lines(tmp_path, caller)
    assert {"export TWILIO_API_KEY=SK9", "export TWILIO_API_SECRET=s"} <= set(lines)


def test_a_browser_is_led_by_options_and_no_other_program(tmp_path: Path, caller: dict[str, str]) -> None:
    Authority.open(tmp_path, time.time)
    found = address.Address("0", "x", str(tmp_path), "http://127.0.0.1:1", "http://127.0.0.1:2")
    command = run.led(["/opt/chromium", "http://localhost/"], found, caller)
    assert (command[0], command[-1]) == ("/opt/chromium", "http://localhost/")
    assert f"--user-data-dir={tmp_path / 'chromium'}" in command
    assert f"--proxy-pac-url={pac.as_url(pac.script('http://127.0.0.1:2'))}" in command
    for program in ("firefox", "python"):
        assert run.led([program, "x"], found, caller) == [program, "x"]
