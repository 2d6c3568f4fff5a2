"""The media process dies under calls: they end with a cause, phones hear of it, and the next call is served."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .hearing import HEARD, belongs, shared, spoken, voice
from .office import DOMAIN, Office

pytestmark = pytest.mark.journey

ANN, BEN = voice(1), voice(2)
TALK = 3.0
"""Real seconds of a recording."""


@pytest.fixture
def office() -> Iterator[Office]:
    with Office() as office:
        yield office


def test_calls_end_with_a_cause_recordings_keep_their_sound_and_new_calls_work(office: Office, tmp_path: Path) -> None:
    record = (
        '<Record action="/recorded" timeout="0" maxLength="60" playBeep="false" trim="do-not-trim"'
        f' recordingStatusCallback="{office.app.url("/kept")}"/>'
    )
    office.app.pages |= {"/voice": f"<Response>{record}</Response>", "/recorded": ""}
    with office.phone(tmp_path, "ann", says=ANN) as ann, office.phone(tmp_path, "ben", says=BEN) as ben:
        for phone in (ann, ben):
            phone.expect_registered()
            phone.do("dial", f"sip:menu@{DOMAIN}")
            phone.expect("CALL_ESTABLISHED")
        sids = [office.asked("/voice", From=office.address(name))["CallSid"] for name in ("ann", "ben")]
        for sid in sids:
            office.happened("RecordingMoved", sid, status="in-progress")
        time.sleep(TALK)
        [pid] = office.exchange.media_pids
        os.kill(pid, signal.SIGKILL)
        for phone in (ann, ben):
            phone.expect("CALL_CLOSED")
        for sid, voice_of in zip(sids, (ANN, BEN), strict=True):
            call = office.over(sid)
            ended = office.happened("CallMoved", sid, status=call.status)
            assert call.status == "completed" and ended["cause"] == "failed"
            kept = office.asked("/kept", CallSid=sid, RecordingStatus="completed")
            sound = office.download(kept["RecordingSid"])
            assert len(sound) / 8000 > TALK - 1.2
            assert belongs(sound, voice_of) > HEARD
        office.app.pages["/voice"] = "<Response><Say>Here we are again.</Say></Response>"
        ann.do("dial", f"sip:menu@{DOMAIN}")
        ann.expect("CALL_CLOSED")
        assert shared(ann.heard(), spoken("Here we are again.")) > HEARD
    assert office.exchange.media_pids != [pid]
