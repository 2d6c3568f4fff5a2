"""Masked numbers: calls and texts, both ways."""

RIDER, DRIVER = "+14155550171", "+14155550172"


def test_neither_sees_the_others_number(exchange, running):
    running("masked", RIDE=f"{RIDER} {DRIVER}")
    number = exchange.numbers[0]
    rider, driver = exchange.phone(RIDER), exchange.phone(DRIVER)
    for one, other in ((rider, driver), (driver, rider)):
        call = one.call(number)
        ringing = other.expect_call()
        shown = exchange.lab.get(f"/calls/{ringing.sid}")["other"]
        assert shown == number
        ringing.answer()
        call.expect_bridge(ringing)
        call.say("I am at the corner")
        ringing.expect_speech("corner")
        call.hang_up()
        ringing.expect_hangup()
    rider.send(number, "Two minutes!")
    text = driver.expect_message("two minutes")
    assert text.sender == number


def test_a_stranger_is_told_so(exchange, running):
    running("masked", RIDE=f"{RIDER} {DRIVER}")
    call = exchange.phone("+14155550101").call(exchange.numbers[0])
    call.expect_speech("no ride of yours")
    call.expect_hangup()
