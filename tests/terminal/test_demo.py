"""`hoyhoy demo signup` (design 5): the story is told, and the exit code is the example app's own word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hoyhoy.terminal import demo
from hoyhoy.terminal.demo import PHONE, StoryFailed, example

CLEAN = {
    name: value
    for name, value in os.environ.items()
    if "proxy" not in name.lower() and not name.startswith(("TWILIO", "HOYHOY"))
}


def played(*options: str, **more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "hoyhoy", "demo", "signup", *options]
    return subprocess.run(words, env=CLEAN | more, capture_output=True, text=True, timeout=100, check=False)


def test_the_story_is_told_and_comes_to_its_good_end() -> None:
    told = played()
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


def test_what_the_app_does_not_confirm_fails() -> None:
    """Somebody else's keys: the app asks again, hears nothing more and gives up."""
    told = played("--press", "1#")
    assert told.returncode == 1
    assert "That was not the code." in told.stdout
    assert told.stderr == "Error: The app says 'no-code', not 'confirmed'.\n"
    assert "confirmed." not in told.stdout


def test_an_app_that_does_not_start_fails() -> None:
    told = played(CODE_LENGTH="long")
    assert told.returncode == 1
    assert told.stderr.startswith("Error: The example app did not start.")


def test_an_example_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (example("signup") / "app.py").exists()
    with pytest.raises(StoryFailed, match="'shop' is not part of this installation"):
        example("shop")
    assert demo.PHONE not in os.environ.values()
