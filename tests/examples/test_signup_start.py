"""Starting the app: its settings, both ways of running it, and an end that is not held up by open streams."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from signup.settings import from_environment

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


@pytest.mark.parametrize("command", [[str(EXAMPLES / "signup")], ["-m", "signup"]], ids=["path", "module"])
def test_it_starts_and_ends(command):
    process = subprocess.Popen(
        [sys.executable, "-W", "error", *command],
        env=environ(**CREDENTIALS, PYTHONPATH=str(EXAMPLES) if command[0] == "-m" else ""),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Uvicorn running" in line:
                process.send_signal(signal.SIGTERM)
        said = "".join(lines)
    assert "Tin Can: open http://localhost:0" in said
    assert "Traceback" not in said and "Finished server process" in said
