"""A call-centre's queue: three callers, two agents, places announced, nobody overtaken."""

AGENTS = "+14155550161", "+14155550162"


def test_two_agents_serve_three_callers_in_their_order(exchange, running):
    running("callcentre", AGENTS=" ".join(AGENTS))
    number, line = exchange.numbers[0], exchange.queue("support")
    agents = [exchange.phone(agent) for agent in AGENTS]
    phones = [exchange.phone(f"+1415555010{i}") for i in range(3)]
    calls = []
    for place, phone in enumerate(phones):
        calls.append(phone.call(number))
        calls[-1].expect_speech("you are next" if not place else f"are {place} callers ahead")
    line.expect_waiting(*phones)

    first = agents[0].call(number)
    calls[0].expect_speech("being connected")
    calls[0].expect_bridge(first)
    line.expect_waiting(*phones[1:])
    first.say("What can I do for you?")
    calls[0].expect_speech("do for you")
    calls[1].expect_speech("you are next", within=30)

    second = agents[1].call(number)
    calls[1].expect_bridge(second)
    calls[1].hang_up()
    second.expect_speech("call over")
    second.expect_hangup()

    first.hang_up()
    calls[0].expect_speech("thank you for calling")
    calls[0].expect_hangup()

    again = agents[0].call(number)
    calls[2].expect_bridge(again)
    line.expect_waiting()
    calls[2].hang_up()
    again.expect_hangup()
    results = [exchange.expect_webhook("/served", call)["QueueResult"] for call in calls]
    assert results == ["bridged"] * 3
    assert exchange.notices == []


def test_an_agent_with_nobody_to_serve_and_a_caller_with_no_patience(exchange, running):
    running("callcentre", AGENTS=" ".join(AGENTS))
    number = exchange.numbers[0]
    call = exchange.phone("+14155550101").call(number)
    call.expect_speech("you are next")
    call.hang_up()
    assert exchange.expect_webhook("/served", call)["QueueResult"] == "hangup"
    agent = exchange.phone(AGENTS[0]).call(number)
    agent.expect_speech("call over", within=60)
    agent.expect_hangup()
