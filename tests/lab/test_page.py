"""docs/lab.md is whole and true: every route and every event is on it, and each of its commands is obeyed."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import string
from base64 import b64encode
from dataclasses import fields
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit

from hoyhoy.exchange.events import Event
from hoyhoy.lab.events import EventRoutes
from hoyhoy.lab.moving import TimeRoutes
from hoyhoy.lab.phones import PhoneRoutes
from hoyhoy.lab.presence import PresenceRoutes
from hoyhoy.lab.rooms import RoomRoutes
from hoyhoy.lines.simulated.script import Behaviour
from hoyhoy.testing.local import LocalExchange

PAGE = (Path(__file__).parents[2] / "docs" / "lab.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("curl")]


def test_every_route_is_on_it_and_no_other() -> None:
    nothing = cast(Any, None)
    kinds = (
        PhoneRoutes(nothing),
        EventRoutes(nothing, nothing),
        TimeRoutes(nothing, nothing, nothing),
        PresenceRoutes(nothing, nothing),
        RoomRoutes(nothing),
    )
    there = {
        f"{method} {path}"
        for kind in kinds
        for route in kind.routes()
        for path in [route.path.replace(":path", "")]
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert set(re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", PAGE, re.MULTILINE)) == there


def test_every_event_is_on_it_with_its_fields() -> None:
    told = {
        kind: re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", rest))
        for kind, rest in re.findall(r"^\| `([A-Z]\w+)` \| (.*) \|$", PAGE, re.MULTILINE)
    }
    assert told == {name: [field.name for field in fields(kind)] for name, kind in Event.kinds.items()}


def test_every_part_of_a_behaviour_is_on_it() -> None:
    table = PAGE.partition("| name | default | what |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(Behaviour.__struct_fields__)


def test_each_command_is_obeyed_in_turn() -> None:
    with LocalExchange() as exchange:
        known = {
            "LAB": exchange.url + "/lab/v1",
            "API": f"{exchange.url}/2010-04-01/Accounts/{exchange.account.sid}",
            "NUMBER": exchange.numbers[0],
            "TWILIO_ACCOUNT_SID": exchange.account.sid,
            "TWILIO_AUTH_TOKEN": exchange.account.auth_token,
        }
        used: set[str] = set()
        for command in COMMANDS:
            method, path, answer = curl(command, known)
            used.add(f"{method} {path}")
            if "sid" in answer and answer["sid"].startswith("CA"):
                known["CALL"] = answer["sid"]
            if answer.get("sid", "").startswith("AP"):
                known["APPLICATION"] = answer["sid"]
            if answer.get("recordings"):
                known["RECORDING"] = answer["recordings"][0]["sid"]
            if "id" in answer:
                known["HOLD"] = answer["id"]
    routes = re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", PAGE, re.MULTILINE)
    unused = [route for route in routes if not any(re.fullmatch(_pattern(route), one) for one in used)]
    assert unused == []
    assert any(re.fullmatch("POST /calls/CA[0-9a-f]+/decline", one) for one in used)


def _pattern(route: str) -> str:
    return re.sub(r"\\\{\w+\\\}", "[^/ ]+", re.escape(route))


def curl(command: str, known: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """Do what a shell and curl would; the method, the path within the lab and the answer. A stream is cut short."""
    words = shlex.split(string.Template(command).substitute(known))[1:]
    method, url, headers, body, form = "", "", {}, "", []
    while words:
        match words.pop(0):
            case "-X":
                method = words.pop(0)
            case "--json":
                body, headers["Content-Type"] = words.pop(0), "application/json"
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-u":
                headers["Authorization"] = "Basic " + b64encode(words.pop(0).encode()).decode()
            case "--data-urlencode":
                name, _, value = words.pop(0).partition("=")
                form.append(f"{name}={quote(value)}")
            case "-N":
                pass
            case "-o":
                words.pop(0)  # a file of the reader's
            case url:
                assert url.startswith("http://"), url
    where = urlsplit(url)
    path = where.path
    method = method or ("POST" if body or form else "GET")
    headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    connection = http.client.HTTPConnection(where.netloc, timeout=60)
    try:
        connection.request(method, path + (f"?{where.query}" if where.query else ""), "&".join(form) or body, headers)
        answer = connection.getresponse()
        told = answer.read() if answer.headers["Content-Type"] in ("application/json", None) else answer.readline()
        assert answer.status < 300, (command, told)
    finally:
        connection.close()
    is_json = answer.headers["Content-Type"] == "application/json" and told
    return method, path.removeprefix("/lab/v1"), dict(json.loads(told)) if is_json else {}
