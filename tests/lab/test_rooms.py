"""lab/rooms.py: conferences and queues as they stand, and recordings (voice reference 2.8, 2.9, 8)."""

from __future__ import annotations

import io
import wave

import pytest

from .conftest import Answered, Asking

LONG = "Hello, is anybody there? This goes on for a while."


def dials(place: str) -> str:
    return f"<Dial>{place}</Dial>"


def test_a_conference_shows_who_is_in_it(ask: Asking, answered: Answered, manual: str) -> None:
    first = answered(dials(f"<Conference participantLabel='ann' muted='true'>team {manual}/1</Conference>"))
    ask.expect("ParticipantJoined", subject=first)
    status, told = ask("GET", f"/conferences/team%20{manual}/1")
    assert (status, told["name"], told["status"]) == (200, f"team {manual}/1", "init")
    (member,) = told["members"]
    assert member == {
        "call": first,
        "phone": manual,
        "label": "ann",
        "status": "connected",
        "muted": True,
        "held": False,
        "coaches": "",
    }
    assert ask("GET", f"/conferences/{told['sid']}")[1] == told
    assert told in ask("GET", "/conferences")[1]["conferences"]
    ask("POST", f"/calls/{first}/hang-up")
    ask.expect("ParticipantLeft", subject=first)
    assert ask.refused("GET", f"/conferences/{told['sid']}")[:2] == (404, 20404)


def test_a_queue_shows_who_waits_and_how_long(ask: Asking, answered: Answered, manual: str) -> None:
    call = answered(f"<Enqueue>line {manual}</Enqueue>")
    ask.expect("CallEnqueued", subject=call)
    ask("POST", "/clock/advance", {"seconds": 7})
    status, told = ask("GET", f"/queues/line%20{manual}")
    assert (status, told["name"], told["max_size"]) == (200, f"line {manual}", 1000)
    assert told["waiting"] == [{"call": call, "phone": manual, "position": 1, "waited": 7}]
    assert told in ask("GET", "/queues")[1]["queues"]
    ask("POST", f"/calls/{call}/hang-up")
    ask.expect("CallDequeued", subject=call)
    assert ask("GET", f"/queues/{told['sid']}")[1]["waiting"] == []


@pytest.mark.parametrize("path", ["/conferences/nobody", "/queues/nobody", "/recordings/RE1/sound"])
def test_what_is_not_there(ask: Asking, path: str) -> None:
    assert ask.refused("GET", path)[:2] == (404, 20404)


def test_recordings_of_a_call_and_their_sound(ask: Asking, answered: Answered) -> None:
    call = answered("<Record/>")
    ask.expect("RecordingMoved", subject=call, where={"status": "in-progress"})
    (under_way,) = ask("GET", f"/recordings?call={call}")[1]["recordings"]
    assert (under_way["status"], under_way["seconds"]) == ("in-progress", None)
    assert ask.refused("GET", f"/recordings/{under_way['sid']}/sound")[:2] == (404, 20404)
    ask("POST", f"/calls/{call}/say", {"text": LONG})
    ask.expect("RecordingMoved", subject=call, where={"status": "completed"})
    (told,) = ask("GET", f"/recordings?call={call}")[1]["recordings"]
    assert told["status"] == "completed" and told["seconds"] >= 2 and told["call"] == call
    assert told in ask("GET", "/recordings")[1]["recordings"]
    file = ask.exchange.lab.file(f"/recordings/{told['sid']}/sound")
    with wave.open(io.BytesIO(file)) as sound:
        assert abs(sound.getnframes() / sound.getframerate() - told["seconds"]) < 1


def test_recordings_are_asked_for_by_what_they_are_of(ask: Asking) -> None:
    assert ask("GET", "/recordings?conference=CF1")[1] == {"recordings": []}
    assert "not by 'phone'" in ask.refused("GET", "/recordings?phone=1")[2]
