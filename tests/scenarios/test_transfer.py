"""A warm transfer through a conference: who hears whom, step by step."""

import urllib.request

FIRST, SECOND = "+14155550151", "+14155550152"


def post(url: str) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, method="POST", data=b"")) as answer:
        assert answer.status == 204


def test_a_caller_is_handed_on(exchange, running):
    app = running("transfer", FIRST=FIRST, SECOND=SECOND, NUMBER=exchange.numbers[0])
    first, second, caller = exchange.phone(FIRST), exchange.phone(SECOND), exchange.phone("+14155550101")
    call = caller.call(exchange.numbers[0])
    call.expect_speech("with you soon")
    room = exchange.conference(call.sid)
    agent = first.expect_call()
    agent.answer()
    room.expect_members("caller", "first")
    room.expect_status("in-progress")
    agent.say("How can I help you?")
    call.expect_speech("help")
    call.say("I would like a refund")
    agent.expect_speech("refund")

    sid = exchange.expect_webhook("/room", StatusCallbackEvent="conference-start")["ConferenceSid"]
    post(app.url(f"/transfer/{sid}"))
    room.expect_held("caller")
    other = second.expect_call()
    other.answer()
    room.expect_members("caller", "first", "second")
    before = list(call.heard)
    agent.say("He wants his money back")
    other.expect_speech("money")
    other.say("Give him to me")
    agent.expect_speech("give him")
    assert [words for words in call.heard[len(before) :] if "money" in words or "give him" in words] == []

    post(app.url(f"/done/{sid}"))
    agent.expect_hangup()
    room.expect_members("caller", "second")
    room.expect_held()
    other.say("You have it back already")
    call.expect_speech("have it back")
    call.hang_up()
    other.expect_hangup()
    exchange.expect_webhook("/room", StatusCallbackEvent="conference-end")
    assert exchange.expect_webhook("/over", call)["DialCallStatus"] == "answered"
    assert exchange.notices == []
