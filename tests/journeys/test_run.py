"""`hoyhoy run` with the real exchange: nothing is running before, nothing after (design 5)."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hoyhoy.intercept import address
from hoyhoy.intercept.doctor import Patient, Verdict, doctor

pytestmark = pytest.mark.journey

SEND = """
from twilio.rest import Client
client = Client()
numbers = client.incoming_phone_numbers.list()
message = client.messages.create(to="+14155550123", from_=numbers[0].phone_number, body="hi")
print(client.messages(message.sid).fetch().body, sorted({n.voice_url for n in numbers}))
"""
TUTORIAL = """
from twilio.rest import Client
client = Client("AC" + "0123456789abcdef" * 2, "fedcba9876543210" * 2)
print(client.messages.create(to="+14155550123", from_="+15017122661", body="hi").account_sid)
"""


class Folder:
    """A data folder, and ports nobody else has."""

    def __init__(self, path: Path) -> None:
        self.path = path
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.port, self.proxy_port = (listener.getsockname()[1] for listener in listeners)
        for listener in listeners:
            listener.close()

    def run(self, *command: str, options: tuple[str, ...] = (), **more: str) -> subprocess.Popen[str]:
        named = ("TWILIO", "HOYHOY")
        caller = {n: v for n, v in os.environ.items() if "proxy" not in n.lower() and not n.startswith(named)}
        where = ("--data", str(self.path), "--port", str(self.port), "--proxy-port", str(self.proxy_port))
        return subprocess.Popen(
            [sys.executable, "-m", "hoyhoy", "run", *where, *options, "--", *command],
            env=caller | more,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def said(self, *command: str, options: tuple[str, ...] = (), **more: str) -> str:
        with self.run(*command, options=options, **more) as program:
            out, err = program.communicate(timeout=120)
            assert program.returncode == 0, err
            return out

    def wait_for_the_end(self) -> None:
        """The exchange's end closes the connection that we hold."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as held:
            held.recv(1)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


def test_an_unmodified_program_talks_to_an_exchange_that_lives_as_long(folder: Folder) -> None:
    url = "http://localhost:5000/voice"
    told = folder.said(sys.executable, "-W", "ignore", "-c", SEND, options=("--voice", url))
    assert told.startswith("hi [") and url in told
    try:
        folder.wait_for_the_end()
    except ConnectionError:
        pass
    assert address.ask(f"http://127.0.0.1:{folder.port}") is None


def test_credentials_written_into_a_tutorial_work(folder: Folder) -> None:
    assert folder.said(sys.executable, "-W", "ignore", "-c", TUTORIAL) == "AC" + "0123456789abcdef" * 2 + "\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_a_node_program(folder: Folder) -> None:
    code = (
        "const {TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token} = process.env;"
        "const Authorization = 'Basic ' + Buffer.from(sid + ':' + token).toString('base64');"
        "fetch(`https://api.twilio.com/2010-04-01/Accounts/${sid}.json`, {headers: {Authorization}})"
        ".then(r => r.json()).then(a => console.log(a.sid === sid, a.status))"
    )
    assert folder.said("node", "-e", code) == "true active\n"


def test_two_programs_share_one_exchange_and_the_doctor_is_content(folder: Folder) -> None:
    wait = "import sys; print('up', flush=True); sys.stdin.read()"
    with folder.run(sys.executable, "-c", wait) as first, folder.run(sys.executable, "-c", wait) as second:
        assert first.stdout and second.stdout
        assert (first.stdout.readline(), second.stdout.readline()) == ("up\n", "up\n")
        first.communicate(timeout=60)
        findings = doctor(
            Patient(
                data=folder.path,
                caller={"PATH": os.environ["PATH"]},
                now=time.time(),
                port=folder.port,
                proxy_port=folder.proxy_port,
            )
        )
        assert [finding for finding in findings if finding.verdict is Verdict.BAD] == []
        assert findings[-1].sentence.endswith("reaches the exchange.")
        second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)


def test_the_lab_is_not_led_to_the_proxy(folder: Folder) -> None:
    code = (
        "import json, urllib.request as u, os; "
        f"print(u.urlopen('http://127.0.0.1:{folder.port}/lab/v1/health').read().decode())"
    )
    assert json.loads(folder.said(sys.executable, "-c", code))["data"] == str(folder.path)
