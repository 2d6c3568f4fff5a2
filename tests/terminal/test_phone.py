"""A virtual phone in the terminal: it obeys what is typed and tells what it hears."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import click
import pytest

from hoyhoy.exchange.events import Event
from hoyhoy.lab.client import Lab, LabError
from hoyhoy.terminal.phone import PHONE_KINDS, TerminalPhone, place_call, send_text
from hoyhoy.testing.local import LocalExchange
from tests.lab.conftest import Asking

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def standing() -> Iterator[LocalExchange]:
    with LocalExchange() as exchange:
        yield exchange


@pytest.fixture
def ask(standing: LocalExchange) -> Asking:
    return Asking(standing)


@pytest.fixture
def number() -> str:
    return f"+1415558{next(_numbers):04d}"


class Terminal:
    """Somebody who types a line as soon as they have read what they waited for."""

    def __init__(self, lab: Lab, number: str) -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.read: list[str] = []
        self.phone = TerminalPhone(lab, number, lambda line: self.lines.put(click.unstyle(line)))

    def wait(self, words: str) -> str:
        while True:
            line = self.lines.get(timeout=30)
            self.read.append(line)
            if words in line:
                return line


def test_a_call_by_hand(standing: LocalExchange, ask: Asking, number: str) -> None:
    terminal = Terminal(standing.lab, number)

    def typed() -> Iterator[str]:
        terminal.wait(f"This is {number}")
        yield "answer"
        terminal.wait("There is no call")
        document = "<Say>Two keys, please.</Say><Pause length='5'/><Say>Thanks.</Say><Pause length='60'/>"
        sid = ask.ring(number, document)
        ask.expect("PhoneRang", subject=sid)
        terminal.wait("rings, showing")
        yield "answer"
        ask.expect("PhoneHeard", subject=sid)
        terminal.wait('hears "Two keys, please."')
        yield "1 2"
        terminal.wait("presses 12")
        after = ask.last()
        ask.expect("PhoneHeard", subject=sid, after=after)
        terminal.wait('hears "Thanks."')
        yield "say Good night"
        terminal.wait('says "Good night"')
        yield "hum a song"
        terminal.wait("keys are 0-9")
        yield "hang up"
        terminal.wait("hung up by the phone")
        yield "1"
        terminal.wait("There is no call")
        yield ""
        yield "?"
        terminal.wait("answer · decline")
        yield "quit"
        raise AssertionError("it goes on after quit")

    terminal.phone.live(typed())


def test_it_declines(standing: LocalExchange, ask: Asking, number: str) -> None:
    terminal = Terminal(standing.lab, number)

    def typed() -> Iterator[str]:
        sid = ask.ring(number)
        ask.expect("PhoneRang", subject=sid)
        terminal.wait("rings, showing")
        yield "decline"
        assert terminal.wait("hung up by the phone (rejected)")

    terminal.phone.live(typed())


def test_it_calls_and_writes(standing: LocalExchange, ask: Asking, number: str) -> None:
    terminal, ours = Terminal(standing.lab, number), standing.numbers[0]

    def typed() -> Iterator[str]:
        yield f"call {ours}"
        terminal.wait("phone hears")
        yield "hang up"
        terminal.wait("hung up by the phone")
        yield f"text {ours} Hello there"
        terminal.wait('writes "Hello there"')
        ask.expect("PhoneGotMessage", where={"phone": number})
        terminal.wait('reads "')
        yield "call +14155559999"
        terminal.wait("+14155559999 is not a number of this exchange")

    terminal.phone.live(typed())


def test_other_phones_are_not_its_business(standing: LocalExchange, number: str) -> None:
    told: list[str] = []
    phone = TerminalPhone(standing.lab, number, told.append)
    event: dict[str, Any] = {"phone": "+1999", "caller": "+1"}
    phone.hear({"kind": "PhoneRang", "subject": "CA1", "event": event})
    assert (told, phone.call) == ([], "")
    phone.hear({"kind": "PhoneRang", "subject": "CA1", "event": event | {"phone": number}})
    assert (len(told), phone.call) == (1, "CA1")


def test_afterwards_it_acts_by_itself_again(standing: LocalExchange, ask: Asking, number: str) -> None:
    ask("PUT", f"/phones/{number}", {"answer_after": 7})
    terminal = Terminal(standing.lab, number)

    def typed() -> Iterator[str]:
        assert ask("GET", f"/phones/{number}")[1]["behaviour"]["answering"] == "manual"
        yield "quit"

    terminal.phone.live(typed())
    behaviour = ask("GET", f"/phones/{number}")[1]["behaviour"]
    assert (behaviour["answering"], behaviour["answer_after"]) == ("answer", 7)


def test_the_exchange_stops_meanwhile(number: str) -> None:
    with ExitStack() as stack:
        exchange = stack.enter_context(LocalExchange())
        terminal = Terminal(exchange.lab, number)

        def typed() -> Iterator[str]:
            ask = Asking(exchange)
            ask.expect("PhoneRang", subject=ask.ring(number))
            terminal.wait("rings, showing")  # by now it listens
            stack.close()
            terminal.wait("has stopped")
            yield f"call {number}"
            terminal.wait("No exchange answers")

        terminal.phone.live(typed())


def test_every_event_of_a_phone_is_listened_to() -> None:
    assert set(PHONE_KINDS) == {name for name in Event.kinds if name.startswith("Phone")}
    assert all("phone" in Event.kinds[name].__dataclass_fields__ for name in PHONE_KINDS)


def test_the_number_may_be_typed_as_people_write_it(standing: LocalExchange, ask: Asking, number: str) -> None:
    typed_number = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    terminal = Terminal(standing.lab, typed_number)

    def typed() -> Iterator[str]:
        terminal.wait(f"This is {number}")
        sid = ask.ring(number)
        ask.expect("PhoneRang", subject=sid)
        terminal.wait("rings, showing")
        yield "decline"

    terminal.phone.live(typed())
    told: list[str] = []
    send_text(standing.lab, typed_number, standing.numbers[0], "Hello", told.append)
    assert f'phone {number} reads "' in "\n".join(told)


# One call, one text ------------------------------------------------------------------------


def test_hoyhoy_call(standing: LocalExchange, ask: Asking, number: str) -> None:
    """In virtual time as well: nobody else drives the clock here."""
    ask("PUT", f"/phones/{number}", {"greeting": "kept"})
    told: list[str] = []
    place_call(standing.lab, number, standing.numbers[0], "5", told.append)
    story = "\n".join(told)
    assert f"call inbound from {number} to {standing.numbers[0]}" in told[0]
    assert "phone hears" in story and "phone presses 5" in story
    assert "completed after" in told[-1] or "told" in told[-1]
    behaviour = ask("GET", f"/phones/{number}")[1]["behaviour"]
    assert (behaviour["script"], behaviour["greeting"]) == ([], "kept")
    with pytest.raises(LabError, match="is not a number of this exchange"):
        place_call(standing.lab, number, "+14155559999", "", told.append)


def test_hoyhoy_sms(standing: LocalExchange, number: str) -> None:
    told: list[str] = []
    send_text(standing.lab, number, standing.numbers[0], "Hello", told.append)
    story = "\n".join(told)
    assert f'phone {number} writes "Hello"' in story
    assert f'phone {number} reads "' in story
