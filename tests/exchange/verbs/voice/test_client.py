"""voice 2.7.1, 2.7.5, 14: clients in a Dial, on the simulated network."""

import pytest

from hoyhoy.exchange.events import CallBridged, CallMoved, Noticed, PhoneRang
from hoyhoy.exchange.facilities import Rules
from hoyhoy.exchange.leg import Cause

from ...talking import ANN, BOB, callbacks, calls_in, children, dials, heard, notices, read, result
from ...world import NUMBER, world

ALICE = "client:alice"


async def test_a_client_is_called(exchange):
    exchange.phone(ALICE, {"hear": "hello", "say": "Who is there?"}, {"wait": 3, "hang_up": True})
    ann = calls_in(exchange, '<Dial action="/over"><Client>alice</Client></Dial>')
    await exchange.until(CallBridged)
    exchange.clock.spawn(exchange.network.phone(ANN).say(ann.leg, "Hello"), "says")
    await exchange.run(60)
    (alice,) = await children(exchange, ann.sid)
    assert alice | {"to": ALICE, "from": ANN, "status": "completed", "usage_category": alice["usage_category"]} == alice
    assert result(exchange)["DialCallStatus"] == "completed"
    assert heard(exchange, ALICE) == ["Hello"] and heard(exchange, ANN)[0] == "Who is there?"


@pytest.mark.obeys("Parameter", "name", "value")
async def test_it_hears_of_custom_parameters(exchange):
    exchange.phone(ALICE, answering="busy")
    inside = '<Identity>alice</Identity><Parameter name="order" value="12 &amp; 3"/><Parameter name="vip" value="yes"/>'
    calls_in(exchange, f"<Dial><Client>{inside}</Client></Dial>")
    await exchange.run(30)
    (call,) = exchange.network.phone(ALICE).calls
    assert call.parameters == (("order", "12 & 3"), ("vip", "yes"))


async def test_parameters_beyond_their_limit_are_left_out(exchange):
    exchange.phone(ALICE, answering="busy")
    inside = "".join(f'<Parameter name="p{n}" value="{"ä" * 199}"/>' for n in range(3))
    calls_in(exchange, f"<Dial><Client>alice{inside}</Client></Dial>")
    await exchange.run(30)
    (call,) = exchange.network.phone(ALICE).calls
    assert [name for name, _ in call.parameters] == ["p0", "p1"] and notices(exchange) == [12200]


async def test_nobody_of_that_name_is_there(exchange):
    # 2.7.5: at once
    ann = calls_in(exchange, '<Dial action="/over"><Client statusCallback="/alice">alice</Client></Dial>')
    await exchange.run(0.5)
    (alice,) = await children(exchange, ann.sid)
    assert alice["status"] == "no-answer" and alice["start_time"] == alice["end_time"]
    assert result(exchange) == {"DialCallStatus": "no-answer", "DialCallSid": alice["sid"], "DialBridged": "false"}
    assert [one["CallStatus"] for one in callbacks(exchange, "/alice")] == ["no-answer"]
    (notice,) = exchange.events(Noticed)
    assert notice.code == 32009 and "client:alice is not registered" in notice.message


async def test_how_long_ago_it_was_told_that_nobody_is_there():
    async with world(rules=Rules(absent_client=Cause.FAILED)) as exchange:
        calls_in(exchange, '<Dial action="/over"><Client>alice</Client></Dial>')
        await exchange.run(1)
        assert result(exchange)["DialCallStatus"] == "failed"


async def test_who_is_switched_off_is_not_there(exchange):
    exchange.phone(ALICE, answering="unreachable")
    told = await dials(exchange, '<Dial action="/over"><Client>alice</Client></Dial>')
    assert (told["DialCallStatus"], notices(exchange)) == ("no-answer", [32009])


async def test_the_others_ring_all_the_same(exchange):
    # 2.7.2
    nouns = f"<Client>nobody</Client><Client>alice</Client><Number>{BOB}</Number>"
    exchange.phone(ALICE, {"wait": 5, "hang_up": True})
    calls_in(exchange, f'<Dial action="/over">{nouns}</Dial>')
    exchange.phone(BOB, answering="ring-out")
    await exchange.run(60)
    assert [one.phone for one in exchange.events(PhoneRang)] == [ALICE, BOB]
    assert result(exchange)["DialCallStatus"] == "completed"


async def test_a_client_in_several_calls(exchange):
    exchange.phone(ALICE, answering="manual")
    exchange.place(to=ALICE)
    calls_in(exchange, "<Dial><Client>alice</Client></Dial>")
    await exchange.run(2)
    assert len({call.sid for call in exchange.network.phone(ALICE).calls if call.leg}) == 2


@pytest.mark.obeys("Client", "url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent")
async def test_a_document_of_its_own_and_who_is_told(exchange):
    # 2.7.8, 3.2
    noun = (
        '<Client url="/screen" method="GET" statusCallback="/alice" statusCallbackMethod="GET" '
        'statusCallbackEvent="initiated ringing answered completed">alice</Client>'
    )
    exchange.phone(ALICE, {"hear": "connected", "wait": 4, "hang_up": True})
    screen = "<Response><Say>You are being connected</Say></Response>"
    calls_in(exchange, f'<Dial action="/over">{noun}</Dial>', screen=screen)
    await exchange.run(60)
    (asked,) = [one for one in exchange.app.asked if one.url == "http://app/screen"]
    assert (asked.method, dict(asked.params)["To"]) == ("GET", ALICE)
    told = [one["CallStatus"] for one in callbacks(exchange, "/alice")]
    assert told == ["initiated", "ringing", "in-progress", "completed"]
    assert {one.method for one in exchange.callbacks} == {"GET"}


@pytest.mark.obeys("Client", "clientNotificationUrl")
async def test_nothing_is_sent_to_sleeping_devices(exchange):
    # 2.7.5: what it is told is nowhere written
    exchange.phone(ALICE, answering="busy")
    nouns = [f'<Client clientNotificationUrl="{url}">alice</Client>' for url in ("/wake", "ftp://wake")]
    calls_in(exchange, f"<Dial>{nouns[0]}</Dial><Dial>{nouns[1]}</Dial>")
    await exchange.run(30)
    assert notices(exchange) == [12200, 13806] and len(exchange.events(PhoneRang)) == 2


@pytest.mark.parametrize("name", ["", "a b", "a" * 257, "a&lt;b", "a&#9;b", "a?b"])
async def test_what_is_no_name(exchange, name):
    # 14.1
    told = await dials(exchange, f'<Dial action="/over"><Client><Identity>{name}</Identity>.</Client></Dial>')
    assert notices(exchange) == [31105] and told == {"DialCallStatus": "failed", "DialBridged": "false"}


@pytest.mark.parametrize("name", ["a" * 256, "ann@example.com", "+14155550123", "Ærø_1.2-3"])
async def test_what_is_a_name(exchange, name):
    exchange.phone(f"client:{name}")
    told = await dials(exchange, f'<Dial action="/over" timeLimit="1"><Client>{name}</Client></Dial>')
    assert told["DialCallStatus"] == "completed"


SHOWN = {
    "": ANN,
    f'callerId="{NUMBER}"': NUMBER,
    'callerId="client:bob"': "client:bob",
    'callerId="bob"': "bob",
    'callerId="client:b b"': None,
    'callerId="client:"': None,
    'callerId="+14155550888"': None,
}


async def test_what_a_client_is_shown():
    # 2.7.1
    async with world(rules=Rules(strict=True)) as exchange:
        exchange.phone(ALICE, answering="busy")
        calls_in(exchange, "".join(f"<Dial {caller_id}><Client>alice</Client></Dial>" for caller_id in SHOWN))
        await exchange.run(30)
        assert [event.caller for event in exchange.events(PhoneRang)] == [shown for shown in SHOWN.values() if shown]
        assert notices(exchange) == [13214] * list(SHOWN.values()).count(None)


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        ('<Client method="PUT">a</Client>', [12200]),
        ('<Client statusCallbackEvent="rang">a</Client>', [12200]),
        ("<Client>a<Parameter value='1'/></Client>", [12200]),
        ("<Client>a<Say>b</Say></Client>", [12200]),
    ],
)
def test_what_is_said_when_it_is_read(inside, codes):
    assert read(f"<Dial>{inside}</Dial>")[1] == codes


# Over REST ---------------------------------------------------------------------------------------


async def test_a_client_is_called_over_rest(exchange):
    exchange.phone(ALICE)
    sid = exchange.place(to=f"{ALICE}?order=7&vip=a%20b", twiml="<Response><Say>Hello Alice</Say></Response>")
    await exchange.run(30)
    (call,) = exchange.network.phone(ALICE).calls
    assert (call.sid, call.parameters, heard(exchange, ALICE)) == (
        sid,
        (("order", "7"), ("vip", "a b")),
        ["Hello Alice"],
    )
    assert (await exchange.row("calls", sid))["status"] == "completed"


async def test_nobody_is_there_over_rest(exchange):
    sid = exchange.place(to=ALICE, twiml="<Response/>")
    await exchange.run(30)
    assert (await exchange.row("calls", sid))["status"] == "no-answer" and notices(exchange) == [32009]
    assert exchange.events(CallMoved, sid)[-1].cause == "no-answer"
