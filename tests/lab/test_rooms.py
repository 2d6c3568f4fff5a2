"""lab/rooms.py: conferences and queues as they stand, and recordings (voice reference 2.8, 2.9, 8)."""

from __future__ import annotations

import io
import wave
from urllib.parse import quote, urlencode

import pytest

from hoyhoy.lab import rooms

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
    assert ask("GET", "/recordings?conference=CF1")[1] == {"recordings": [], "truncated": False}
    assert "not by 'phone'" in ask.refused("GET", "/recordings?phone=1")[2]


def mine(ask: Asking) -> tuple[str, str]:
    return ask.exchange.account.sid, ask.exchange.account.auth_token


OTHER = ("AC" + "7" * 32, "the other's")


def test_lists_say_that_there_are_more(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        ask.api("POST", "/Queues.json", f"FriendlyName=many{n}", *mine(ask))
    all_ = ask("GET", f"/queues?account={mine(ask)[0]}")[1]
    assert not all_["truncated"] and [one["name"] for one in all_["queues"]][-3:] == ["many0", "many1", "many2"]
    monkeypatch.setattr(rooms, "MOST", 2)
    last = ask("GET", "/queues")[1]
    assert last["truncated"] and [one["name"] for one in last["queues"]] == ["many1", "many2"]
    assert ask("GET", "/queues?account=AC1")[1] == {"queues": [], "truncated": False}


def test_a_queue_that_two_accounts_have(ask: Asking) -> None:
    made = [ask.api("POST", "/Queues.json", "FriendlyName=both", *who) for who in (mine(ask), OTHER)]
    status, code, message = ask.refused("GET", "/queues/both")
    assert (status, code) == (400, 20001) and OTHER[0] in message and mine(ask)[0] in message
    for (account, _), one in zip((mine(ask), OTHER), made, strict=True):
        told = ask("GET", f"/queues/both?account={account}")[1]
        assert (told["sid"], told["account"]) == (one["sid"], account)
        assert ask("GET", f"/queues/{one['sid']}")[1] == told
    assert ask.refused("GET", "/queues/both?account=AC1")[0] == 404


def test_a_conference_that_two_accounts_have(ask: Asking, manual: str) -> None:
    name = f"both {manual}"
    form = {
        "To": manual,
        "From": ask.exchange.numbers[0],
        "Twiml": f"<Response>{dials(f'<Conference>{name}</Conference>')}</Response>",
    }
    found = {}
    for account, token in (mine(ask), OTHER):
        if account == OTHER[0]:
            form["From"] = "+12125550177"
        call = str(ask.api("POST", "/Calls.json", urlencode(form), account, token)["sid"])
        ask.expect("PhoneRang", subject=call)
        ask("POST", f"/calls/{call}/answer")
        ask.expect("ParticipantJoined", subject=call)
        found[account] = call
    status, code, message = ask.refused("GET", f"/conferences/{quote(name)}")
    assert (status, code) == (400, 20001) and "?account=" in message
    for account, call in found.items():
        told = ask("GET", f"/conferences/{quote(name)}?account={account}")[1]
        assert (told["account"], [one["call"] for one in told["members"]]) == (account, [call])
        assert ask("GET", f"/conferences?account={account}")[1]["conferences"] == [told]
        assert ask("GET", f"/conferences/{told['sid']}")[1] == told
        room = ask.exchange.conference(name, account)
        assert [one.call for one in room.members] == [call]
        ask("POST", f"/calls/{call}/hang-up")
        ask.expect("ParticipantLeft", subject=call)
