"""A phone tree with a department and a mailbox."""

import io
import wave

import pytest

SALES = "+14155550142"


@pytest.fixture
def office(exchange, running):
    running("ivr", SALES=SALES)
    return exchange.numbers[0]


def test_sales_answers(exchange, office):
    sales, caller = exchange.phone(SALES), exchange.phone("+14155550101")
    call = caller.call(office)
    call.expect_speech("for sales press 1")
    call.press("1")
    other = sales.expect_call()
    other.answer()
    call.expect_bridge(other)
    call.say("What does it cost?")
    other.expect_speech("cost")
    other.hang_up()
    call.expect_hangup()
    assert exchange.notices == []


def test_nobody_is_there_so_a_message_is_left_and_read(exchange, office):
    exchange.phone(SALES, answering="ring-out")
    call = exchange.phone("+14155550101").call(office)
    call.expect_speech("welcome")
    call.press("1")
    call.expect_speech("nobody is there", within=60)
    call.expect_speech("leave a message")
    call.expect_beep()
    call.say("This is Ann. Please call me back as soon as you can.")
    exchange.clock.advance(4)
    call.press("#")
    call.expect_speech("was kept")
    call.expect_hangup()
    recorded = call.expect_recording()
    with wave.open(io.BytesIO(recorded.sound())) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(recorded.seconds, abs=0.5)
    read = exchange.expect_webhook("/transcribed", call)
    assert read["TranscriptionText"] == "This is Ann. Please call me back as soon as you can."
    assert exchange.notices == []


def test_who_presses_nothing_hears_the_menu_again_and_who_errs_too(exchange, office):
    call = exchange.phone("+14155550101").call(office)
    call.expect_speech("welcome")
    call.expect_speech("welcome", within=15)
    call.press("9")
    call.expect_speech("not an option")
    call.expect_speech("welcome")
    call.press("2")
    call.expect_beep()
    call.hang_up()
    assert [one.path for one in exchange.webhooks(call=call) if one.path == "/left"] == []
