"""The log over HTTP: pages of it, and as it happens."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from hoyhoy.testing.local import LocalExchange

from .conftest import Answered, Asking


@contextmanager
def following(ask: Asking, query: str = "", **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    """The fields of each server-sent event, as they come."""
    with closing(http.client.HTTPConnection(ask.where, timeout=30)) as connection:
        connection.request("GET", "/lab/v1/events" + query, headers={"Accept": "text/event-stream", **headers})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
        assert answer.headers["Cache-Control"] == "no-store"
        yield _events(answer)


def _events(answer: http.client.HTTPResponse) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in answer:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
        elif event.keys() - {""}:
            yield event
            event = {}


def entries(ask: Asking, query: str) -> list[dict[str, Any]]:
    status, told = ask("GET", f"/events?{query}")
    assert status == 200
    return list(told["entries"])


# Pages -----------------------------------------------------------------------------------


def test_a_page_of_the_log(ask: Asking, answered: Answered) -> None:
    after = ask.last()
    sid = answered()
    found = entries(ask, f"after={after}")
    assert [one["position"] for one in found] == list(range(after + 1, ask.last() + 1))
    first = found[0]
    assert (first["kind"], first["subject"], first["account"]) == ("CallCreated", sid, ask.exchange.account.sid)
    assert first["event"]["direction"] == "outbound-api" and first["at"] > 0


def test_some_of_the_log(ask: Asking, answered: Answered) -> None:
    sid = answered("<Say>The passcode</Say><Pause length='60'/>")
    ask.expect("PhoneHeard", subject=sid)
    assert {one["subject"] for one in entries(ask, f"subject={sid}")} == {sid}
    kinds = [one["kind"] for one in entries(ask, f"subject={sid}&kind=CallCreated,PhoneRang")]
    assert kinds == ["CallCreated", "PhoneRang"]
    assert [one["kind"] for one in entries(ask, f"subject={sid}&contains=PASSCODE")][-1] == "PhoneHeard"
    assert len(entries(ask, f"subject={sid}&limit=2")) == 2
    assert entries(ask, f"subject={sid}&limit=0") == []
    assert entries(ask, f"after={ask.last()}") == []


def test_the_limit_counts_what_fits(ask: Asking, answered: Answered) -> None:
    """However much of something else lies in between."""
    sids = [answered()]
    ask("POST", f"/calls/{sids[0]}/press", {"keys": "1" * 1200})
    ask("POST", "/clock/advance", {"seconds": 1})
    ask("POST", f"/calls/{sids[0]}/hang-up")
    after = entries(ask, f"subject={sids[0]}&limit=1")[0]["position"] - 1
    assert [one["kind"] for one in entries(ask, f"after={after}&kind=PhoneReleased&limit=1")] == ["PhoneReleased"]


@pytest.mark.parametrize("wrong", ["after=soon", "limit=many", "after=1.5", "kind=PhoneHerd", "after=--1"])
def test_what_is_no_position(ask: Asking, wrong: str) -> None:
    status, code, message = ask.refused("GET", f"/events?{wrong}")
    assert (status, code) == (400, 20001) and wrong.partition("=")[2] in message


@pytest.mark.parametrize(
    "odd", ["after=-5&limit=1", "limit=99999999999999999999&after=99999999999999999999", "limit=-1"]
)
def test_numbers_out_of_range_are_brought_into_it(ask: Asking, odd: str) -> None:
    assert ask("GET", f"/events?{odd}")[0] == 200


# As it happens -----------------------------------------------------------------------------


def test_what_was_and_then_what_comes(ask: Asking, answered: Answered) -> None:
    sid = answered()
    known = entries(ask, f"subject={sid}")
    with following(ask, f"?after={known[0]['position']}&subject={sid}") as events:
        seen = [next(events) for _ in known[1:]]
        assert [int(one["id"]) for one in seen] == [one["position"] for one in known[1:]]
        assert [json.loads(one["data"]) for one in seen] == known[1:]
        assert [one["event"] for one in seen] == [one["kind"] for one in known[1:]]

        ask("POST", f"/calls/{sid}/say", {"text": "Line one\nline two \u2028 \U0001f600"})
        live = json.loads(next(events)["data"])
        assert (live["kind"], live["event"]["text"]) == ("PhoneSaid", "Line one\nline two \u2028 \U0001f600")


def test_a_browser_comes_back_where_it_was(ask: Asking, answered: Answered) -> None:
    """An EventSource that lost its connection asks again with Last-Event-ID, which outweighs the address."""
    sid = answered()
    known = entries(ask, f"subject={sid}")
    with following(ask, f"?after=0&subject={sid}", **{"Last-Event-ID": str(known[2]["position"])}) as events:
        assert int(next(events)["id"]) == known[3]["position"]


def test_only_what_is_asked_for_comes(ask: Asking, answered: Answered) -> None:
    sid = answered()
    after = ask.last()
    with following(ask, f"?after={after}&subject={sid}&kind=PhoneSaid&contains=yes") as events:
        for text in ("no", "Yes, please"):
            ask("POST", f"/calls/{sid}/say", {"text": text})
        assert json.loads(next(events)["data"])["event"]["text"] == "Yes, please"


def test_a_wrong_position_is_refused_before_anything_streams(ask: Asking) -> None:
    headers = {"Accept": "text/event-stream", "Last-Event-ID": "yesterday"}
    assert ask.refused("GET", "/events", **headers)[:2] == (400, 20001)


def test_it_ends_in_order_with_the_exchange() -> None:
    """The answer is brought to its proper end; who follows knows that nothing is missing."""
    with ExitStack() as stack:
        exchange = stack.enter_context(LocalExchange())
        where = urlsplit(exchange.url)
        with socket.create_connection((str(where.hostname), where.port or 0), 30) as wire:
            wire.sendall(b"GET /lab/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
            told = b""
            while b"id: 1\n" not in told:
                told += wire.recv(65536)
            stack.close()
            while piece := wire.recv(65536):
                told += piece
    assert told.endswith(b"\r\n0\r\n\r\n")
