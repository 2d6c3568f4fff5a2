"""Find me: several telephones at once."""

PHONES = "+14155550131", "+14155550132", "+14155550133"


def test_who_answers_first_talks_and_the_others_stop_ringing(exchange, running):
    running("findme", PHONES=" ".join(PHONES))
    desk, home, mobile = map(exchange.phone, PHONES)
    call = exchange.phone("+14155550101").call(exchange.numbers[0])
    calls = [phone.expect_call() for phone in (desk, home, mobile)]
    calls[1].answer()
    call.expect_bridge(calls[1])
    assert [one.expect_hangup() for one in (calls[0], calls[2])] == ["canceled"] * 2
    call.say("Found you")
    calls[1].expect_speech("found you")
    calls[1].hang_up()
    call.expect_hangup()
    for one, last in zip(calls, ("canceled", "completed", "canceled"), strict=True):
        exchange.expect_webhook("/told", one, CallStatus=last)
        told = [asked["CallStatus"] for asked in exchange.webhooks("/told", one)]
        assert told[0] == "initiated" and told[-1] == last, told


def test_nobody_is_found(exchange, running):
    running("findme", PHONES=" ".join(PHONES))
    for number, answering in zip(PHONES, ("busy", "ring-out", "unreachable"), strict=True):
        exchange.phone(number, answering=answering)
    call = exchange.phone("+14155550101").call(exchange.numbers[0])
    call.expect_speech("nobody could be found", within=60)
    call.expect_hangup()
