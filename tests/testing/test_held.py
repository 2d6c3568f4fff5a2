"""testing/held.py: an exchange in a test's hand."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from hoyhoy.lab.client import LabError
from hoyhoy.testing.held import HeldExchange
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.log import NotHeard
from hoyhoy.testing.phones import Phone


@pytest.fixture
def held(led: LocalExchange) -> HeldExchange:
    """All it takes is the address."""
    return HeldExchange(led.url)


def test_it_is_held_by_its_address(led: LocalExchange, held: HeldExchange) -> None:
    phone = held.phone("+14155550188")
    Client().messages.create(to=phone.number, from_=led.numbers[0], body="Hello")
    assert phone.expect_message() == "Hello"


def test_the_clock(held: HeldExchange) -> None:
    began = held.clock.now
    held.clock.advance(30)
    held.advance(5)
    assert held.clock.now - began == pytest.approx(35) and held.clock.is_virtual
    with held.clock.held("a page loads"):
        (hold,) = held.lab.get("/clock/holds")["holds"]
        assert hold["why"] == "a page loads"
    assert held.lab.get("/clock/holds")["holds"] == []


def test_notices_since_it_was_taken_into_the_hand(led: LocalExchange, held: HeldExchange, phone: Phone) -> None:
    document = "<Response><Say colour='red'>Hi</Say><Dance/></Response>"
    Client().calls.create(to=phone.number, from_=led.numbers[0], twiml=document)
    call = phone.expect_call()
    call.answer()
    first, second = held.expect_notice(12200), held.expect_notice(12200)
    assert first.level == second.level == "warning" and first.message != second.message
    assert first.subject == call.sid and str(first).startswith("WARNING 12200: ")
    call.expect_hangup()
    assert held.unexpected("warning") == held.unexpected() == []
    with pytest.raises(NotHeard, match=r"Expected a notice 11200 (.|\n)*WARNING 12200: "):
        held.expect_notice(11200, within=5)
    assert HeldExchange(led.url).notices == []


def test_what_was_not_expected(led: LocalExchange, held: HeldExchange, phone: Phone) -> None:
    Client().calls.create(to=phone.number, from_=led.numbers[0], url="http://127.0.0.1:1/nobody")
    call = phone.expect_call()
    call.answer()
    call.expect_hangup()
    assert [one.code for one in held.unexpected()] == [one.code for one in held.notices] == [11205]
    held.allow(11205)
    assert held.unexpected("warning") == []


def test_recordings_of_all_calls(held: HeldExchange) -> None:
    assert isinstance(held.recordings(), list)


def test_nobody_there() -> None:
    with pytest.raises(LabError, match="No exchange answers"):
        HeldExchange("http://127.0.0.1:1")


def test_a_client_is_a_phone_too(led: LocalExchange, held: HeldExchange) -> None:
    ada = held.phone("client:ada")
    Client().calls.create(to="client:ada", from_=led.numbers[0], twiml="<Response><Say>Hello Ada</Say></Response>")
    call = ada.expect_call()
    call.answer()
    call.expect_speech("Ada")
