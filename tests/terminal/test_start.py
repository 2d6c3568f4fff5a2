"""`hoyhoy start`, which is `make run`: a short banner, and example apps that can be tried at once."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from hoyhoy.intercept.address import Keys, set_webhooks
from hoyhoy.provisioning import WELCOME_SMS
from hoyhoy.testing.held import HeldExchange

from .test_demo import CLEAN

PATIENCE = 60.0


@contextmanager
def starting(data: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process, in a session of its own as in a terminal of its own, and what it printed until it was ready."""
    words = [sys.executable, "-m", "hoyhoy", "start", "--data", str(data), "--port", "0", "--proxy-port", "0"]
    with subprocess.Popen(
        words, env=CLEAN | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        told = []
        for line in process.stdout:
            told.append(line.rstrip())
            if "hoyhoy demo signup" in line or "sign-up  the example" in line:
                break
        try:
            yield process, told
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGTERM)
                process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], Path, list[str]]]:
    """The process, its data folder, and what it printed until it was ready."""
    data = tmp_path_factory.mktemp("start") / "data"
    with starting(data) as (process, told):
        yield process, data, told


def read(url: str) -> str:
    """The page, once somebody listens there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=PATIENCE) as page:
                return str(page.read().decode())
        except urllib.error.URLError:
            assert time.monotonic() < deadline, f"nobody listens at {url}"


def test_the_banner_fits_a_terminal_and_names_what_to_try(started: tuple[object, Path, list[str]]) -> None:
    told = started[2]
    assert len(told) < 15
    words = ("the API at http://", "sign-up", "hoyhoy phone +14155550123", "hoyhoy run -- chromium http://localhost:")
    assert [each for each in words if each not in "\n".join(told)] == []
    assert told[0].startswith("hoyhoy "), "what the start itself asks of the API is no news"


def test_the_example_is_reachable_and_texts_reach_it(started: tuple[object, Path, list[str]]) -> None:
    _, data, told = started
    found = re.search(r"sign-up +(http://localhost:\d+/)", "\n".join(told))
    assert found
    assert 'action="/signup"' in read(found[1])
    keys = json.loads((data / "run.json").read_text())
    exchange = HeldExchange(keys["api"])
    sid = exchange.phone("+14155550123").send(keys["number"], "123456")
    asked = exchange.lab.expect({"kinds": ["WebhookAnswered"], "subject": sid}, after=0, within=30)["event"]
    assert (asked["url"], asked["status"]) == (found[1] + "sms", 200)


def test_the_dialer_lets_in_whom_the_banner_names_and_is_called(started: tuple[object, Path, list[str]]) -> None:
    _, data, told = started
    found = re.search(
        r"dialer +hoyhoy run -- chromium (http://\S+)   user (\w+), password (\w+)$", "\n".join(told), re.M
    )
    assert found
    with httpx.Client(base_url=found[1], trust_env=False) as browser:
        assert f"Open this page with: hoyhoy run -- chromium {found[1]}" in browser.get("/").text
        assert browser.post("/login", json={"user": found[2], "password": found[3]}).json() == {"identity": found[2]}
        number = browser.get("/voicemails").json()["number"]
        assert browser.get("/token").status_code == 200
    keys = Keys.read(data)
    assert keys and number != keys.number, "the first number is the sign-up's"
    exchange = HeldExchange(keys.api)
    sid = exchange.phone("+14155550123").call(number).sid
    asked = exchange.lab.expect({"kinds": ["WebhookAnswered"], "subject": sid}, after=0, within=30)["event"]
    assert (asked["url"], asked["status"]) == (found[1] + "voice/incoming", 200)


def test_a_signal_ends_it_and_the_example(started: tuple[subprocess.Popen[str], Path, list[str]]) -> None:
    process, data, told = started
    found = re.search(r"sign-up +(http://localhost:\d+/)", "\n".join(told))
    assert found
    os.killpg(process.pid, signal.SIGINT)  # Ctrl-C, which reaches every process of the terminal
    rest = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0
    dialer = re.search(r"chromium (http://localhost:\d+/)", "\n".join(told))
    assert dialer
    assert "INFO" not in "\n".join(told) + rest
    for log in (data / "signup.log", data / "dialer.log"):
        said = log.read_text()
        assert "Traceback" not in rest + said and "INFO" in said and "Finished server process" in said
        assert log.stat().st_mode & 0o077 == 0
    for url in (found[1], dialer[1]):
        with pytest.raises(urllib.error.URLError, match="refused"):
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5)


def texts_lead(keys: Keys) -> str:
    """Where texts to the first number are led, as an app would ask."""
    path = f"/2010-04-01/Accounts/{keys.account_sid}/IncomingPhoneNumbers/{keys.number_sid}.json"
    with httpx.Client(trust_env=False, auth=(keys.account_sid, keys.auth_token)) as client:
        return str(client.get(keys.api + path).json()["sms_url"])


def test_texts_follow_the_example_to_another_port_but_not_away_from_an_app(tmp_path: Path) -> None:
    for before, is_kept in (("http://localhost:1/sms", False), ("https://app.example/texts", True)):
        with starting(tmp_path / "data"):
            keys = Keys.read(tmp_path / "data")
            assert keys
            set_webhooks(keys, sms=before)
        with starting(tmp_path / "data") as (_, told):
            found = re.search(r"sign-up +(http://localhost:\d+/)", "\n".join(told))
            keys = Keys.read(tmp_path / "data")
            assert found and keys
            assert texts_lead(keys) == (before if is_kept else found[1] + "sms")


def test_an_example_that_does_not_start_is_told_and_the_exchange_serves(tmp_path: Path) -> None:
    with starting(tmp_path / "data", CODE_LENGTH="long", TOKEN_SECONDS="long") as (process, told):
        assert told[-2:] == [
            f"  dialer   the example app did not start; what it said is in {tmp_path}/data/dialer.log",
            f"  sign-up  the example app did not start; what it said is in {tmp_path}/data/signup.log",
        ]
        assert "TOKEN_SECONDS" in (tmp_path / "data" / "dialer.log").read_text()
        assert "CODE_LENGTH" in (tmp_path / "data" / "signup.log").read_text()
        keys = Keys.read(tmp_path / "data")
        assert keys and texts_lead(keys) == WELCOME_SMS
    assert process.returncode == 0
