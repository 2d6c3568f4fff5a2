"""testing/log.py: waiting for what comes next. What a failed expectation says is tested in test_phones.py."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from hoyhoy.testing.local import LocalExchange
from hoyhoy.testing.log import Log, NotHeard, first, pages, text_of
from hoyhoy.testing.phones import Phone


def test_what_does_not_fit_is_passed_over_within_one_time(led: LocalExchange, phone: Phone) -> None:
    document = "<Response><Say>One</Say><Pause length='20'/><Say>Two</Say><Pause length='90'/></Response>"
    Client().calls.create(to=phone.number, from_=led.numbers[0], twiml=document)
    call = phone.expect_call()
    call.answer()
    after, began = led.lab.position(), led.clock.now
    match = {"kinds": ["PhoneHeard"], "subject": call.sid}
    assert first(led.lab, match, after, 25, lambda one: False) is None
    assert led.clock.now - began == pytest.approx(25)
    found = first(led.lab, match, after, 25, lambda one: text_of(one) == "Two")
    assert found and found["at"] < led.clock.now
    call.hang_up()


def test_all_pages_are_read(led: LocalExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hoyhoy.testing.log.LONGEST_PAGE", 3)
    client = Client()
    for _ in range(5):
        client.messages.create(to="+14155550177", from_=led.numbers[0], body="x")
    assert len(pages(led.lab, kind="MessageCreated")) >= 5


def test_a_long_story_is_cut_at_its_beginning(
    led: LocalExchange, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hoyhoy.testing.log.MOST_LINES", 2)
    Client().calls.create(to=phone.number, from_=led.numbers[0], twiml="<Response><Say>Hi</Say></Response>")
    call = phone.expect_call()
    call.decline()
    call.expect_hangup()
    first_line, *rest = call.story.splitlines()
    assert first_line.endswith("lines before)") and len(rest) == 2


def test_nothing_is_expected_of_a_log_without_time(led: LocalExchange) -> None:
    with pytest.raises(NotHeard, match="Expected a notice within 0 s"):
        Log(led.lab, led.lab.position()).expect(("Noticed",), 0)
