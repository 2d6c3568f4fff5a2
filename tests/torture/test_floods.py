"""Floods: what is harmless once must be harmless a thousand times; memory, files and threads come back."""

from __future__ import annotations

import os
import random
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.hostile import APPS
from tests.journeys.processes import BRIEF, PATIENCE, App, Serve
from tests.journeys.processes import exchanges as ending

pytestmark = [pytest.mark.torture, pytest.mark.timeout(900)]

MEGABYTE = 1 << 20
PHONE = "+14155550123"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Serve]:
    for made in ending():
        running = made.serve(tmp_path / "data", "--virtual-time")
        running.behave(PHONE, ring_after=0, answer_after=0)
        yield running
        assert running.alive()
        assert "Traceback" not in running.said()
        assert running.stop() == 0


@pytest.fixture
def app() -> Iterator[App]:
    with App() as running:
        yield running


def state(served: Serve) -> tuple[int, int]:
    """Open files and threads."""
    return len(os.listdir(f"/proc/{served.pid}/fd")), len(os.listdir(f"/proc/{served.pid}/task"))


def test_bytes_that_were_once_a_request(served: Serve) -> None:
    """3,000 requests with seeded damage: each is answered or refused, and the connection ends."""
    chance = random.Random(11)
    pair = b64encode(f"{served.account}:{served.token}".encode())
    form = b"To=%2B14155550123&From=%2B15005550006&Body=Hi"
    good = (
        b"POST /2010-04-01/Accounts/%s/Messages.json HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % (served.account.encode(), pair, len(form))
    ) + form
    for _ in range(3000):
        bad = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(bad))
            match chance.randrange(4):
                case 0:
                    bad[place] = chance.randrange(256)
                case 1:
                    del bad[place : place + chance.randint(1, 20)]
                case 2:
                    bad[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 20)))
                case _:
                    bad[place:place] = bad[place : place + chance.randint(1, 40)]
        with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as wire:
            try:
                wire.sendall(bad)
                wire.shutdown(socket.SHUT_WR)
                while wire.recv(65536):
                    pass
            except OSError:
                pass
    assert served.api("GET", "/Messages.json?PageSize=1").status == 200


def test_hostile_apps_again_and_again(served: Serve, app: App) -> None:
    """After the first round nothing grows any more but the log."""
    chance = random.Random(12)
    names = [name for name in APPS if "circle" not in name]

    def play() -> None:
        for name in chance.sample(names, len(names)):
            app.answers[f"/{name}"] = APPS[name][1]
            before = served.position()
            form = {"To": PHONE, "From": served.number, "Url": app.url(f"/{name}{BRIEF}")}
            sid = served.api("POST", "/Calls.json", form).json["sid"]
            assert served.finished(sid, before)["status"] == "completed"

    for _ in range(3):
        play()
    at_first, memory = state(served), served.memory()
    for _ in range(12):
        play()
    assert served.memory() - memory < 40 * MEGABYTE
    files, threads = state(served)
    assert files <= at_first[0] + 8 and threads <= at_first[1] + 2


def test_thousands_of_connections_that_never_speak(served: Serve) -> None:
    before = state(served)
    for _ in range(10):
        silent = [socket.create_connection(("127.0.0.1", served.port), PATIENCE) for _ in range(300)]
        for number, one in enumerate(silent):
            one.sendall(b"POST /2010-04-01/Accounts HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"[: number % 60])
        assert served.api("GET", "/Calls.json?PageSize=1").status == 200
        for one in silent:
            one.close()
    assert served.api("GET", "/Calls.json?PageSize=1").status == 200
    assert state(served)[0] <= before[0] + 8


def test_five_thousand_calls_leave_nothing_behind(served: Serve, app: App) -> None:
    app.answers["/hello"] = "<Response><Say>Hello.</Say></Response>"
    form = {"To": PHONE, "From": served.number, "Url": app.url("/hello"), "StatusCallback": app.url("/told")}

    def play(calls: int) -> None:
        def ask() -> None:
            for _ in range(calls // 4):
                assert served.api("POST", "/Calls.json", form).status == 201

        for _ in range(4):
            asking = [threading.Thread(target=ask) for _ in range(4)]
            for one in asking:
                one.start()
            for one in asking:
                one.join(PATIENCE)
            assert served.lab("POST", "/clock/advance", {"seconds": 60}).status == 200

    play(100)
    at_first, memory = state(served), served.memory()
    play(1250)
    last = served.api("GET", "/Calls.json?PageSize=1000").json["calls"]
    assert {call["status"] for call in last} == {"completed"}
    # The feed's ring and the database's caches fill; after 40,000 calls it stood at 90 MiB more, and stayed there.
    assert served.memory() - memory < 80 * MEGABYTE
    files, threads = state(served)
    assert files <= at_first[0] + 8 and threads <= at_first[1] + 2
