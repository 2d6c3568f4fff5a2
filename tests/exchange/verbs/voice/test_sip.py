"""voice 2.7.5: addresses of SIP, what goes with them, several places of one noun."""

from urllib.parse import parse_qsl

import pytest

from hoyhoy.exchange.events import CallCreated

from ...talking import ANN, BOB, Wire, callbacks, calls_in, dials, notices, read

ADDRESSES = {
    "<Dial><Sip>kate@example.com</Sip></Dial>": ("sip:kate@example.com", "sip:kate@example.com", ANN),
    "<Dial><Sip>sips:kate@example.com;transport=tcp</Sip></Dial>": (
        "sips:kate@example.com;transport=tcp",
        "sips:kate@example.com;transport=tcp",
        ANN,
    ),
    "<Dial><Sip>sip:kate@example.com?x-a=1&amp;x-b=2</Sip></Dial>": (
        "sip:kate@example.com?x-a=1&x-b=2",
        "sip:kate@example.com",
        ANN,
    ),
    '<Dial callerId="ann.b_c-1"><Sip>sip:kate@example.com</Sip></Dial>': (
        "sip:kate@example.com",
        "sip:kate@example.com",
        "ann.b_c-1",
    ),
}


@pytest.fixture
def wire(exchange):
    return Wire(exchange, "sip:", "sips:")


async def test_addresses(exchange, wire):
    calls_in(exchange, "".join(ADDRESSES))
    exchange.phone(BOB, answering="busy")
    await exchange.run(30)
    called = [one.called for one in exchange.events(CallCreated) if one.direction == "outbound-dial"]
    dialled = [(one.address, to, one.caller) for one, to in zip(wire.dialled, called, strict=True)]
    assert dialled == list(ADDRESSES.values()) and {one.hops for one in wire.dialled} == {1}


@pytest.mark.obeys("Sip", "username", "password")
async def test_credentials(exchange, wire):
    noun = '<Sip username="u" password="secret">kate@example.com</Sip>'
    told = await dials(exchange, f'<Dial action="/over">{noun}</Dial>')
    (asked,) = wire.dialled
    assert (asked.username, asked.password, told["DialCallStatus"]) == ("u", "secret", "completed")
    assert "secret" not in repr(asked)


async def test_what_cannot_be_shown(exchange, wire):
    shown = "a b", "a@b", "a" * 256
    calls_in(exchange, "".join(f'<Dial callerId="{one}"><Sip>kate@example.com</Sip></Dial>' for one in shown))
    await exchange.run(30)
    assert (notices(exchange), wire.dialled) == ([13214, 13214, 13248], [])


@pytest.mark.parametrize(
    ("noun", "code"),
    [
        ("<Sip></Sip>", 13243),
        ("<Sip>sip:a n n@example.com</Sip>", 13243),
        (f"<Sip>sip:{'a' * 250}@example.com</Sip>", 13243),
        (f"<Sip>sip:ann@example.com?x-a={'a' * 1024}</Sip>", 13253),
        ("<Sip><Uri/></Sip>", 13243),
        (f'<Sip>ann@example.com<Headers><Header name="X-A" value="{"a" * 1024}"/></Headers></Sip>', 13253),
    ],
)
async def test_what_is_no_address(exchange, wire, noun, code):
    told = await dials(exchange, f'<Dial action="/over">{noun}</Dial>')
    assert notices(exchange)[0] == code and (told["DialCallStatus"], wire.dialled) == ("failed", [])


async def test_without_a_line_nobody_is_called(exchange):
    told = await dials(exchange, '<Dial action="/over"><Sip>kate@example.com</Sip></Dial>')
    assert (notices(exchange), told) == ([13246], {"DialCallStatus": "failed", "DialBridged": "false"})


@pytest.mark.obeys("Sip", "url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent")
async def test_a_document_of_its_own_and_who_is_told(exchange, wire):
    # 2.7.8, 3.2
    noun = (
        '<Sip url="/screen" method="GET" statusCallback="/kate" statusCallbackMethod="GET" '
        'statusCallbackEvent="answered completed">kate@example.com</Sip>'
    )
    await dials(exchange, f"<Dial>{noun}</Dial><Redirect>/over</Redirect>", screen="<Response/>")
    (asked,) = [one for one in exchange.app.asked if one.url == "http://app/screen"]
    assert (asked.method, dict(asked.params)["To"]) == ("GET", "sip:kate@example.com")
    assert [one["CallStatus"] for one in callbacks(exchange, "/kate")] == ["in-progress", "completed"]
    assert {one.method for one in exchange.callbacks} == {"GET"}


@pytest.mark.obeys("Header", "name", "value")
async def test_header_fields(exchange, wire):
    inside = '<Headers><Header name="X-Order" value="a&amp;b=c"/><Header name="X-Vip" value="ja nein"/></Headers>'
    await dials(exchange, f'<Dial action="/over"><Sip>kate@example.com?x-a=1{inside}</Sip></Dial>')
    bare, _, query = wire.dialled[0].address.partition("?")
    assert bare == "sip:kate@example.com" and "+" not in query
    assert parse_qsl(query) == [("x-a", "1"), ("X-Order", "a&b=c"), ("X-Vip", "ja nein")]


@pytest.mark.obeys("Uri", "priority", "username", "password")
async def test_several_places_one_after_the_other(exchange, wire):
    noun = (
        '<Sip username="u" password="p"><Uri priority="3">c@x</Uri>'
        '<Uri priority="2" username="v" password="q">b@x</Uri><Uri priority="1">a@x</Uri></Sip>'
    )
    calls_in(exchange, f'<Dial action="/over">{noun}</Dial>')
    exchange.phone(BOB, answering="busy")
    await exchange.run(30)
    assert [(one.address, one.username, one.password) for one in wire.dialled] == [
        ("sip:a@x", "u", "p"),
        ("sip:b@x", "v", "q"),
        ("sip:c@x", "u", "p"),
    ]


async def test_the_first_place_that_answers(exchange, wire):
    told = await dials(exchange, '<Dial action="/over"><Sip><Uri>a@x</Uri><Uri>b@x</Uri></Sip></Dial>')
    assert (len(wire.dialled), told["DialCallStatus"]) == (1, "completed")


@pytest.mark.obeys("Uri", "weight")
async def test_among_equals_weight_decides(exchange, wire):
    noun = '<Sip><Uri weight="0">never@x</Uri><Uri weight="100">always@x</Uri></Sip>'
    calls_in(exchange, f"<Dial>{noun}</Dial>" * 20)
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    assert [one.address for one in wire.dialled] == ["sip:always@x", "sip:never@x"] * 20


async def test_of_too_many_places_ten_are_tried(exchange, wire):
    calls_in(exchange, f"<Dial><Sip>{''.join(f'<Uri>u{n}@x</Uri>' for n in range(30))}</Sip></Dial>")
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    assert len(wire.dialled) == 10 and notices(exchange) == [13250]


async def test_nouns_one_after_the_other_have_all_their_places_tried(exchange, wire):
    noun = '<Sip><Uri priority="1">a@x</Uri><Uri priority="2">b@x</Uri></Sip>'
    calls_in(exchange, f'<Dial sequential="true">{noun}<Sip>c@x</Sip></Dial>')
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    assert [one.address for one in wire.dialled] == ["sip:a@x", "sip:b@x", "sip:c@x"]


async def test_beside_others_the_first_place_is_called(exchange, wire):
    # 2.7.2: all at once
    noun = '<Sip><Uri priority="1">a@x</Uri><Uri priority="2">b@x</Uri></Sip>'
    calls_in(exchange, f"<Dial>{noun}<Sip>c@x</Sip></Dial>")
    exchange.phone(BOB, answering="busy")
    await exchange.run(60)
    assert [one.address for one in wire.dialled] == ["sip:a@x", "sip:c@x"]


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        ('<Sip method="PUT">a@b</Sip>', [13241]),
        ('<Sip statusCallbackMethod="PUT">a@b</Sip>', [13241]),
        ('<Sip sendDigits="1">a@b</Sip>', [12200]),
        ("<Sip>a@b<Uri>c@d</Uri></Sip>", [12200]),
        ('<Sip><Uri priority="high">c@d</Uri></Sip>', [12200]),
        ('<Sip><Uri weight="-1">c@d</Uri></Sip>', [12200]),
        ("<Sip>a@b<Headers><Header value='1'/></Headers></Sip>", [12200]),
        ("<Sip>a@b<Header name='X-A' value='1'/></Sip>", [12200]),
        ("<Sip>a@b<Say>Hello</Say></Sip>", [12200]),
    ],
)
def test_what_is_said_when_it_is_read(inside, codes):
    assert read(f"<Dial>{inside}</Dial>")[1] == codes
