"""voice 2.7.5: an application answers by its own document; 2.7.1 for who is shown."""

import pytest

from hoyhoy.exchange.events import CallBridged, CallCreated, PhoneRang

from ...talking import (
    ANN,
    APPLICATION,
    BOB,
    application,
    callbacks,
    calls_in,
    children,
    heard,
    notices,
    presses,
    read,
    result,
    says,
)
from ...world import ACCOUNT, NUMBER

OTHER = "AC" + "b" * 32
HELLO = "<Response><Say>Hello from the application</Say><Pause length='3'/></Response>"


async def asks(exchange, noun: str, dial: str = "", **pages):
    """Ann calls, and an application is dialled; what it was asked."""
    ann = calls_in(exchange, f'<Dial action="/over" {dial}>{noun}</Dial>', **{"app": HELLO, **pages})
    await exchange.run(60)
    return ann, [one for one in exchange.app.asked if one.url == "http://app/app"]


async def test_an_application_answers(exchange):
    application(exchange, voice_url="http://app/app", voice_method="GET")
    ann, (asked,) = await asks(exchange, f"<Application>{APPLICATION}</Application>")
    params = dict(asked.params)
    expected = {"From": ANN, "To": APPLICATION, "Called": APPLICATION, "CustomerId": ACCOUNT, "Direction": "inbound"}
    assert params | expected | {"ApplicationSid": APPLICATION} == params and asked.method == "GET"
    assert heard(exchange, ANN) == ["Hello from the application", "It is over"]
    (child,) = await children(exchange, ann.sid)
    assert child | {"to": APPLICATION, "from": ANN, "direction": "outbound-dial", "status": "completed"} == child
    told = result(exchange)
    assert (told["DialCallStatus"], told["DialCallSid"], told["DialBridged"]) == ("completed", child["sid"], "true")


@pytest.mark.obeys("Application", "customerId", "copyParentTo")
async def test_what_it_is_told(exchange):
    application(exchange, voice_url="http://app/app")
    inside = (
        f'<ApplicationSid>{APPLICATION}</ApplicationSid><Parameter name="order" value="12"/>'
        '<Parameter name="From" value="nobody"/>'
    )
    noun = f'<Application customerId="acme" copyParentTo="true">{inside}</Application>'
    ann, (asked,) = await asks(exchange, noun)
    params = dict(asked.params)
    expected = {"To": NUMBER, "CustomerId": "acme", "Param_order": "12", "Param_From": "nobody", "From": ANN}
    assert params | expected == params
    (child,) = await children(exchange, ann.sid)
    assert child["to"] == NUMBER


@pytest.mark.obeys("Application", "url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent")
async def test_a_document_between_and_who_is_told(exchange):
    # 2.7.8: the application hears it
    application(exchange, voice_url="http://app/app")
    noun = (
        '<Application url="/screen" method="GET" statusCallback="/told" statusCallbackMethod="GET" '
        f'statusCallbackEvent="answered completed">{APPLICATION}</Application>'
    )
    menu = '<Response><Gather numDigits="2" action="/keys"/></Response>'
    screen = '<Response><Play digits="42"/></Response>'
    await asks(exchange, noun, app=menu, screen=screen, keys="<Response><Pause length='3'/></Response>")
    (screened,) = [one for one in exchange.app.asked if one.url == "http://app/screen"]
    (got,) = [one for one in exchange.app.asked if one.url == "http://app/keys"]
    assert (screened.method, dict(got.extra)["Digits"]) == ("GET", "42")
    assert [one["CallStatus"] for one in callbacks(exchange, "/told")] == ["in-progress", "completed"]
    assert {one.method for one in exchange.callbacks} == {"GET"}


async def test_keys_and_words_of_the_caller_go_through(exchange):
    application(exchange, voice_url="http://app/app")
    exchange.phone(BOB, {"hear": "anybody", "say": "Nobody here"})
    menu = '<Response><Gather numDigits="1" action="/keys"/></Response>'
    calls_in(
        exchange,
        f"<Dial><Application>{APPLICATION}</Application></Dial>",
        app=menu,
        keys=f"<Response><Dial>{BOB}</Dial></Response>",
    )
    await exchange.until(CallBridged)
    presses(exchange, ANN, "5")
    await exchange.until(CallBridged)
    says(exchange, ANN, "Is anybody there?")
    await exchange.run(10)
    assert heard(exchange, BOB) == ["Is anybody there?"] and heard(exchange, ANN) == ["Nobody here"]


async def test_it_may_refuse(exchange):
    # its own Reject is what the Dial hears
    application(exchange, voice_url="http://app/app")
    noun = f"<Application>{APPLICATION}</Application>"
    await asks(exchange, noun, app="<Response><Reject reason='busy'/></Response>")
    assert result(exchange)["DialCallStatus"] == "busy"


@pytest.mark.parametrize(
    ("noun", "code"),
    [
        (f"<Application>AP{'2' * 32}</Application>", 21218),
        ("<Application></Application>", 21218),
        (f"<Application>AP{'3' * 32}</Application>", 21205),
        (f"<Application>AP{'4' * 32}</Application>", 21218),
    ],
)
async def test_where_nobody_answers(exchange, noun, code):
    application(exchange, "AP" + "3" * 32)
    application(exchange, "AP" + "4" * 32, OTHER, voice_url="http://app/app")
    await asks(exchange, noun)
    assert notices(exchange)[0] == code and result(exchange)["DialCallStatus"] == "failed"
    assert [one.direction for one in exchange.events(CallCreated)] == ["inbound"]


async def test_another_accounts_application_that_permits_it(exchange):
    application(exchange, account=OTHER, voice_url="http://app/app", public_application_connect_enabled=True)
    _, (asked,) = await asks(exchange, f"<Application>{APPLICATION}</Application>")
    params = dict(asked.params)
    assert (params["AccountSid"], params["CustomerId"]) == (OTHER, ACCOUNT)
    assert heard(exchange, ANN)[0] == "Hello from the application"


async def test_it_stands_alone(exchange):
    # 2.7.2
    application(exchange, voice_url="http://app/app")
    nouns = f"<Number>{BOB}</Number><Application>{APPLICATION}</Application><Client>alice</Client>"
    await asks(exchange, nouns)
    assert notices(exchange) == [13000] and not exchange.events(PhoneRang)
    assert result(exchange)["DialCallStatus"] == "completed"


async def test_an_application_that_dials_itself(exchange):
    application(exchange, voice_url="http://app/app")
    noun = f"<Application>{APPLICATION}</Application>"
    await asks(exchange, noun, app=f"<Response><Dial>{noun}</Dial></Response>")
    assert notices(exchange) == [11215] and not exchange.switchboard.facilities.calls


async def test_who_is_shown(exchange):
    application(exchange, voice_url="http://app/app")
    _, (asked,) = await asks(exchange, f"<Application>{APPLICATION}</Application>", 'callerId="client:ann"')
    assert dict(asked.params)["From"] == "client:ann" and dict(asked.params)["Called"] == APPLICATION


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        ('<Application copyParentTo="yes">AP</Application>', [12200]),
        (f'<Application customerId="{"a" * 257}">AP</Application>', [12200]),
        ('<Application method="PUT">AP</Application>', [12200]),
        ("<Application>AP<Identity>a</Identity></Application>", [12200]),
    ],
)
def test_what_is_said_when_it_is_read(inside, codes):
    assert read(f"<Dial>{inside}</Dial>")[1] == codes
