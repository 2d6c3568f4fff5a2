"""voice 3.1, 3.2"""

from types import SimpleNamespace

import pytest

from hoyhoy.exchange.progress import places, token

from .world import PHONE


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
