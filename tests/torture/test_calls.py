"""Thousands of short SIP calls leave nothing behind (bad-inputs: an exchange that kept 2.5 GB after 25,000 of them)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.journeys.processes import GLANCE, PATIENCE, App, Exchanges, Serve
from tests.journeys.processes import exchanges as ending
from tests.journeys.sipp import Sipp

pytestmark = pytest.mark.torture

exchanges = pytest.fixture(ending)

CALLS, ROUNDS, WARM = 500, 10, 4
"""Calls of one round; rounds; how many of them fill what is kept on purpose."""
RATE = 50
PER_CALL = 2048
"""Octets that one call may leave behind: what allocators do not give back; a call that is kept has 20 times that."""


@pytest.fixture
def app() -> Iterator[App]:
    with App() as running:
        yield running


@pytest.mark.timeout(900)
def test_memory_files_and_legs_come_back_after_five_thousand_calls(
    exchanges: Exchanges, app: App, tmp_path: Path
) -> None:
    served = exchanges.serve(tmp_path / "data", "--media-port", "0", quiet=False)
    app.answers["/short"] = '<Response><Play digits="1"/></Response>'
    served.lead(VoiceUrl=app.url("/short"), StatusCallback=app.url("/told"))
    place = re.search(r"sip:[\d.]+:\d+", served.out.read_text())
    assert place
    memory: list[int] = []
    files: list[int] = []
    for number in range(ROUNDS):
        options = ("-m", str(CALLS), "-r", str(RATE))
        with (
            Sipp(tmp_path / str(number), "load", to=place[0], number=served.number, options=options) as sipp,
            suppress(AssertionError),  # where the machine is busy some are refused
        ):
            sipp.done()
        assert _numbers(served) == {"hoyhoy_media_legs": 0.0, 'hoyhoy_sip_total{what="dialogs"}': 0.0}
        if number + 1 in (WARM, ROUNDS):  # each time there are as many transactions that are not forgotten yet
            memory.append(sum(map(_resident, [served.pid, *_media(served)])))
            files.append(len(list(Path(f"/proc/{served.pid}/fd").iterdir())))
    assert memory[1] - memory[0] < PER_CALL * CALLS * (ROUNDS - WARM), memory
    assert files[1] <= files[0] + 2, files
    assert len(app.of("CallStatus", "completed")) > 0.9 * CALLS * ROUNDS


def _numbers(served: Serve) -> dict[str, float]:
    """What is on at this moment, when it is nothing or does not become so."""
    deadline = time.monotonic() + PATIENCE
    while True:
        text = served.request("GET", "/metrics").body.decode()
        found = dict(re.findall(r'^(hoyhoy_media_legs|hoyhoy_sip_total\{what="dialogs"\}) (\S+)$', text, re.M))
        numbers = {name: float(value) for name, value in found.items()}
        if not any(numbers.values()) or time.monotonic() > deadline:
            return numbers
        time.sleep(GLANCE)


def _resident(pid: int) -> int:
    [line] = re.findall(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(line) * 1024


def _media(served: Serve) -> list[int]:
    """The processes of its planes."""
    children = [
        int(child)
        for task in Path(f"/proc/{served.pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [one for one in children if b"hoyhoy.media.process" in Path(f"/proc/{one}/cmdline").read_bytes()]
