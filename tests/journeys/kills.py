"""A story of kills: load on an exchange that is killed again and again, and the ledger of what it had promised.

Design 2 (durability): what the API answered as accepted survives `kill -9`; no call is left non-final; every
status callback is delivered at least once.
"""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
import threading
import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from .processes import OVER, PATIENCE, App, Asked, Exchanges, Serve

ORDER = ("initiated", "ringing", "in-progress")
SETTLED = ("delivered", "undelivered", "failed", "received", "canceled", "read")

MENU = """<Response><Gather numDigits="1" timeout="1" action="/chosen"><Say>Press.</Say></Gather>
<Say>Bye.</Say></Response>"""
CHOSEN = "<Response><Say>Thanks.</Say></Response>"
REPLY = "<Response><Message>Heard.</Message></Response>"

PHONES: dict[str, dict[str, Any]] = {
    "+14155550101": {"answer_after": 0.0, "ring_after": 0.0, "script": [{"hear": "Press", "press": "1"}]},
    "+14155550102": {"answer_after": 0.3, "ring_after": 0.1, "script": [{"wait": 0.2, "hang_up": True}]},
    "+14155550103": {"answering": "busy", "ring_after": 0.05},
    "+14155550104": {"answering": "decline", "answer_after": 0.2},
    "+14155550105": {"answering": "ring-out"},
    "+14155550106": {"answering": "unreachable", "ring_after": 0.1},
    "+14155550107": {"answer_after": 0.1, "delivery": "undelivered"},
    "+14155550108": {"answer_after": 0.5, "delivery_after": 0.0},
}

MOMENTS = (("/told", 60), ("/told", 20), ("/menu", 8), ("/chosen", 3), ("/reply", 5))
"""What a kill comes after: the n-th request of this kind, n being at most so much."""

LONGEST_ROUND = 1.0

FORM = "application/x-www-form-urlencoded"


@dataclass
class Ledger:
    """What was answered with 201, by the resource; written by several threads at once (list.append is whole)."""

    calls: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    dialled_in: list[str] = field(default_factory=list)
    texted_in: list[str] = field(default_factory=list)


class Load:
    """Clients that ask as fast as they are answered, until the exchange is gone."""

    def __init__(self, served: Serve, app: App, ledger: Ledger, chance: random.Random, most: int) -> None:
        self.served, self.app, self.ledger = served, app, ledger
        self.left = most
        pair = b64encode(f"{served.account}:{served.token}".encode()).decode()
        self.headers = {"Authorization": f"Basic {pair}"}
        self.wrong: list[str] = []
        kinds = (self.call, self.call, self.text, self.come_in)
        self.threads = [
            threading.Thread(target=self._ask, args=(kind, random.Random(chance.random()))) for kind in kinds
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not self.wrong, self.wrong

    def _ask(self, kind: Any, chance: random.Random) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=PATIENCE)) as wire:
            try:
                while self.left > 0:
                    self.left -= 1
                    kind(wire, chance)
            except (OSError, http.client.HTTPException):
                pass  # killed: what was not answered was not promised

    def call(self, wire: http.client.HTTPConnection, chance: random.Random) -> None:
        form = {
            "To": chance.choice(list(PHONES)),
            "From": self.served.number,
            "Url": self.app.url("/menu"),
            "StatusCallback": self.app.url("/told"),
            "StatusCallbackEvent": [*ORDER[:2], "answered", "completed"],
            "Timeout": chance.choice((1, 2)),
        }
        self._post(wire, "/Calls.json", form, self.ledger.calls)

    def text(self, wire: http.client.HTTPConnection, chance: random.Random) -> None:
        form = {
            "To": chance.choice(list(PHONES)),
            "From": self.served.number,
            "Body": "Hello",
            "StatusCallback": self.app.url("/told"),
        }
        self._post(wire, "/Messages.json", form, self.ledger.texts)

    def come_in(self, wire: http.client.HTTPConnection, chance: random.Random) -> None:
        """A person calls or writes to the account's number."""
        phone = chance.choice(list(PHONES))
        kind, ledger = chance.choice((("calls", self.ledger.dialled_in), ("messages", self.ledger.texted_in)))
        body = json.dumps({"to": self.served.number} | ({"body": "Hi"} if kind == "messages" else {}))
        self._send(wire, f"/lab/v1/phones/{phone}/{kind}", body, ledger, "application/json")

    def _post(self, wire: http.client.HTTPConnection, path: str, form: dict[str, Any], ledger: list[str]) -> None:
        self._send(wire, f"/2010-04-01/Accounts/{self.served.account}{path}", urlencode(form, doseq=True), ledger)

    def _send(
        self, wire: http.client.HTTPConnection, path: str, body: str, ledger: list[str], kind: str = FORM
    ) -> None:
        wire.request("POST", path, body, {**self.headers, "Content-Type": kind})
        answer = wire.getresponse()
        content = answer.read()
        if answer.status == 201:
            ledger.append(json.loads(content)["sid"])
        else:
            self.wrong.append(f"{path}: {answer.status} {content!r}")


class Killer:
    """Kills the exchange at the n-th thing it does after `armed`: an answer, a webhook or a callback."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._count, self._path = 0, ""
        self._reached = threading.Event()
        app.on_asked = self._see

    def arm(self, path: str, count: int) -> None:
        self._reached.clear()
        self._path, self._count = path, count

    def wait(self) -> None:
        """Until the moment, or until it is plain that it does not come."""
        self._reached.wait(LONGEST_ROUND)

    def _see(self, asked: Asked) -> None:
        if asked.path == self._path:
            self._count -= 1
            if self._count <= 0:
                self._reached.set()


def run(
    exchanges: Exchanges,
    data: Path,
    app: App,
    seed: int,
    kills: int,
    most: int = 40,
    end: Callable[[Serve], object] = Serve.kill,
) -> None:
    """Kill (or `end` otherwise) `kills` times under load, then let it settle and hold it to its ledger."""
    chance = random.Random(seed)
    app.answers |= {"/menu": MENU, "/chosen": CHOSEN, "/reply": REPLY}
    ledger, killer, said = Ledger(), Killer(app), []
    for turn in range(kills):
        served = exchanges.start(data)
        if turn and chance.random() < 0.25:  # while it takes up what the last run left
            killer.arm("/told", chance.randint(1, 8))
            killer.wait()
            end(served)
        else:
            load = _load(served.ready(), app, ledger, killer, chance, most)
            end(served)
            load.join()
        said.append(served.said())
    served = exchanges.serve(data)
    settle(served)
    said.append(served.said())
    _hold(served, app, ledger)
    assert not [text for text in said if "Traceback" in text or "crashed" in text], said
    assert served.stop() == 0
    with closing(sqlite3.connect(data / "hoyhoy.db")) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _load(served: Serve, app: App, ledger: Ledger, killer: Killer, chance: random.Random, most: int) -> Load:
    """Ask for much, up to the moment when it shall end."""
    served.lead(VoiceUrl=app.url("/menu"), SmsUrl=app.url("/reply"), StatusCallback=app.url("/told"))
    for number, behaviour in PHONES.items():
        served.behave(number, **behaviour)
    path, count = chance.choice(MOMENTS)
    killer.arm(path, chance.randint(1, count))
    load = Load(served, app, ledger, chance, most)
    load.start()
    killer.wait()
    served.ended(chance.uniform(0.0, 0.02))  # a moment of its own choice
    return load


def settle(served: Serve) -> None:
    """Wait until nothing is left to do; fail when something stays undone."""
    after, deadline = 0, time.monotonic() + PATIENCE
    while open_ends := unfinished(served.data):
        assert time.monotonic() < deadline, open_ends
        found = served.expect("CallMoved", "MessageMoved", "CallbackDelivered", within=1, after=after)
        after = found["position"] if found else after


def unfinished(data: Path) -> list[tuple[Any, ...]]:
    """Calls and messages without a final status, and callbacks that were not delivered."""
    with closing(sqlite3.connect(f"file:{data / 'hoyhoy.db'}?mode=ro", uri=True)) as base:
        return [
            *base.execute(f"SELECT sid, status FROM calls WHERE status NOT IN {OVER} LIMIT 5"),
            *base.execute(f"SELECT sid, status FROM messages WHERE status NOT IN {SETTLED} LIMIT 5"),
            *base.execute("SELECT sid, subject, attempts FROM outbox LIMIT 5"),
        ]


# The ledger --------------------------------------------------------------------------------


def _hold(served: Serve, app: App, ledger: Ledger) -> None:
    calls = _listed(served, "/Calls.json", "calls")
    texts = _listed(served, "/Messages.json", "messages")
    for promised in (ledger.calls, ledger.texts, ledger.dialled_in, ledger.texted_in):
        assert [sid for sid in promised if sid not in calls and sid not in texts] == [], "answered with 201 and gone"
    assert {call["status"] for call in calls.values()} <= set(OVER)
    assert {text["status"] for text in texts.values()} <= set(SETTLED)
    told: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for asked in app.asked:
        if asked.path == "/told":
            told[asked.params.get("CallSid") or asked.params["MessageSid"]].append(asked.params)
    sequences = _sequences(served.data)
    for sid, call in calls.items():
        _hold_call(call, told[sid], sequences[sid])
    for sid in ledger.texts:
        assert texts[sid]["status"] in [one["MessageStatus"] for one in told[sid]], (sid, texts[sid], told[sid])
    asked_about = {asked.params.get("MessageSid") for asked in app.asked if asked.path == "/reply"}
    assert [sid for sid in ledger.texted_in if sid not in asked_about] == [], "the app was never asked"


def _hold_call(call: dict[str, Any], told: list[dict[str, str]], sequence: int) -> None:
    """Every callback that was recorded came; a number was never used twice; the last one tells the final status."""
    said: dict[int, str] = {}
    firsts: list[int] = []
    for one in told:
        number = int(one["SequenceNumber"])
        if number not in said:
            firsts.append(number)
        assert said.setdefault(number, one["CallStatus"]) == one["CallStatus"], (call["sid"], told)
    assert sorted(said) == list(range(sequence)), (call["sid"], call["status"], said, sequence)
    assert firsts == sorted(firsts), (call["sid"], "told in another order than it happened", firsts)
    assert said[sequence - 1] == call["status"], (call, said)
    steps = [ORDER.index(said[number]) for number in range(sequence - 1)]
    assert steps == sorted(set(steps)), (call["sid"], said)


def _sequences(data: Path) -> dict[str, int]:
    with closing(sqlite3.connect(f"file:{data / 'hoyhoy.db'}?mode=ro", uri=True)) as base:
        return dict(base.execute("SELECT sid, callback_sequence FROM calls"))


def _listed(served: Serve, path: str, key: str) -> dict[str, dict[str, Any]]:
    """All pages of a list."""
    found: dict[str, dict[str, Any]] = {}
    at = f"/2010-04-01/Accounts/{served.account}{path}?PageSize=1000"
    headers = {"Authorization": "Basic " + b64encode(f"{served.account}:{served.token}".encode()).decode()}
    while at:
        listed = served.request("GET", at, headers=headers).json
        found |= {one["sid"]: one for one in listed[key]}
        at = listed["next_page_uri"]
    return found
