"""`hoyhoy demo signup` (design 5): the story is told, and the exit code is the example app's own word."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from twilio.rest import Client

from hoyhoy.audio import FRAME, RATE, wav
from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.sound import Speech
from hoyhoy.lab.client import Lab
from hoyhoy.settings import Settings
from hoyhoy.speech.espeak import Espeak
from hoyhoy.speech.espeak_library import find
from hoyhoy.terminal import demo
from hoyhoy.terminal.demo import PHONE, StoryFailed, example, told_all
from hoyhoy.testing.local import LocalExchange
from tests.testing.webapp import Direct, WebApp

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if "proxy" not in name.lower() and not name.startswith(("TWILIO", "HOYHOY"))
}


def played(folder: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "hoyhoy", "demo", "signup", *options]
    return subprocess.run(words, env=CLEAN | more, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


def spoken(words: str) -> Samples:
    """What the engine makes of words that a document says without naming a voice."""

    async def speak() -> Samples:
        clock, found = RealClock(), find()
        if found is None:
            pytest.skip("espeak-ng is not installed")
        engine = Espeak(clock, found)
        try:
            return (await engine.speak(Speech(words, words))).sound
        finally:
            await engine.close()
            await clock.close()

    return asyncio.run(speak())


def test_what_the_phone_heard_is_what_the_voice_says(tmp_path: Path) -> None:
    """The sound itself is compared with the engine's own, sample by sample."""
    told = played(tmp_path, "--wav", "heard.wav")
    sound = wav.read((tmp_path / "heard.wav").read_bytes())
    assert f"{len(sound) / RATE:.0f} seconds, is in heard.wav" in told.stdout
    heard = [(float(at), text) for at, text in re.findall(r"^ +([0-9.]+)  .* phone hears \"(.*)\"", told.stdout, re.M)]
    answered = heard[0][0]
    for at, text in (heard[0], heard[-1]):
        expected, place = spoken(text), round((at - answered) * RATE)
        window = range(max(0, place - FRAME), place + 3 * FRAME)
        assert any(np.array_equal(sound[begin : begin + len(expected)], expected) for begin in window), (
            f"{text!r} is not what is heard {at - answered:.2f} s after the answer"
        )


def test_the_story_is_told_and_comes_to_its_good_end(tmp_path: Path) -> None:
    told = played(tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    story = told.stdout.splitlines()
    code = story[1].removeprefix("The page shows the code ").rstrip(".")
    assert code.isdigit() and len(code) == 6
    following = iter(story)
    for words in (
        "signs up at http://127.0.0.1:", "call outbound-api from +1", f"phone {PHONE} rings", "in-progress",
        "/phone/ask CallStatus=in-progress -> 200", "<Gather", "passcode on your screen", f"phone presses w{code}#",
        f"gathered {code}", f"Digits={code} -> 200", "That is the code", "hung up by the exchange", "completed after",
        "completed -> 204", "The app says: confirmed.",
    ):  # fmt: skip
        assert any(words in line for line in following), f"{words!r} is missing, or out of order:\n{told.stdout}"
    assert not any(words in told.stdout for words in ("played speech", f"key {code[0]}", "answered")), "said twice"


def test_in_real_time_the_story_ends_with_the_last_callback() -> None:
    """An app that hears of the end later than everybody else is waited for."""
    ended = threading.Event()

    class Waiting(Lab):
        """The app answers once the story is waited for."""

        def expect(self, match: dict[str, Any], *, after: int, within: float) -> dict[str, Any] | None:
            ended.set()
            return super().expect(match, after=after, within=within)

    def told(form: dict[str, str]) -> str:
        assert ended.wait(60)
        return ""

    with LocalExchange(Settings(port=0, proxy_port=0)) as exchange, WebApp(told=told) as app:
        after = exchange.lab.position()
        exchange.lab.put(exchange.lab.phone(PHONE), answer_after=0, ring_after=0)
        client = Client(exchange.account.sid, exchange.account.auth_token, http_client=Direct(exchange.url))
        sid = client.calls.create(
            to=PHONE,
            from_=exchange.numbers[0],
            twiml="<Response><Hangup/></Response>",
            status_callback=app.url("/told"),
        ).sid
        over = {"kinds": ["CallMoved"], "subject": sid, "where": {"status": "completed"}}
        assert exchange.lab.expect(over, after=after, within=60)
        told_all(Waiting(exchange.url), str(sid), after)
        story = exchange.lab.get("/events", after=after, limit=1000)["entries"]
        ended.set()
        assert story[-1]["kind"] == "CallbackDelivered"


def test_what_the_app_does_not_confirm_fails(tmp_path: Path) -> None:
    """Somebody else's keys: the app asks again, hears nothing more and gives up."""
    told = played(tmp_path, "--press", "1#")
    assert told.returncode == 1
    assert "That was not the code." in told.stdout
    assert told.stderr == "Error: The app says 'no-code', not 'confirmed'.\n"
    assert "confirmed." not in told.stdout


def test_an_app_that_does_not_start_fails(tmp_path: Path) -> None:
    told = played(tmp_path, CODE_LENGTH="long")
    assert told.returncode == 1
    assert told.stderr.startswith("Error: The example app did not start. It said:\n")
    assert "CODE_LENGTH" in told.stderr


def test_an_example_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (example("signup") / "app.py").exists()
    with pytest.raises(StoryFailed, match="'shop' is not part of this installation"):
        example("shop")
    assert demo.PHONE not in os.environ.values()
