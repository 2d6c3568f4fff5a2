"""Starting the app: its settings, both ways of running it, and an end that is not held up by open streams."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from signup.settings import from_environment
from signup.signups import session_of
from signup.store import SignUp, Store

EXAMPLES = Path(__file__).parents[2] / "examples"
CREDENTIALS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "secret"}


def test_settings_have_defaults():
    settings = from_environment(CREDENTIALS)
    assert (settings.public_url, settings.port) == ("http://localhost:5000", 5000)
    assert settings.twilio_number == "+15005550006"
    assert from_environment({**CREDENTIALS, "PORT": "8123"}).public_url == "http://localhost:8123"
    settings = from_environment({**CREDENTIALS, "PUBLIC_URL": "https://tincan.example/", "CODE_SECONDS": "60"})
    assert (settings.public_url, settings.code_seconds) == ("https://tincan.example", 60)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "TWILIO_ACCOUNT_SID"),
        ({**CREDENTIALS, "PORT": "many"}, "PORT must be a whole number"),
        ({**CREDENTIALS, "CODE_SECONDS": "0"}, "CODE_SECONDS must be"),
        ({**CREDENTIALS, "PUBLIC_URL": "tincan.example"}, "PUBLIC_URL must be"),
        ({**CREDENTIALS, "PUBLIC_URL": "https://tincan.example/path"}, "PUBLIC_URL must be"),
    ],
)
def test_wrong_settings_say_so(environ, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_environment(environ)


def environ(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    return {**kept, "PORT": "0", **more}


def test_missing_credentials_end_with_a_sentence():
    done = subprocess.run([sys.executable, EXAMPLES / "signup"], env=environ(), capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("Set TWILIO_ACCOUNT_SID") and "Traceback" not in done.stderr


@contextmanager
def running(*command, **more):
    """The app in a process of its own: its port, and a list that holds all it said once it has ended."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", *command],
        env=environ(**CREDENTIALS, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        said = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"running on http://127.0.0.1:([0-9]+)", line):
                yield int(found[1]), said
                process.send_signal(signal.SIGTERM)
    assert "Finished server process" in said[-1], "".join(said)
    assert "Traceback" not in "".join(said)


@pytest.mark.parametrize("way", ["path", "module"])
def test_it_starts_and_ends(way):
    command, folder = ([EXAMPLES / "signup"], "") if way == "path" else (["-m", "signup"], str(EXAMPLES))
    with running(*command, PYTHONPATH=folder) as (port, said):
        assert "Tin Can: open http://localhost:0" in "".join(said)
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200


def test_an_open_stream_does_not_hold_up_the_end(tmp_path):
    store, cookie = Store(str(tmp_path / "signup.db")), "c" * 43
    store.save(SignUp(session_of(cookie), "ada", "+14155550123", "", "123456", "call", "calling", expires=9e9))
    store.close()
    asks = f"GET /signup/events HTTP/1.1\r\nHost: localhost\r\nCookie: session={cookie}\r\n\r\n"
    app = running(EXAMPLES / "signup", DATABASE=str(tmp_path / "signup.db"))
    with socket.socket() as browser, app as (port, said):
        browser.connect(("127.0.0.1", port))
        browser.sendall(asks.encode())
        stream = b""
        while b"event: state" not in stream:
            stream += browser.recv(4096)
    assert "timeout graceful shutdown exceeded" not in "".join(said)
