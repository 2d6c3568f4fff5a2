"""schemathesis for minutes: each operation in process with many examples, then the whole API of a running exchange.

The second run is the tool's own: it reads /openapi.json, tries the bounds of every parameter one by one, makes up
requests, and follows the links it infers: what is created is fetched, changed, listed and deleted.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.processes import Serve
from tests.journeys.processes import exchanges as ending
from tests.rest.attempts import PLAUSIBLE, attempt
from tests.rest.specimens import NAMES

pytestmark = [pytest.mark.torture, pytest.mark.timeout(900)]

EXAMPLES = 100
SECONDS = 240
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "use_after_free",
    "ignored_auth",
)


async def test_whatever_is_asked_the_answer_is_described() -> None:
    for name in NAMES:
        await attempt(name, EXAMPLES)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Serve]:
    for made in ending():
        running = made.serve(tmp_path / "data", "--virtual-time")
        yield running
        assert running.alive()
        assert "Traceback" not in running.said()
        assert running.stop() == 0


def test_a_running_exchange(served: Serve, tmp_path: Path) -> None:
    values = PLAUSIBLE | {"AccountSid": served.account, "From": served.number}
    settings = [f'parameters."path.account_sid" = "{served.account}"']
    for name, value in values.items():
        settings.append(f'dictionaries.{name}.values = ["{value}"]')
        settings.append(f'parameters."body.{name}" = {{ dictionary = "{name}", probability = 0.5 }}')
    (tmp_path / "schemathesis.toml").write_text("\n".join(settings))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml"),
            *("run", f"http://127.0.0.1:{served.port}/openapi.json"),
            *("--auth", f"{served.account}:{served.token}", "--checks", ",".join(CHECKS)),
            *("--max-time", str(SECONDS), "--seed", "1", "--warnings", "off", "--no-color", "--continue-on-failure"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-5000:]
    assert "No issues found" in done.stdout
