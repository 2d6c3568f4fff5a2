"""Kills while conferences, queues, recordings and transcriptions are under way (design 2: no call is left non-final,
every callback is delivered at least once)."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import kills
from tests.journeys.processes import PATIENCE, App, Exchanges, Serve
from tests.journeys.processes import exchanges as ending

pytestmark = pytest.mark.torture

exchanges = pytest.fixture(ending)

TELLING = 'statusCallback="/told" statusCallbackEvent="start end join leave mute hold modify announcement"'
RECORDING = 'recordingStatusCallback="/recorded" recordingStatusCallbackEvent="in-progress completed absent"'
PAGES = {
    "/room": f'<Response><Dial><Conference {TELLING} record="record-from-start" {RECORDING}>Room</Conference></Dial>'
    "</Response>",
    "/hall": f'<Response><Dial record="record-from-answer-dual" {RECORDING}><Conference {TELLING} waitUrl="/wait" '
    'startConferenceOnEnter="false">Hall</Conference></Dial></Response>',
    "/line": '<Response><Enqueue action="/left" waitUrl="/wait">support</Enqueue></Response>',
    "/agent": f'<Response><Dial record="true" {RECORDING}><Queue url="/wait">support</Queue></Dial></Response>',
    "/note": f'<Response><Record maxLength="1" transcribe="true" transcribeCallback="/written" {RECORDING}/>'
    f"<Redirect/></Response>",
    "/wait": '<Response><Say>Wait</Say><Pause length="1"/></Response>',
    "/left": "<Response><Hangup/></Response>",
}
ROUNDS = 6
KINDS = ("/room", "/room", "/hall", "/line", "/line", "/agent", "/note", "/note")


def unfinished(data: Path) -> list[Any]:
    with closing(sqlite3.connect(f"file:{data / 'hoyhoy.db'}?mode=ro", uri=True)) as base:
        found: list[Any] = kills.unfinished(data)
        for table, final in (
            ("conferences", "('completed')"),
            ("recordings", "('completed', 'absent', 'failed', 'deleted')"),
            ("transcriptions", "('completed', 'failed', 'deleted')"),
        ):
            found += base.execute(f"SELECT sid, status FROM {table} WHERE status NOT IN {final}")
        return found


def listed(served: Serve, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{served.data / 'hoyhoy.db'}?mode=ro", uri=True)) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute(f"SELECT * FROM {table}")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(3))
def test_killed_with_all_that_under_way(exchanges: Exchanges, tmp_path: Path, seed: int) -> None:
    """Again and again in one data folder; afterwards nothing is non-final, and everything was told."""
    chance = random.Random(seed)
    with App() as app:
        app.answers |= PAGES
        for _ in range(ROUNDS):
            served = exchanges.serve(tmp_path / "data")
            for number in range(24):
                phone = f"+14155557{number:03d}"
                script = [{"wait": 0.3, "say": "I am somebody who speaks for a while, and then some more"}]
                served.behave(phone, answer_after=chance.uniform(0, 0.3), ring_after=0.0, script=script)
                form = {
                    "To": phone,
                    "From": served.number,
                    "Url": app.url(KINDS[number % len(KINDS)]),
                    "StatusCallback": app.url("/call"),
                    "Record": chance.choice(["true", "false"]),
                    "RecordingStatusCallback": app.url("/recorded"),
                    "RecordingStatusCallbackEvent": "in-progress completed absent",
                }
                assert served.api("POST", "/Calls.json", form).status == 201
            served.ended(chance.uniform(0.3, 4.0))
            served.kill()
        served = exchanges.serve(tmp_path / "data")
        deadline = time.monotonic() + PATIENCE
        while open_ends := unfinished(served.data):
            assert time.monotonic() < deadline, open_ends
            served.ended(0.2)
        hold_to(app, served)
        assert "Traceback" not in served.said()
        assert served.stop() == 0


def hold_to(app: App, served: Serve) -> None:
    """What was told fits the rows: counted without gaps, each thing once, the last of each is its end."""
    told: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for one in app.asked:
        if one.path == "/told":
            number, what = int(one.params["SequenceNumber"]), one.params["StatusCallbackEvent"]
            assert told[one.params["ConferenceSid"]].setdefault(number, what) == what
    conferences = listed(served, "conferences")
    assert conferences
    for row in conferences:
        said = told[row["sid"]]
        assert sorted(said) == list(range(1, row["callback_sequence"] + 1)), (row, said)
        assert said[row["callback_sequence"]] == "conference-end", (row, said)
        assert list(said.values()).count("conference-end") == 1, (row, said)
    last = {one.params["RecordingSid"]: one.params["RecordingStatus"] for one in app.asked if one.path == "/recorded"}
    recordings = listed(served, "recordings")
    assert {row["sid"]: {"failed": "absent"}.get(row["status"], row["status"]) for row in recordings} == last
    written = {one.params["TranscriptionSid"] for one in app.asked if one.path == "/written"}
    assert {row["sid"] for row in listed(served, "transcriptions")} == written
