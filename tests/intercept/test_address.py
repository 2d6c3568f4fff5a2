"""Finding an exchange, and telling it that it is needed."""

from __future__ import annotations

import contextlib
import json
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from hoyhoy.intercept.address import Address, Keys, Refused, Stranger, Tenancy, ask, set_webhooks

HEALTH = {"hoyhoy": "1", "exchange": "x", "data": "/d", "api": "http://a", "proxy": "http://p"}


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], str]]:
    """A server that gives one answer to one connection; its URL."""
    threads = []

    def serve(answer: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))

        def once() -> None:
            with listener, listener.accept()[0] as sock:
                sock.recv(65536)
                with contextlib.suppress(OSError):  # whoever asked may have gone before he was told everything
                    sock.sendall(answer)
                    sock.shutdown(socket.SHUT_WR)
                    sock.recv(1)

        threads.append(Thread(target=once))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for thread in threads:
        thread.join(20)


def response(told: object, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n{json.dumps(told)}".encode()


def test_an_exchange_tells_its_address(answering: Callable[[bytes], str]) -> None:
    told = HEALTH | {"account_sid": "AC1", "virtual": False, "of a newer version": {}}
    found = ask(answering(response(told)))
    assert found == Address("1", "x", "/d", "http://a", "http://p", "AC1")
    assert found and found.ca == Path("/d/tls/ca.pem")


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n<html>",
        response([]),
        response({"hoyhoy": "1"}),
        response(HEALTH | {"data": 1}),
        response(HEALTH, "404 Not Found"),
        b"\xff" * 100_000,
    ],
)
def test_anything_else_is_a_stranger(answering: Callable[[bytes], str], answer: bytes) -> None:
    with pytest.raises(Stranger):
        ask(answering(answer))


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}") is None


def test_proxies_of_the_environment_are_not_asked(
    answering: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert ask(answering(response(HEALTH)))


def test_keys_are_kept_for_their_owner(tmp_path: Path) -> None:
    keys = Keys("x", "http://a", "http://p", "AC1", "token", "+1", "PN1")
    keys.write(tmp_path)
    assert Keys.read(tmp_path) == keys
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"exchange": 1}', "\x00"])
def test_keys_that_cannot_be_read_are_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    assert Keys.read(tmp_path) is None


@pytest.mark.parametrize("answer", [response({}, "503 Busy"), b"", b"HTTP/1.1 200"])
def test_a_tenancy_that_is_not_granted(answering: Callable[[bytes], str], answer: bytes) -> None:
    with pytest.raises(OSError):
        Tenancy(answering(answer))


def test_an_account_without_numbers(answering: Callable[[bytes], str]) -> None:
    keys = Keys("x", answering(response({"incoming_phone_numbers": []})), "", "AC1", "t")
    with pytest.raises(Refused, match="no phone number"):
        set_webhooks(keys, voice="http://localhost/")


def test_an_exchange_that_has_gone() -> None:
    with pytest.raises(Refused, match="does not answer"):
        set_webhooks(Keys("x", "http://127.0.0.1:1", "", "AC1", "t"), voice="http://localhost/")
