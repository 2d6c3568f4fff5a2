"""What goes wrong in a sign-up, on the driven clock: the real example app, led here as a program of its own.

The story that goes well, and two of these in real time and in Chromium, are in test_signup_browser.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hoyhoy.intercept.address import Keys, set_webhooks
from hoyhoy.terminal.demo import Browser, running_app
from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.phones import PhoneCall

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def exchange() -> Iterator[LocalExchange]:
    with LocalExchange() as running:
        yield running


@pytest.fixture(scope="module")
def port(exchange: LocalExchange) -> Iterator[int]:
    with running_app(exchange) as port:
        keys = Keys.read(exchange.folder)
        assert keys
        set_webhooks(keys, sms=f"http://localhost:{port}/sms")
        yield port


@pytest.fixture
def browser(port: int, request: pytest.FixtureRequest) -> Browser:
    return Browser(port, user_name=f"user{abs(hash(request.node.name)) % 10**8}")


def asked(exchange: LocalExchange, browser: Browser, number: str) -> tuple[PhoneCall, str]:
    """A sign-up whose phone was answered and heard the question; the call and the code on the page."""
    phone = exchange.phone(number)
    code = browser.sign_up(number)
    call = phone.expect_call(within=10)
    call.answer()
    call.expect_speech("passcode", within=20)
    return call, code


def wrong(code: str) -> str:
    return "".join(str((int(digit) + 1) % 10) for digit in code)


@pytest.mark.parametrize(
    ("answering", "status", "state"),
    [("busy", "busy", "busy"), ("decline", "busy", "busy"), ("unreachable", "failed", "failed"),
     ("ring-out", "no-answer", "no-answer")],
)  # fmt: skip
def test_a_phone_that_is_not_answered(exchange, browser, answering, status, state):
    number = {"busy": "+14155551001", "decline": "+14155551002", "unreachable": "+14155551003"}.get(
        answering, "+14155551004")  # fmt: skip
    exchange.phone(number).behave(answering=answering)
    after = exchange.lab.position()
    browser.sign_up(number)
    match = {"kinds": ["CallMoved"], "where": {"status": status}}
    assert exchange.lab.expect(match, after=after, within=120)
    assert browser.outcome() == state


def test_three_wrong_codes(exchange, browser):
    call, code = asked(exchange, browser, "+14155551005")
    for _ in range(2):
        call.press(wrong(code))
        call.expect_speech("not the code", within=20)
    call.press(wrong(code))
    call.expect_hangup(within=60)
    assert browser.outcome() == "wrong-code"


def test_a_wrong_code_and_then_the_right_one(exchange, browser):
    call, code = asked(exchange, browser, "+14155551006")
    call.press(wrong(code))
    call.expect_speech("not the code", within=20)
    call.press("ww" + code)
    call.expect_hangup(within=60)
    assert browser.outcome() == "confirmed"


def test_a_hang_up_half_way(exchange, browser):
    call, code = asked(exchange, browser, "+14155551007")
    call.press(code[:3])
    exchange.advance(1)
    call.hang_up()
    call.expect_status("completed")
    assert browser.outcome() == "hung-up"


def test_silence(exchange, browser):
    call, _ = asked(exchange, browser, "+14155551008")
    call.expect_hangup(within=120)
    assert browser.outcome() == "no-code"


def test_a_text_instead_of_a_call(exchange, browser):
    number = "+14155551009"
    exchange.phone(number).behave(answering="busy")
    after = exchange.lab.position()
    browser.sign_up(number)
    assert exchange.lab.expect({"kinds": ["CallMoved"], "where": {"status": "busy"}}, after=after, within=60)
    assert browser.outcome() == "busy"
    phone = exchange.phone(number)
    code = browser.again("text")
    phone.expect_message(within=30)
    phone.send(exchange.numbers[0], code)
    assert browser.outcome() == "confirmed"


def test_an_impossible_number_is_said_at_the_field(browser):
    page = browser.post("/signup", {**browser.hidden("/"), "user_name": "somebody", "password": "difference engine",
                                    "phone": "+1 415"})  # fmt: skip
    assert "country code" in page or "not a" in page


def test_too_many_calls_to_one_number(exchange, port):
    number = "+14155551010"
    exchange.phone(number).behave(answering="busy")
    for turn in range(5):
        after = exchange.lab.position()
        browser = Browser(port, user_name=f"eager{turn}")
        browser.sign_up(number)
        assert exchange.lab.expect({"kinds": ["CallMoved"], "where": {"status": "busy"}}, after=after, within=60)
        assert browser.outcome() == "busy"
    last = Browser(port, user_name="eager9")
    page = last.post("/signup", {**last.hidden("/"), "user_name": "eager9", "password": "difference engine",
                                 "phone": number})  # fmt: skip
    assert "a lot of calls" in page
