"""voice 3.1, 3.2"""

from collections import Counter
from types import SimpleNamespace

import pytest

from hoyhoy.exchange.ports import Webhook
from hoyhoy.exchange.progress import places, token

from .talking import application
from .world import PHONE, World


@pytest.mark.parametrize(("seconds", "minutes"), [(0, "0"), (1, "1"), (49, "1"), (60, "1"), (61, "2")])
async def test_duration_is_told_in_minutes_rounded_up(exchange, seconds, minutes):
    page = f"<Response><Pause length='{seconds}'/></Response>" if seconds else "<Response/>"
    exchange.app.pages["http://app/start"] = page
    exchange.phone()
    exchange.place()
    await exchange.run()
    told = dict(exchange.callbacks[-1].params)
    assert (told["CallDuration"], told["Duration"]) == (str(seconds), minutes)


def test_places_of_a_number():
    told = dict(places(PHONE, "From", "Caller"))
    assert set(told) == {name + part for name in ("From", "Caller") for part in ("City", "State", "Zip", "Country")}
    assert told["FromCountry"] == told["CallerCountry"] == "US"
    assert places("client:ada", "From") == ()


async def test_parameters_of_a_request(exchange):
    exchange.app.pages["http://app/start"] = "<Response/>"
    exchange.phone()
    sid = exchange.place()
    await exchange.run()
    asked = exchange.app.params()
    assert (
        asked | {"CallSid": sid, "ApiVersion": "2010-04-01", "Direction": "outbound-api", "Called": PHONE, "To": PHONE}
        == asked
    )
    assert "Timestamp" not in asked and "SequenceNumber" not in asked


@pytest.mark.parametrize(
    ("direction", "caller", "is_told"),
    [("inbound", PHONE, True), ("inbound", "client:ada", False), ("outbound-api", PHONE, False)],
)
def test_the_token_of_a_caller(direction, caller, is_told):
    call = SimpleNamespace(direction=direction, caller=caller, sid="CA1")
    assert token(call) == ((("CallToken", '{"parentCallInfoToken": "CA1"}'),) if is_told else ())


FORGED = (
    ("Digits", "9"), ("CallSid", "CAx"), ("CallToken", "{}"), ("AnsweredBy", "human"), ("ParentCallSid", "CAy"),
    ("RecordingUrl", "http://evil"), ("SequenceNumber", "77"), ("CallDuration", "0"), ("ErrorCode", "1"),
    ("ConferenceSid", "CFx"), ("order", "12"),
)  # fmt: skip
"""What a client may say of itself when it calls."""


async def claims(exchange: World, document: str, **pages: str) -> None:
    """A client calls, telling an application all that; whoever calls presses 5."""
    exchange.app.pages |= {"http://app/in": f"<Response>{document}</Response>", "http://app/over": "<Response/>"}
    exchange.app.pages |= {f"http://app/{name}": page for name, page in pages.items()}
    values = {"voice_url": "http://app/in", "status_callback": "http://app/status"}
    phone = exchange.phone("client:eve", {"wait": 1.0}, {"press": "5"})
    exchange.network.call_application(phone, application(exchange, **values), "", FORGED)
    await exchange.run(60)


def once(params) -> dict[str, str]:
    """All names and values; no name stands there twice."""
    assert not [name for name, count in Counter(name for name, _ in params).items() if count > 1]
    return dict(params)


async def test_a_caller_does_not_say_what_a_verb_says(exchange):
    await claims(exchange, '<Gather action="/over" numDigits="1"/>')
    first, over = (once(one.params + one.extra) for one in exchange.app.asked)
    assert over["Digits"] == "5" and over["order"] == first["order"] == "12"
    assert over["CallSid"] == first["CallSid"] != "CAx"


async def test_what_the_exchange_alone_says_nobody_else_says(exchange):
    await claims(exchange, "<Hangup/>")
    told = once(exchange.app.asked[0].params)
    assert not {"CallToken", "AnsweredBy", "ParentCallSid", "ErrorCode"} & set(told)
    assert told["RecordingUrl"] == "http://evil"  # this request tells of no recording: its own words, as any other


async def test_a_caller_does_not_say_what_a_recording_says(exchange):
    await claims(exchange, '<Record action="/over" timeout="2"/>')
    assert once(exchange.app.asked[-1].params + exchange.app.asked[-1].extra)["RecordingUrl"] != "http://evil"


async def test_a_caller_does_not_say_what_failed(exchange):
    values = {"voice_url": "http://app/in", "voice_fallback_url": "http://app/fallback"}
    exchange.network.call_application(exchange.phone("client:eve"), application(exchange, **values), "", FORGED)
    await exchange.run(60)
    told = once(exchange.app.asked[-1].params)
    assert (told["ErrorCode"], told["ErrorUrl"]) == ("11200", "http://app/in")


async def test_a_caller_does_not_say_what_a_callback_says(exchange):
    await claims(exchange, '<Say>Hello</Say><Pause length="3"/>')
    told = once(exchange.callbacks[-1].params)
    assert (told["SequenceNumber"], told["order"]) == ("0", "12") and int(told["CallDuration"]) >= 3


async def test_a_caller_does_not_say_where_an_announcement_is_heard(exchange):
    await claims(exchange, "<Dial><Conference>room</Conference></Dial>", news="<Response><Say>News</Say></Response>")
    (call,) = exchange.switchboard.facilities.calls.values()
    (conference,) = exchange.switchboard.facilities.conferences.values()
    conference.participants[call.sid].announce(Webhook("http://app/news", "POST"))
    await exchange.run(5)
    assert once(exchange.app.asked[-1].params)["ConferenceSid"] == conference.sid
