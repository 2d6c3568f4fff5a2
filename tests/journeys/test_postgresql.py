"""The whole exchange on PostgreSQL: killed, refused, and with a server that goes away (design 1, promise 5)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.postgres import Server, programs, server

from .processes import PATIENCE, App, Exchanges, Serve, surroundings
from .processes import exchanges as ending

pytestmark = pytest.mark.journey

exchanges = pytest.fixture(ending)

CLIENT = """
import json, sys
from twilio.rest import Client

client, (number, menu, told) = Client(), sys.argv[1:]
call = client.calls.create(to="+14155550124", from_=number, url=menu, status_callback=told)
text = client.messages.create(to="+14155550123", from_=number, body="Hello \\u260e", status_callback=told)
print(json.dumps([call.sid, text.sid]))
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    if programs() is None:
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    with server() as started:
        yield started


@pytest.fixture
def app() -> Iterator[App]:
    with App() as running:
        running.answers["/menu"] = "<Response><Say>Hello.</Say></Response>"
        running.answers["/wait"] = '<Response><Pause length="600"/></Response>'
        yield running


def statuses(served: Serve, what: str) -> dict[str, str]:
    return {one["sid"]: one["status"] for one in served.api("GET", f"/{what}.json").json[what.lower()]}


def refusal(served: Serve) -> str:
    assert served.ended() == 1
    said = served.said()
    assert "Traceback" not in said
    return said.strip()


def test_what_was_accepted_outlives_a_kill(exchanges: Exchanges, app: App, postgres: Server, tmp_path: Path) -> None:
    data, url = tmp_path / "data", postgres.database("killed")
    served = exchanges.serve(data, "--database", url)
    second = exchanges.start(tmp_path / "other", "--database", url)
    served.behave("+14155550124", answer_after=0)
    command = [sys.executable, "-m", "hoyhoy", "run", "--data", str(data), "--", sys.executable, "-W", "ignore", "-c"]
    words = [CLIENT, served.number, app.url("/menu"), app.url("/told")]
    done = subprocess.run(
        [*command, *words], env=surroundings(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    call, text = json.loads(done.stdout)
    form = {"To": "+14155550124", "From": served.number, "Url": app.url("/wait"), "StatusCallback": app.url("/told")}
    assert served.finished(call)["status"] == "completed"
    under_way = served.api("POST", "/Calls.json", form).json["sid"]
    assert served.expect("CallMoved", subject=under_way, status="in-progress")
    assert refusal(second).startswith(
        f"Error: The database killed on {postgres.folder} cannot be used: it is in use by"
    )
    assert not (data / "hoyhoy.db").exists()
    token = served.token
    served.kill()

    served = exchanges.serve(data, "--database", url)
    assert served.token == token
    calls = statuses(served, "Calls")
    assert calls.keys() == {call, under_way} and calls[call] == "completed"
    assert calls[under_way] in ("completed", "failed")  # no call is left non-final (design 2)
    [kept] = served.api("GET", "/Messages.json?To=%2B14155550123").json["messages"]
    assert (kept["sid"], kept["body"]) == (text, "Hello \u260e")
    assert served.expect("MessageMoved", subject=text, status="delivered", within=60)
    over = {(sid, status) for sid, status in calls.items()}
    assert app.wait(lambda asked: over <= {(one.params.get("CallSid"), one.params.get("CallStatus")) for one in asked})
    assert app.wait(lambda asked: any(one.params.get("MessageStatus") == "delivered" for one in asked))
    assert served.stop() == 0


def sent(served: Serve, message: dict[str, str]) -> str:
    """The sid of a message that was accepted and whose last callback has arrived, so that nothing is left to write."""
    answer = served.api("POST", "/Messages.json", message)
    assert answer.status == 201
    sid, after, told = str(answer.json["sid"]), 0, False
    while not told:
        entry = served.expect("CallbackDelivered", subject=sid, after=after)
        assert entry
        after, told = entry["position"], ["MessageStatus", "delivered"] in entry["event"]["params"]
    assert served.api("GET", f"/Messages/{sid}.json").json["status"] == "delivered"
    return sid


def test_a_server_that_goes_away_and_comes_back(
    exchanges: Exchanges, app: App, postgres: Server, tmp_path: Path
) -> None:
    served = exchanges.serve(tmp_path / "data", "--database", postgres.database("restarted"))
    message = {"To": "+14155550123", "From": served.number, "Body": "Hi", "StatusCallback": app.url("/told")}
    accepted = [sent(served, message)]
    postgres.restart()
    accepted.append(sent(served, message))  # nobody notices
    postgres.stop()
    refused = [served.api("GET", "/Messages.json"), served.api("POST", "/Messages.json", message)]
    assert {(answer.status, answer.code) for answer in refused} == {(500, 20500)}
    verbs = [answer.json["message"].partition(" at the moment: ")[0] for answer in refused]
    assert verbs == ["The exchange cannot look anything up", "The exchange cannot store anything"]
    assert served.alive()
    postgres.start()
    # The writer tries again by itself, after two seconds at most; every try here is as long as its own (store/writer).
    assert any(served.api("POST", "/Messages.json", message).status == 201 for _ in range(100))
    accepted.append(sent(served, message))
    kept = statuses(served, "Messages")
    assert [kept[sid] for sid in accepted] == ["delivered"] * 3
    assert "Traceback" not in served.said()
    assert served.stop() == 0


def test_a_server_that_is_not_there(exchanges: Exchanges, postgres: Server, tmp_path: Path) -> None:
    served = exchanges.start(tmp_path / "data", "--database", postgres.url("nothing"))
    assert refusal(served) == (
        f'Error: The database nothing on {postgres.folder} cannot be used: database "nothing" does not exist'
    )
