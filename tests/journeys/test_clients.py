"""The official clients, unmodified, under `hoyhoy run`: Python's (both halves) and Node's, newest and of an older line.

The programs are in tests/clients; they know nothing of hoyhoy (official-clients A1, design 1).
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hoyhoy.lab.client import Lab
from hoyhoy.testing.phones import Phone

from .processes import PATIENCE, Exchanges, Serve, exchanges

pytestmark = pytest.mark.journey

CLIENTS = Path(__file__).parents[1] / "clients"
OLDEST_NODE = 20
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if "proxy" not in name.lower() and not name.startswith(("TWILIO", "HOYHOY"))
}


# The programs ------------------------------------------------------------------------------


def node() -> list[str]:
    """The Node to use: beside this Python as `make test` puts it there, else the machine's."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    why = ""
    if not found:
        why = "node is not installed"
    elif not (CLIENTS / "node_modules" / "twilio").exists():
        why = "the npm packages of tests/clients are not installed"
    else:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").partition(".")[0]) < OLDEST_NODE:
            why = f"node {version.strip()} is older than {OLDEST_NODE}"
    if why:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{why}; `make test` installs what is needed")
    return [str(found)]


def command(program: str) -> list[str]:
    """How to start a program of tests/clients."""
    path = str(CLIENTS / program)
    return [*node(), path] if program.endswith(".cjs") else [sys.executable, "-W", "ignore", path]


def run(data: Path, *words: str, options: tuple[str, ...] = (), warning: str = "", **more: str) -> str:
    """What the program says under `hoyhoy run`, which must succeed in silence but for a `warning` of its own."""
    whole = [sys.executable, "-m", "hoyhoy", "run", "--data", str(data), *options, "--", *words]
    done = subprocess.run(whole, env=CLEAN | more, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, warning), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made() -> Iterator[Exchanges]:
    yield from exchanges()


@pytest.fixture(scope="module")
def exchange(made: Exchanges, tmp_path_factory: pytest.TempPathFactory) -> Serve:
    return made.serve(tmp_path_factory.mktemp("clients") / "data")


@pytest.fixture
def phones(exchange: Serve, request: pytest.FixtureRequest) -> list[str]:
    """Numbers of this test alone: two phones that answer at once, and one that nobody answers."""
    first = 1000 + 10 * (request.node.session.items.index(request.node) % 900)
    numbers = [f"+1415556{first + n}" for n in range(3)]
    for number in numbers[:2]:
        exchange.behave(number, ring_after=0, answer_after=0, delivery_after=0)
    exchange.behave(numbers[2], answering="ring-out", ring_after=0)
    return numbers


def told(exchange: Serve, *words: str, **more: str) -> Any:
    return json.loads(run(exchange.data, *words, **more))


# Everything the exchange offers ------------------------------------------------------------


def test_python(exchange: Serve, phones: list[str]) -> None:
    phone, _, silent = phones
    assert told(exchange, *command("whole_api.py"), *phones) == {
        "account": exchange.account,
        "numbers": 3,
        "number found": True,
        "number": [
            "The shop",
            "http://localhost:1/voice",
            "The shop",
            {"voice": True, "sms": True, "mms": True, "fax": False},
        ],
        "number gone": [404, 20404, True],
        "message": ["queued", "delivered", "Number 0", "outbound-api", "1", None],
        "message dates": True,
        "messages": ["Number 4", "Number 3", "Number 1", "Number 0"],
        "messages to other": ["Number 2"],
        "pages": [["Number 4", "Number 3"], ["Number 2", "Number 1"], ["Number 0"]],
        "limit": 4,
        "redacted": "",
        "deleted": [True, [404, 20404, True]],
        "call": ["queued", "in-progress", "outbound-api", phone, None],
        "call delete": [409, 20009, True],
        "calls live": True,
        "call over": [True, True],
        "call canceled": "canceled",
        "calls": [silent, phone],
        "calls since": 2,
        "calls deleted": [True, [404, 20404, True]],
        "calls left": True,
        "call late": [400, 21220, True],
        "notices": [["11205", "0", "http://localhost:1/nobody"]],
        "errors": {
            "no such number": [400, 21211, True],
            "no body": [400, 21602, True],
            "no sender": [400, 21603, True],
            "stopped": [400, 21610, True],
            "no document": [400, 21205, True],
            "no callee": [400, 21211, True],
            "no call": [404, 20404, True],
            "wrong token": [401, 20003, True],
        },
        "edge": [1, "https://api.sydney.au1.twilio.com"],
    }


def test_python_async(exchange: Serve, phones: list[str]) -> None:
    assert told(exchange, *command("whole_api_async.py"), *phones) == {
        "number": [3, "The async shop"],
        "message": ["queued", "Number 0"],
        "messages": [f"Number {n}" for n in range(7)],
        "pages": [3, 3, 1],
        "deleted": [True, [404, 20404, True]],
        "call": ["queued", "outbound-api"],
        "calls": ["completed"],
        "errors": {"no body": [400, 21602, True], "no call": [404, 20404, True]},
    }


@pytest.mark.parametrize("package", ["twilio", "twilio-4"])
def test_node(exchange: Serve, phones: list[str], package: str) -> None:
    assert told(exchange, *command("whole_api.cjs"), package, *phones) == {
        "number": [3, "The node shop", {"voice": True, "sms": True, "mms": True, "fax": False}],
        "message": ["queued", "Number 0", "outbound-api", True],
        "messages": ["Number 4", "Number 3", "Number 1", "Number 0"],
        "pages": [3, 1],
        "each": 1,
        "redacted": "",
        "deleted": [True, [404, 20404, True, "RestException"]],
        "call": ["queued", "outbound-api", True],
        "over": [True, 1],
        "canceled": "canceled",
        "removed": [True, 0],
        "errors": {
            "no body": [400, 21602, True, "RestException"],
            "no such number": [400, 21211, True, "RestException"],
            "no document": [400, 21205, True, "RestException"],
            "no call": [404, 20404, True, "RestException"],
            "wrong token": [401, 20003, True, "RestException"],
        },
        "edge": 1,
    }


EVERY = [
    ("every_resource.py",),
    ("every_resource.py", "async"),
    ("every_resource.cjs", "twilio"),
    ("every_resource.cjs", "twilio-4"),
]


@pytest.mark.parametrize(("program", "which"), [one if len(one) == 2 else (*one, "") for one in EVERY])
def test_every_resource(exchange: Serve, program: str, which: str) -> None:
    said = told(exchange, *command(program), *([which] if which else []))
    assert len(said) == 29
    assert {name: wrong for name, wrong in said.items() if wrong} == {}


# Tutorials: everything literal (design 5) --------------------------------------------------


def test_a_python_tutorial(exchange: Serve) -> None:
    exchange.behave("+14155552002", ring_after=0, answer_after=0)
    first, second, third = run(exchange.data, *command("tutorial.py")).splitlines()
    message, call, account = first.split()
    assert account == "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
    assert second == "['The first text of many.'] True"
    assert third == "AC0123456789abcdef0123456789abcdef ['+12025550101']"
    assert exchange.expect("PhoneGotMessage", subject=message, body="The first text of many.")
    assert exchange.expect("PhoneHeard", subject=call), "the document that tutorials point at is played"
    log = exchange.lab("GET", "/events?kind=Noticed&limit=1000").json["entries"]
    said = [entry["event"]["message"] for entry in log]
    assert any(f"{account} was not known" in one for one in said), "what was adopted is said (design 5)"
    assert any("+12025550100 was used as From" in one for one in said)


def test_a_node_tutorial(exchange: Serve) -> None:
    exchange.behave("+14155552004", ring_after=0, answer_after=0)
    first, call, count = run(exchange.data, *command("tutorial.cjs")).splitlines()
    message, account = first.split()
    assert (account, count) == ("ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXY", "1")
    assert exchange.expect("PhoneGotMessage", subject=message)
    assert exchange.expect("PhoneHeard", subject=call)


# Where a program says it wants to go --------------------------------------------------------

WHERE = """
from twilio.rest import Client
client = Client()
print(len(client.incoming_phone_numbers.list()) >= 3, client.get_hostname("https://api.twilio.com"))
"""


@pytest.mark.parametrize(
    "where", [{"TWILIO_EDGE": "sydney"}, {"TWILIO_REGION": "ie1"}, {"TWILIO_EDGE": "dublin", "TWILIO_REGION": "ie1"}]
)
def test_edge_and_region_of_the_environment(exchange: Serve, where: dict[str, str]) -> None:
    host = [f"api.{where['TWILIO_EDGE']}" if "TWILIO_EDGE" in where else "api", where.get("TWILIO_REGION", "us1")]
    told = run(exchange.data, sys.executable, "-c", WHERE, **where)
    assert told == f"True https://{'.'.join(host)}.twilio.com\n"


def test_edge_and_region_of_the_environment_in_node(exchange: Serve) -> None:
    package = json.dumps(str(CLIENTS / "node_modules" / "twilio"))
    code = f"require({package})().calls.list().then(calls => console.log(Array.isArray(calls)))"
    assert run(exchange.data, *node(), "-e", code, TWILIO_EDGE="sydney", TWILIO_REGION="au1") == "true\n"


# Apps that answer ----------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["answering.py", "answering.cjs"])
def test_an_app_that_answers(tmp_path: Path, program: str) -> None:
    """`hoyhoy run --voice URL --sms URL -- CMD` starts the exchange as well, on ports of its own, and ends it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base, data = f"http://localhost:{port}", tmp_path / "data"
    options = [
        "--data",
        str(data),
        "--port",
        "0",
        "--proxy-port",
        "0",
        "--voice",
        base + "/voice",
        "--sms",
        base + "/sms",
    ]
    words = [sys.executable, "-m", "hoyhoy", "run", *options, "--", *command(program)]
    with subprocess.Popen(words, env=CLEAN | {"PORT": str(port)}, stdout=subprocess.PIPE, text=True) as program_:
        try:
            assert program_.stdout
            assert program_.stdout.readline() == "up\n"
            keys = json.loads((data / "run.json").read_text())
            phone = Phone(Lab(keys["api"]), "+14155550123")

            call = phone.call(keys["number"])
            call.expect_speech("How old are you?")
            call.press("42")
            call.expect_speech("42 is a fine age")
            call.hang_up()
            phone.send(keys["number"], "Hello")
            assert phone.expect_message() == "You wrote: Hello"

            assert unsigned(port) == 403
        finally:
            os.kill(program_.pid, signal.SIGTERM)
    assert program_.returncode == 128 + signal.SIGTERM


def unsigned(port: int) -> int:
    """The status that a request without a signature gets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", "/sms", "Body=Hello", {"Content-Type": "application/x-www-form-urlencoded"})
    status = connection.getresponse().status
    connection.close()
    return status
