"""Starting and stopping: what is refused and with which sentence, what is kept, what is shown (design 5, 6)."""

from __future__ import annotations

import re
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from twilio.request_validator import RequestValidator

from .processes import PATIENCE, App, Ended, Exchanges, Serve, surroundings
from .processes import exchanges as ending

pytestmark = pytest.mark.journey

exchanges = pytest.fixture(ending)
HELLO = "<Response><Say>Hello.</Say></Response>"


@pytest.fixture
def app() -> Iterator[App]:
    with App() as running:
        yield running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serve, App]]:
    """An exchange with its live log, and an app that it knows by a public name."""
    for made in ending():
        with App() as app:
            public = f"https://my.public.name={app.url('')}"
            yield made.serve(tmp_path_factory.mktemp("running") / "data", "--map", public, quiet=False), app


@pytest.fixture
def stranger() -> Iterator[str]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def refusal(served: Serve, code: int = 1) -> str:
    """The one sentence with which a start ends."""
    with pytest.raises(Ended) as ended:
        served.ready()
    lines = ended.value.said.splitlines()
    assert ended.value.code == code and lines, ended.value
    assert len(lines) == 1 or lines[0].startswith("Usage:"), ended.value
    return lines[-1].removeprefix("Error: ")


# Refusals ----------------------------------------------------------------------------------


def test_a_port_of_a_stranger(exchanges: Exchanges, tmp_path: Path, stranger: str) -> None:
    """The proxy's here, the API's below, where hoyhoy.toml names it."""
    said = refusal(exchanges.start(tmp_path / "proxy", "--proxy-port", stranger))
    assert said == f"Port {stranger} on 127.0.0.1 is taken by another program. Choose another with --proxy-port."


def test_of_two_that_start_at_once_on_one_port_one_serves(exchanges: Exchanges, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    two = [exchanges.start(tmp_path / name, "--port", port) for name in ("one", "other")]
    ready, refused = [], []
    for served in two:
        try:
            ready.append(served.ready())
        except Ended as ended:
            refused.append(ended.said)
    assert len(ready) == 1 and ready[0].alive()
    assert len(refused) == 1 and refused[0].startswith(f"Error: Port {port} on 127.0.0.1 is taken")


def test_two_on_one_folder(exchanges: Exchanges, running: tuple[Serve, App]) -> None:
    first = running[0]
    second = exchanges.start(first.data)
    assert refusal(second) == f"the data folder {first.data} is in use by process {first.pid}"
    assert first.alive()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--host", "0.0.0.0"), 1, "strangers drive the virtual phones"),
        (("--port", "65536"), 2, "65536 is not in the range"),
    ],
)
def test_options_that_cannot_be_followed(
    exchanges: Exchanges, tmp_path: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    assert words in refusal(exchanges.start(tmp_path / "data", *options), code)


def test_folders_that_cannot_be_used(exchanges: Exchanges, tmp_path: Path) -> None:
    (tmp_path / "garbage").mkdir(mode=0o700)
    (tmp_path / "garbage" / "hoyhoy.db").write_bytes(b"not a database" * 1000)
    full, garbage = exchanges.start(tmp_path / "full", file_size=50_000), exchanges.start(tmp_path / "garbage")
    assert refusal(garbage) == "The database cannot be used: file is not a database"
    assert refusal(full) == "The database cannot be used: disk I/O error"


# Settings ----------------------------------------------------------------------------------


def test_options_win_over_variables_and_variables_over_the_file(
    exchanges: Exchanges, tmp_path: Path, stranger: str
) -> None:
    """settings.py: an option, HOYHOY_<NAME>, a line of hoyhoy.toml."""
    toml = tmp_path / "hoyhoy.toml"
    toml.write_text(f"port = {stranger}\nproxy-port = 0\nstrict = true\n")
    said = refusal(exchanges.start(tmp_path / "file", folder=tmp_path))
    assert said == f"Port {stranger} on 127.0.0.1 is taken by another program. Choose another with --port."
    too_high = {"HOYHOY_PORT": "65536"}
    assert "65536" in refusal(exchanges.start(tmp_path / "variable", folder=tmp_path, environment=too_high), 2)
    served = exchanges.serve(tmp_path / "option", "--port", "0", folder=tmp_path, environment=too_high)
    _takes_in_no_strangers(served)


@pytest.mark.parametrize(("written", "words"), [("port =", "cannot be read"), ("prot = 1", "sets prot")])
def test_a_file_that_cannot_be_followed(exchanges: Exchanges, tmp_path: Path, written: str, words: str) -> None:
    (tmp_path / "hoyhoy.toml").write_text(written)
    assert words in refusal(exchanges.start(tmp_path / "data", folder=tmp_path))


def _takes_in_no_strangers(served: Serve) -> None:
    """--strict: unknown accounts and From numbers are refused (design 5)."""
    unknown = served.api("GET", "/Calls.json", account="AC" + "1" * 32, token="secret")
    assert (unknown.status, unknown.code) == (401, 20003)
    form = {"To": "+14155550123", "From": "+12025550199", "Body": "Hi", "Twiml": HELLO}
    call, message = served.api("POST", "/Calls.json", form), served.api("POST", "/Messages.json", form)
    assert (call.status, call.code) == (400, 21210)
    assert (message.status, message.code) == (400, 21659)


def test_a_public_url_is_mapped_to_a_local_one_and_signed_as_public(running: tuple[Serve, App]) -> None:
    served, app = running
    app.answers["/mapped"] = HELLO
    served.behave("+14155550123", answer_after=0)
    form = {"To": "+14155550123", "From": served.number, "Url": "https://my.public.name/mapped?a=b"}
    sid = served.api("POST", "/Calls.json", form).json["sid"]
    assert app.wait(lambda asked: asked and asked[-1].params.get("CallSid") == sid)
    asked = app.asked[-1]
    assert (asked.path, asked.headers["host"]) == ("/mapped", "my.public.name")
    posted = {name: value for name, value in asked.params.items() if name != "a"}
    signature = asked.headers["x-twilio-signature"]
    assert RequestValidator(served.token).validate("https://my.public.name/mapped?a=b", posted, signature)


# What is kept ------------------------------------------------------------------------------


def test_the_first_start_makes_what_the_second_keeps_and_a_stop_ends_calls_in_order(
    exchanges: Exchanges, app: App, tmp_path: Path
) -> None:
    """SIGTERM: final statuses, exit 0 although connections are open; the next start tells what was left to tell."""
    data = tmp_path / "data"
    served = exchanges.serve(data)
    before = served.account, served.token, served.number
    numbers = served.api("GET", "/IncomingPhoneNumbers.json").json["incoming_phone_numbers"]
    assert len(numbers) == 3 and all(re.fullmatch(r"\+1\d{10}", one["phone_number"]) for one in numbers)
    assert re.fullmatch("AC[0-9a-f]{32}", before[0]) and re.fullmatch("[0-9a-f]{32}", before[1])
    root = (data / "tls" / "ca.pem").read_bytes()
    _calls_that_last(served, app)
    opened = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(3)]
    opened[0].sendall(b"GET /lab/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
    opened[1].sendall(b"POST /2010-04-01/Accounts HTTP/1.1\r\nContent-Length: 100\r\n\r\nTo=")
    assert opened[0].recv(15) == b"HTTP/1.1 200 OK"
    assert served.stop() == 0
    assert served.said() == ""
    for one in opened:
        one.close()
    for path in (data, *data.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077 or path.name == "ca.pem", path
    assert served.token.encode() not in (data / "hoyhoy.db").read_bytes(), "sealed at rest (design 6)"
    with closing(sqlite3.connect(data / "hoyhoy.db")) as base:
        assert sorted(base.execute("SELECT status FROM calls")) == [("completed",), ("failed",)]
    served = exchanges.serve(data)
    assert (served.account, served.token, served.number) == before
    assert (data / "tls" / "ca.pem").read_bytes() == root
    assert app.wait(lambda asked: {one.params.get("CallStatus") for one in asked} >= {"completed", "failed"})


def _calls_that_last(served: Serve, app: App) -> None:
    """One that was answered and one that rings."""
    app.answers["/hold"] = '<Response><Say loop="0">Please hold.</Say></Response>'
    served.behave("+14155550101", answer_after=0, ring_after=0)
    served.behave("+14155550102", answering="ring-out", ring_after=0)
    for number in ("+14155550101", "+14155550102"):
        form = {"To": number, "From": served.number, "Url": app.url("/hold"), "StatusCallback": app.url("/told")}
        assert served.api("POST", "/Calls.json", form).status == 201
    assert served.expect("PhoneHeard") and served.expect("CallMoved", status="ringing")


# What is shown -----------------------------------------------------------------------------


def test_the_log_shows_no_secrets_and_obeys_nobody(running: tuple[Serve, App]) -> None:
    """design 6, bad-inputs 11: tokens and passwords never; what strangers send cannot steer the terminal."""
    served, app = running
    app.answers["/voice"] = HELLO
    url = app.url("/voice").replace("http://", "http://user:sesame@")
    served.behave("+14155550123", answer_after=0)
    form = {"To": "+14155550123", "From": served.number, "Url": url, "StatusCallback": f"{url}?key=opensesame"}
    sid = served.api("POST", "/Calls.json", form).json["sid"]
    served.api("POST", "/Messages.json", {**form, "Body": "\x1b[2J\x1b]0;owned\x07\r\nfake line \u202e\x9b31m"})
    served.api("GET", "/Calls.json", account="AC" + "1" * 32, token="adopted-secret")
    served.api("GET", "/Calls.json", token="wrong-secret")
    served.api("GET", "/Calls/%1b[31m.json?key=query-secret")
    assert served.expect("CallbackDelivered", subject=sid)
    assert served.expect("PhoneGotMessage", phone="+14155550123")
    shown = served.out.read_text(encoding="utf-8") + served.said()
    assert "Traceback" not in shown
    assert [one for one in ("sesame", "-secret", served.token) if one in shown] == []
    assert [one for one in shown if one != "\n" and not one.isprintable()] == []
    for words in (f"account  {served.account}", "outbound-api", 'phone hears "Hello."', "completed", "-> 201", "owned"):
        assert words in shown


def test_the_terminals_phone_calls_and_texts(running: tuple[Serve, App]) -> None:
    served, app = running
    app.answers |= {
        "/menu": '<Response><Gather numDigits="1" action="/chosen"><Say>Press one.</Say></Gather></Response>',
        "/chosen": "<Response><Say>Well done.</Say></Response>",
        "/sms": "<Response><Message>Got it.</Message></Response>",
    }
    served.lead(VoiceUrl=app.url("/menu"), SmsUrl=app.url("/sms"))
    at = ("--at", f"http://127.0.0.1:{served.port}")
    call = hoyhoy("call", "+14155550125", served.number, "--press", "w1", *at)
    text = hoyhoy("sms", "+14155550125", served.number, "Hello", *at)
    phone = hoyhoy("phone", "+14155550124", *at)
    shown, said = call.communicate(timeout=PATIENCE)
    assert call.returncode == 0 and "Well done." in shown and "completed" in shown, (shown, said)
    shown, said = text.communicate(timeout=PATIENCE)
    assert text.returncode == 0 and 'reads "Got it."' in shown, (shown, said)
    assert phone.stdin and phone.stdout
    seen = ""
    for typed, answer in (("", "This is +14155550124."), (f"call {served.number}", "Press one."), ("1", "Well done.")):
        phone.stdin.write(f"{typed}\n")
        phone.stdin.flush()
        while answer not in seen:
            line = phone.stdout.readline()
            assert line, seen
            seen += line
    assert phone.communicate("quit\n", timeout=PATIENCE)[1] == ""
    assert phone.returncode == 0


def hoyhoy(*words: str) -> subprocess.Popen[str]:
    """Another command, as from another terminal; it ends by itself."""
    return subprocess.Popen(
        [sys.executable, "-m", "hoyhoy", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )
