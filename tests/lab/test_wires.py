"""How the lab speaks: JSON in, JSON out, errors too."""

from __future__ import annotations

import msgspec
import pytest
from starlette.requests import Request

from hoyhoy.exchange.events import Entry, KeyPressed
from hoyhoy.lab.moving import Advance
from hoyhoy.lab.wires import MOST_BYTES, Json, entry, faults, read
from hoyhoy.wire.errors import Fault

from .conftest import Asking


def request(body: bytes = b"") -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [(b"content-type", b"application/json")],
        "query_string": b"",
    }
    return Request(scope, receive)


async def test_a_body_is_read_as_what_it_must_be() -> None:
    assert await read(request(b'{"seconds": 2}'), Advance) == Advance(2.0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 20001),  # an empty object, which lacks what is needed
        (b"{}", 20001),
        (b"seconds=2", 20001),
        (b"\xff\xfe", 20001),
        (b'{"seconds": "2"}', 20001),
        (b'{"seconds": 2, "minutes": 1}', 20001),
        (b'{"seconds": -1}', 20001),
        (b'{"seconds": 1e999}', 20001),
        (b'{"seconds": NaN}', 20001),
        (b"[" * 100_000, 20001),
        (b" " * (MOST_BYTES + 1), 20413),
    ],
)
async def test_what_is_wrong_with_a_body_is_said(body: bytes, code: int) -> None:
    with pytest.raises(Fault) as fault:
        await read(request(body), Advance)
    assert fault.value.code == code
    assert fault.value.status == (413 if code == 20413 else 400)


@pytest.mark.parametrize("length", [b"1048577", b"9" * 30])
async def test_too_large_a_body_is_not_read(length: bytes) -> None:
    async def receive() -> dict[str, object]:
        raise AssertionError("nobody should read this")

    headers = [(b"content-length", length), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    with pytest.raises(Fault, match="1 MiB"):
        await read(Request(scope, receive), Advance)


async def test_an_endless_body_is_read_no_further_than_the_limit() -> None:
    pieces = 0

    async def receive() -> dict[str, object]:
        nonlocal pieces
        pieces += 1
        assert pieces < 100
        return {"type": "http.request", "body": b" " * 65536, "more_body": True}

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    with pytest.raises(Fault, match="1 MiB"):
        await read(Request(scope, receive), Advance)
    assert pieces == 17


async def test_a_fault_is_an_answer() -> None:
    async def refuse(request: Request) -> Json:
        raise Fault(20409, "Not now.")

    answer = await faults(refuse)(request())
    assert (answer.status_code, answer.media_type) == (409, "application/json")
    assert msgspec.json.decode(answer.body) == {"code": 20409, "message": "Not now.", "status": 409}


def test_an_entry_as_it_travels() -> None:
    travelling = msgspec.json.decode(msgspec.json.encode(entry(Entry(7, 1.5, "CA1", "AC1", KeyPressed(key="#")))))
    assert travelling == {
        "position": 7,
        "at": 1.5,
        "subject": "CA1",
        "account": "AC1",
        "kind": "KeyPressed",
        "event": {"key": "#"},
    }


@pytest.mark.parametrize(
    ("method", "path", "code", "status"),
    [
        ("GET", "/", 20404, 404),
        ("GET", "/nothing", 20404, 404),
        ("POST", "/phones/+14155550123/calls/CA1", 20404, 404),
        ("DELETE", "/phones", 20004, 405),
        ("GET", "/clock/advance", 20004, 405),
        ("POST", "/events", 20004, 405),
    ],
)
def test_there_is_no_such_route(ask: Asking, method: str, path: str, code: int, status: int) -> None:
    told = ask.refused(method, path)
    assert told[:2] == (status, code)
    assert f"{method} /lab/v1{path}" in told[2]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_is_called_json(ask: Asking, kind: str) -> None:
    assert ask.refused("POST", "/clock/advance", {"seconds": 0}, **{"Content-Type": kind})[:2] == (415, 20001)
    assert (
        ask("POST", "/clock/advance", {"seconds": 0}, **{"Content-Type": "Application/JSON; charset=utf-8"})[0] == 200
    )
