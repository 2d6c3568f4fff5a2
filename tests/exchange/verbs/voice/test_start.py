"""voice 2.13: what begins beside the call. What a recording does is tested beside its own file."""

import pytest

from ...talking import ANN, calls_in, heard, notices


@pytest.mark.parametrize(
    ("start", "codes"),
    [
        ("<Start><Say>Hi</Say></Start>", [14300]),
        ("<Start><Frob/></Start>", [14300]),
        ('<Start action="/x"/>', [12200]),
        ('<Start action="/x" method="GET"/>', [12200]),
        ("<Start/>", []),
    ],
)
async def test_what_is_wrong_is_told_and_the_call_goes_on(exchange, start, codes):
    calls_in(exchange, start)
    await exchange.run(30)
    assert notices(exchange) == codes and heard(exchange, ANN) == ["Goodbye then"]


async def test_one_that_stands_last_ends_the_call(exchange):
    # 19 row 28
    exchange.phone(ANN)
    sid = exchange.place(to=ANN, twiml="<Response><Start><Recording/></Start></Response>")
    await exchange.run(30)
    row = await exchange.row("calls", sid)
    assert (row["status"], row["duration"]) == ("completed", 0)
