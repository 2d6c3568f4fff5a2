"""voice 2.7.4: telephone numbers in a Dial."""

import pytest

from hoyhoy.exchange.events import PhoneRang
from hoyhoy.exchange.sound import MOST_KEYS

from ...talking import BOB, Wire, callbacks, calls_in, children, dials, heard, notices, read


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        (f'<Number sendDigits="x">{BOB}</Number>', [13222]),
        (f'<Number sendDigits="">{BOB}</Number>', [13222]),
        (f'<Number sendDigits="{"W" * (MOST_KEYS + 1)}">{BOB}</Number>', [13222]),
        (f'<Number sendDigits="{"w1#W" * (MOST_KEYS // 4)}">{BOB}</Number>', []),
        (f'<Number method="PUT">{BOB}</Number>', [13221]),
        (f'<Number statusCallbackMethod="PUT">{BOB}</Number>', [13221]),
        (f'<Number statusCallbackEvent="rang">{BOB}</Number>', [12200]),
        (f'<Number statusCallbackEvent="">{BOB}</Number>', [12200]),
        (f'<Number byoc="BY{"0" * 32}">{BOB}</Number>', [12200]),
        (f"<Number>{BOB}<Say>Hello</Say></Number>", [12200]),
    ],
)
def test_what_is_said_when_it_is_read(inside, codes):
    assert read(f"<Dial>{inside}</Dial>")[1] == codes


async def test_ten_are_called_in_any_form_of_their_numbers(exchange):
    # 2.7.2
    forms = "(415) 555-0300", "415-555-0301", " +1 415 555 0302\n", *(f"+141555503{i:02}" for i in range(3, 12))
    ann = calls_in(exchange, f"<Dial>{''.join(f'<Number>{one}</Number>' for one in forms)}</Dial>")
    await exchange.run(1)
    called = [one["to"] for one in await children(exchange, ann.sid)]
    assert called == [f"+141555503{i:02}" for i in range(10)]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("911", 13223),
        ("ann", 13223),
        ("client:ann", 13223),
        ("+1", 13223),
        ("+4155550123456789", 13223),
        ("+9991234567", 13226),
        ("0021012345678", 13226),
    ],
)
async def test_what_is_no_number(exchange, number, code):
    told = await dials(exchange, f'<Dial action="/over"><Number>{number}</Number></Dial>')
    assert (notices(exchange), told) == ([code], {"DialCallStatus": "failed", "DialBridged": "false"})


async def test_a_number_that_no_line_reaches(exchange):
    exchange.network.reaches = lambda address, account: False
    assert (await dials(exchange, f'<Dial action="/over">{BOB}</Dial>'))["DialCallStatus"] == "failed"
    assert notices(exchange) == [13224]


@pytest.mark.obeys("Number", "sendDigits", "url", "method")
async def test_keys_then_a_document_then_the_caller(exchange):
    # 2.7.4, 2.7.8
    noun = f'<Number sendDigits="wW12#" url="/screen" method="GET">{BOB}</Number>'
    await dials(exchange, f'<Dial action="/over">{noun}</Dial>', screen="<Response><Say>A call</Say></Response>")
    assert heard(exchange, BOB)[:2] == ["wW12#", "A call"]
    (asked,) = [one for one in exchange.app.asked if one.url == "http://app/screen"]
    assert asked.method == "GET"


@pytest.mark.obeys("Number", "statusCallback", "statusCallbackMethod", "statusCallbackEvent")
async def test_who_is_told(exchange):
    noun = (
        '<Number statusCallback="/bob" statusCallbackMethod="GET" statusCallbackEvent="initiated ringing">'
        f"{BOB}</Number>"
    )
    await dials(exchange, f'<Dial action="/over">{noun}</Dial>')
    assert [one["CallStatus"] for one in callbacks(exchange, "/bob")] == ["initiated", "ringing"]
    assert {one.method for one in exchange.callbacks} == {"GET"}


async def test_a_document_that_cannot_be_asked_for(exchange):
    told = await dials(exchange, f'<Dial action="/over"><Number url="ftp://x">{BOB}</Number></Dial>')
    assert (notices(exchange), told["DialCallStatus"]) == ([11100], "failed")
    assert not exchange.events(PhoneRang)


async def test_how_a_line_is_asked(exchange):
    wire = Wire(exchange, "+")
    await dials(exchange, '<Dial action="/over">415-555-0200</Dial>')
    (asked,) = wire.dialled
    assert (asked.address, asked.called, asked.parameters) == (BOB, BOB, ())
