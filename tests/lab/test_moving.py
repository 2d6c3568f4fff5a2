"""The clock over HTTP (design 4): read, advanced, driven to what is expected, held."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import pytest

from hoyhoy.lab.moving import LATEST
from hoyhoy.settings import Settings
from hoyhoy.testing.local import LocalExchange

from .conftest import Answered, Asking


def now(ask: Asking) -> float:
    return float(ask("GET", "/clock")[1]["now"])


def test_it_stands_still_until_it_is_moved(ask: Asking, manual: str) -> None:
    before = now(ask)
    ask.ring(manual, "<Say>Hello</Say>")
    assert now(ask) == before
    status, told = ask("POST", "/clock/advance", {"seconds": 1800.25})
    assert (status, told) == (200, {"now": before + 1800.25, "virtual": True})


def test_advancing_lets_everything_happen(ask: Asking, number: str) -> None:
    sid = ask.ring(number, "<Pause length='30'/>")
    ask("POST", "/clock/advance", {"seconds": 20})
    assert ask("GET", f"/calls/{sid}")[1]["state"] == "answered"
    ask("POST", "/clock/advance", {"seconds": 20})
    assert ask("GET", f"/calls/{sid}")[1]["state"] == "released"


@pytest.mark.parametrize("route", ["/expect", "/clock/drive"])
def test_it_is_driven_to_the_match_and_no_further(ask: Asking, answered: Answered, route: str) -> None:
    sid = answered("<Pause length='7'/><Say>Now</Say><Say>Later</Say>")
    before = now(ask)
    wish = {"match": {"kinds": ["PhoneHeard"], "subject": sid}, "within": 60}
    status, told = ask("POST", route, wish)
    assert status == 200 and told["found"]["event"]["text"] == "Now"
    assert told["now"] == told["found"]["at"] == now(ask) == before + 7
    status, told = ask("POST", route, {**wish, "after": told["found"]["position"]})
    assert told["found"]["event"]["text"] == "Later"


def test_what_does_not_come(ask: Asking, number: str) -> None:
    before = now(ask)
    status, told = ask("POST", "/expect", {"match": {"where": {"phone": number}}, "within": 3600})
    assert (status, told) == (200, {"found": None, "now": before + 3600})


@pytest.mark.parametrize(
    "wrong",
    [
        {"match": {"kinds": ["Herd"]}},
        {"match": {"kind": "PhoneHeard"}},
        {"within": "long"},
        {"within": -1},
        {"within": 1e12},
        {"real": -1},
        {"after": "now"},
        {"after": -1},
        {"after": 2**63},
        {"after": 10**30},
    ],
)
def test_what_cannot_be_expected(ask: Asking, wrong: dict[str, Any]) -> None:
    assert ask.refused("POST", "/expect", wrong)[:2] == (400, 20001)


@pytest.mark.parametrize("wrong", [{}, {"seconds": -1}, {"seconds": "1"}, {"seconds": 1e11}])
def test_how_time_cannot_be_advanced(ask: Asking, wrong: dict[str, Any]) -> None:
    before = now(ask)
    assert ask.refused("POST", "/clock/advance", wrong)[:2] == (400, 20001)
    assert now(ask) == before


def test_no_clock_is_driven_past_the_last_date_that_can_be_written() -> None:
    with LocalExchange(Settings(port=0, proxy_port=0, virtual_time=True, speech="none")) as exchange:
        ask = Asking(exchange)
        while now(ask) + 1e10 < LATEST:
            assert ask("POST", "/clock/advance", {"seconds": 1e10})[0] == 200
        before = now(ask)
        assert ask.refused("POST", "/clock/advance", {"seconds": 1e10})[:2] == (400, 20001)
        assert ask.refused("POST", "/expect", {"within": 1e10, "after": 2**40})[:2] == (400, 20001)
        assert now(ask) == before
        assert ask("POST", "/clock/advance", {"seconds": LATEST - before})[0] == 200


# Holds -----------------------------------------------------------------------------------


def test_a_hold_stops_time_until_it_is_released(ask: Asking) -> None:
    before = now(ask)
    status, hold = ask("POST", "/clock/holds")
    assert status == 201
    wish = {"within": 5, "real": 0.05, "after": ask.last()}
    status, code, message = ask.refused("POST", "/expect", wish)
    assert (status, code) == (503, 20503) and hold["id"] in message
    assert now(ask) == before
    assert ask("DELETE", f"/clock/holds/{hold['id']}") == (204, None)
    assert ask("POST", "/expect", wish)[1]["now"] == before + 5
    assert ask.refused("DELETE", f"/clock/holds/{hold['id']}")[:2] == (404, 20404)


def test_a_hold_says_why_and_ends_by_itself(ask: Asking) -> None:
    before = now(ask)
    hold = ask("POST", "/clock/holds", {"why": "a browser loads", "real": 0.5})[1]["id"]
    assert "a browser loads" in ask.refused("POST", "/expect", {"within": 5, "real": 0.01, "after": ask.last()})[2]
    assert ask("POST", "/clock/advance", {"seconds": 3})[1]["now"] == before + 3
    assert ask.refused("DELETE", f"/clock/holds/{hold}")[:2] == (404, 20404)


@pytest.mark.parametrize("path", ["/clock/advance", "/expect"])
def test_who_went_away_drives_no_further(ask: Asking, path: str) -> None:
    before = now(ask)
    hold = ask("POST", "/clock/holds")[1]["id"]
    wish = {"seconds": 500} if path == "/clock/advance" else {"within": 500, "after": 2**40}
    body = json.dumps(wish).encode()
    with socket.create_connection(ask.where.split(":")) as client:  # type: ignore[arg-type]
        client.sendall(
            b"POST /lab/v1%b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (path.encode(), len(body), body)
        )
        assert now(ask) == before
    ask("GET", "/clock")
    ask("DELETE", f"/clock/holds/{hold}")
    ask("POST", "/clock/advance", {"seconds": 0})
    assert now(ask) == before


def test_who_waits_goes_on_when_the_last_hold_is_released(ask: Asking) -> None:
    before = now(ask)
    holds = [ask("POST", "/clock/holds")[1]["id"] for _ in range(2)]
    told: list[Any] = []
    waiter = threading.Thread(target=lambda: told.append(ask("POST", "/clock/advance", {"seconds": 3})))
    waiter.start()
    for hold in holds:
        assert now(ask) == before and not told
        ask("DELETE", f"/clock/holds/{hold}")
    waiter.join()
    assert told == [(200, {"now": before + 3, "virtual": True})]


# Real time ---------------------------------------------------------------------------------


def test_a_real_clock_is_not_advanced(ask_live: Asking) -> None:
    assert not ask_live("GET", "/clock")[1]["virtual"]
    status, code, message = ask_live.refused("POST", "/clock/advance", {"seconds": 1})
    assert (status, code) == (409, 20409) and "--virtual-time" in message


def test_in_real_time_an_expectation_is_a_long_poll(ask_live: Asking, number: str) -> None:
    ask_live("PUT", f"/phones/{number}", {"ring_after": 0, "answer_after": 0.1})
    before = now(ask_live)
    sid = ask_live.ring(number)
    found = ask_live.expect("PhoneAnswered", subject=sid)
    assert before + 0.1 <= found["at"] <= now(ask_live)
    status, told = ask_live("POST", "/expect", {"match": {"kinds": ["PhoneSaid"], "subject": sid}, "within": 0.05})
    assert (status, told["found"]) == (200, None)


def test_a_hold_is_no_matter_to_a_real_clock(ask_live: Asking) -> None:
    hold = ask_live("POST", "/clock/holds")[1]["id"]
    assert ask_live("POST", "/expect", {"within": 0, "real": 0.05, "after": ask_live.last()})[0] == 200
    assert ask_live("DELETE", f"/clock/holds/{hold}")[0] == 204
