"""A text back for a missed call."""

import pytest

SHOP = "+14155550181"


@pytest.mark.parametrize("answering", ["ring-out", "busy", "unreachable"])
def test_a_missed_caller_gets_a_text_and_may_answer(exchange, running, answering):
    running("missed", SHOP=SHOP)
    shop, caller = exchange.phone(SHOP, answering=answering), exchange.phone("+14155550101")
    caller.call(exchange.numbers[0]).expect_hangup(within=90)
    caller.expect_message("missed your call")
    if answering != "unreachable":
        caller.send(exchange.numbers[0], "Do you have bells?")
        shop.expect_message("from +14155550101: do you have bells?")


def test_who_was_served_gets_none(exchange, running):
    running("missed", SHOP=SHOP)
    shop, caller = exchange.phone(SHOP), exchange.phone("+14155550101")
    call = caller.call(exchange.numbers[0])
    other = shop.expect_call()
    other.answer()
    call.expect_bridge(other)
    other.hang_up()
    call.expect_hangup()
    caller.expect_no_message(within=60)
