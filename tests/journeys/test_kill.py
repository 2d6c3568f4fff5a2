"""Crashes, power failures and full disks: what was answered stays (design 2; bad-inputs, crash and fault tests)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import cuts, kills
from .processes import App, Asked, Exchanges
from .processes import exchanges as ending

pytestmark = pytest.mark.journey

exchanges = pytest.fixture(ending)


@pytest.fixture
def app() -> Iterator[App]:
    with App() as running:
        yield running


def test_ten_kills_under_load(exchanges: Exchanges, app: App, tmp_path: Path) -> None:
    kills.run(exchanges, tmp_path / "data", app, seed=20261121, kills=10)


def test_an_app_that_was_not_done_with_a_text_is_asked_again(exchanges: Exchanges, app: App, tmp_path: Path) -> None:
    """Messages resume (design 2), inbound ones too: the app has not answered, so it has not been told.

    Before that, the very first start is killed: the next one finds its way.
    """

    async def never(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    cuts.kill_at_first_start(exchanges, tmp_path / "data", "vault.key")
    served = exchanges.serve(tmp_path / "data")
    assert len(served.api("GET", "/IncomingPhoneNumbers.json").json["incoming_phone_numbers"]) == 3
    app.answers["/sms"] = never
    assert served.lead(SmsUrl=app.url("/sms")).status == 200
    sid = served.lab("POST", "/phones/+14155550123/messages", {"to": served.number, "body": "Hi"}).json["sid"]
    assert app.wait(lambda asked: asked)
    assert served.api("GET", f"/Messages/{sid}.json").json["status"] == "receiving"  # messaging 1.6
    served.kill()
    app.answers["/sms"] = "<Response><Message>Here you are.</Message></Response>"
    served = exchanges.serve(tmp_path / "data")
    reply = served.expect("PhoneGotMessage", phone="+14155550123", within=30)
    assert reply and reply["event"]["body"] == "Here you are."
    assert [asked.params["MessageSid"] for asked in app.asked] == [sid, sid]
    assert served.api("GET", f"/Messages/{sid}.json").json["status"] == "received"


def test_a_log_cut_anywhere_by_a_power_failure(exchanges: Exchanges, tmp_path: Path) -> None:
    cuts.cut_log(exchanges, tmp_path, random.Random(20261121), cuts=2)


def test_a_full_disk_refuses_and_recovers(exchanges: Exchanges, app: App, tmp_path: Path) -> None:
    """20500 while nothing can be stored; afterwards nothing is left undone, and what was refused is not sent."""
    data = tmp_path / "data"
    served = exchanges.serve(data)
    message = {"To": "+14155550123", "From": served.number, "Body": "Hi"}
    call = {"To": "+14155550124", "From": served.number, "Url": app.url("/menu"), "StatusCallback": app.url("/told")}
    app.answers["/menu"] = "<Response><Say>Hello.</Say></Response>"
    served.behave("+14155550124", answer_after=0)
    served.lead(VoiceUrl=app.url("/menu"))
    before = served.api("POST", "/Messages.json", message).json["sid"]
    served.limit_files((data / cuts.LOG).stat().st_size)
    refused = [
        served.api("POST", "/Messages.json", message),
        served.api("POST", "/Calls.json", call),
        served.api("GET", "/Messages.json"),
        served.lab("POST", "/phones/+14155550199/calls", {"to": served.number}),
    ]
    assert {(answer.status, answer.code) for answer in refused} == {(500, 20500)}
    assert all("cannot store" in answer.json["message"] for answer in refused)
    assert served.alive()
    served.limit_files(-1)
    # The writer tries again by itself, after two seconds at most; every try here is as long as its own (store/writer).
    assert any(served.api("POST", "/Messages.json", message).status == 201 for _ in range(100))
    kills.settle(served)
    sent = {one["sid"]: one["status"] for one in served.api("GET", "/Messages.json").json["messages"]}
    assert sent[before] == "delivered"
    assert sorted(sent.values()) == ["delivered", "delivered", "failed"]
    served.limit_files((data / cuts.LOG).stat().st_size)
    assert served.api("POST", "/Messages.json", message).status == 500
    assert served.stop() == 1
    assert served.said().splitlines()[-1].startswith("Error: The exchange cannot store anything at the moment")
    assert "Traceback" not in served.said()
