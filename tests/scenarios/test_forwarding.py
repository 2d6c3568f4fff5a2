"""Call forwarding with a whisper and screening."""

import pytest

OWNER = "+14155550142"


@pytest.fixture
def number(exchange, running):
    running("forwarding", OWNER=OWNER)
    return exchange.numbers[0]


def test_the_owner_hears_who_calls_and_takes_the_call(exchange, number):
    owner, caller = exchange.phone(OWNER), exchange.phone("+14155550101")
    call = caller.call(number)
    other = owner.expect_call()
    other.answer()
    other.expect_speech("call from 0 1 0 1")
    assert call.heard == []
    other.press("1")
    call.expect_bridge(other)
    call.say("It worked!")
    other.expect_speech("worked")
    call.hang_up()
    other.expect_hangup()
    asked = exchange.expect_webhook("/whisper")
    assert asked["CallSid"] == other.sid and asked["ParentCallSid"] == call.sid


@pytest.mark.parametrize("key", ["2", ""])
def test_the_owner_does_not_take_it(exchange, number, key):
    owner, caller = exchange.phone(OWNER), exchange.phone("+14155550101")
    call = caller.call(number)
    other = owner.expect_call()
    other.answer()
    other.expect_speech("press 1")
    if key:
        other.press(key)
    other.expect_hangup()
    call.expect_speech("not available")
    call.expect_hangup()
    assert exchange.expect_webhook("/forwarded")["DialCallStatus"] == "completed"


def test_a_mailbox_that_answers_is_not_put_through(exchange, number):
    exchange.phone(OWNER, answering="voicemail")
    call = exchange.phone("+14155550101").call(number)
    call.expect_speech("not available", within=90)
    assert "tone" not in " ".join(call.heard)
