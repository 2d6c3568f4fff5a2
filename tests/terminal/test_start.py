"""`hoyhoy start`, which is `make run`: a short banner, and an example app that can be tried at once."""

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
from pathlib import Path

import pytest

from hoyhoy.lab.client import Lab
from hoyhoy.testing.phones import Phone

from .test_demo import CLEAN

PATIENCE = 60.0


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], Path, list[str]]]:
    """The process, its data folder, and what it printed until it was ready."""
    data = tmp_path_factory.mktemp("start") / "data"
    words = [sys.executable, "-m", "hoyhoy", "start", "--data", str(data), "--port", "0", "--proxy-port", "0"]
    with subprocess.Popen(words, env=CLEAN, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        told = []
        for line in process.stdout:
            told.append(line.rstrip())
            if "hoyhoy demo signup" in line:
                break
        try:
            yield process, data, told
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)


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
    assert all(words in "\n".join(told) for words in ("the API at http://", "sign-up", "hoyhoy phone +14155550123"))


def test_the_example_is_reachable_and_texts_reach_it(started: tuple[object, Path, list[str]]) -> None:
    _, data, told = started
    found = re.search(r"sign-up +(http://localhost:\d+/)", "\n".join(told))
    assert found
    assert 'action="/signup"' in read(found[1])
    keys = json.loads((data / "run.json").read_text())
    phone = Phone(Lab(keys["api"]), "+14155550123")
    sid = phone.send(keys["number"], "123456")
    asked = phone._log.expect(("WebhookAnswered",), 30, subject=sid)["event"]
    assert (asked["url"], asked["status"]) == (found[1] + "sms", 200)


def test_a_signal_ends_it_and_the_example(started: tuple[subprocess.Popen[str], Path, list[str]]) -> None:
    process, _, told = started
    found = re.search(r"sign-up +(http://localhost:\d+/)", "\n".join(told))
    assert found
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(found[1], timeout=5)
