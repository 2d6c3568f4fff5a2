"""voice 2.13: what ends beside the call. What stops a recording is tested beside its own file."""

import pytest

from ...talking import ANN, calls_in, heard, notices


@pytest.mark.parametrize(
    ("stop", "codes"),
    [
        ("<Stop><Room/></Stop>", [14300]),
        ("<Stop><Say>Hi</Say></Stop>", [14300]),
        ('<Stop action="/x"/>', [12200]),
        ('<Stop><Recording name="none"/></Stop>', [12200]),
        ("<Stop/>", []),
    ],
)
async def test_what_is_wrong_is_told_and_the_call_goes_on(exchange, stop, codes):
    calls_in(exchange, stop)
    await exchange.run(30)
    assert notices(exchange) == codes and heard(exchange, ANN) == ["Goodbye then"]
