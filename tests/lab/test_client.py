"""The lab's client in Python: what it asks, and what it makes of refusals and of silence."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hoyhoy.lab.client import Lab, LabError, Unreachable
from hoyhoy.testing.local import LocalExchange


@pytest.fixture
def lab(standing: LocalExchange) -> Lab:
    return Lab(standing.url)


def test_it_asks_and_tells(lab: Lab, number: str) -> None:
    path = lab.phone(number)
    assert lab.put(path, answering="busy")["behaviour"]["answering"] == "busy"
    assert lab.get(path)["number"] == number
    assert lab.post("/clock/advance", seconds=0)["virtual"]
    hold = lab.post("/clock/holds")["id"]
    assert lab.request("DELETE", f"/clock/holds/{hold}") is None


@pytest.mark.parametrize("written", ["+14155550123", "(415) 555-0123", "+1 415/555?0123#"])
def test_numbers_become_paths(lab: Lab, written: str) -> None:
    assert set(lab.phone(written).removeprefix("/phones/")) & set(" /?#") == set()


def test_a_refusal_is_an_error_with_the_labs_words(lab: Lab) -> None:
    with pytest.raises(LabError, match="No virtual phone takes part") as refusal:
        lab.get("/calls/CA1")
    assert refusal.value.status == 404


def test_expectations(lab: Lab, number: str, standing: LocalExchange) -> None:
    after = lab.position()
    sid = lab.post(lab.phone(number) + "/messages", to=standing.numbers[0], body="Hi")["sid"]
    found = lab.expect({"kinds": ["PhoneSentMessage"], "subject": sid}, after=after, within=5)
    assert found and found["event"]["body"] == "Hi" and found["position"] > after
    assert lab.expect({"kinds": ["PhoneRang"], "subject": sid}, after=after, within=1e9) is None


def test_it_is_as_patient_as_the_expectation(live: LocalExchange) -> None:
    """In real time an expectation takes as long as it says, whatever the patience for other answers."""
    assert Lab(live.url, patience=0.2).expect({"subject": "nobody"}, after=0, within=0.5) is None


def test_the_log_as_it_happens(lab: Lab, number: str, standing: LocalExchange) -> None:
    after = lab.position()
    sid = lab.post(lab.phone(number) + "/messages", to=standing.numbers[0], body="Hi")["sid"]
    events = lab.events(after, subject=sid, kind="MessageCreated,PhoneSentMessage")
    assert [next(events)["kind"] for _ in range(2)] == ["MessageCreated", "PhoneSentMessage"]
    events.close()
    with pytest.raises(LabError, match="no event 'PhoneHerd'"):
        next(lab.events(0, kind="PhoneHerd"))


# Nobody, and strangers -----------------------------------------------------------------------


@contextmanager
def stranger(answer: bytes) -> Iterator[str]:
    """Somebody who says `answer` and leaves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def live() -> None:
            with listener.accept()[0] as wire:
                wire.recv(65536)
                wire.sendall(answer)

        thread = threading.Thread(target=live)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(Unreachable, match=f"No exchange answers at {url} .*`hoyhoy serve` starts one"):
        Lab(url).get("/health")
    with pytest.raises(Unreachable):
        next(Lab(url).events(0))


@pytest.mark.parametrize("answer", [b"", b"HTT", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"])
def test_somebody_leaves_in_the_middle(answer: bytes) -> None:
    with stranger(answer) as url, pytest.raises(Unreachable):
        Lab(url).get("/health")


def test_an_exchange_dies_while_its_log_is_followed() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    with stranger(head + b'e\r\ndata: {"a":1}\n\r\n5\r\nda') as url:
        events = Lab(url).events(0)
        assert next(events) == {"a": 1}
        with pytest.raises(Unreachable):
            next(events)


def test_nobody_answers_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Unreachable, match="timed out"):
            Lab(url, patience=0.05).get("/health")


def test_an_answer_that_is_not_the_labs() -> None:
    page = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<h1>Oops</h1>"
    with stranger(page) as url, pytest.raises(LabError, match="<h1>Oops</h1>") as refusal:
        Lab(url).get("/health")
    assert refusal.value.status == 502
