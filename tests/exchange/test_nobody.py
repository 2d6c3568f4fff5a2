"""voice 2.7.5: who is not there is called in vain, at once."""

import pytest

from hoyhoy.exchange.leg import Cause, LegState
from hoyhoy.exchange.nobody import Nobody
from hoyhoy.exchange.ports import Dialling

from .world import ACCOUNT, NUMBER


@pytest.mark.parametrize("cause", [Cause.NO_ANSWER, Cause.FAILED])
async def test_a_call_is_over_before_it_began(cause):
    line = Nobody(cause)
    leg = line.dial(Dialling("CA", ACCOUNT, "client:alice", NUMBER))
    assert line.reaches("client:alice", ACCOUNT) and await leg.reached(LegState.RINGING) is LegState.RELEASED
    await leg.answer()
    await leg.hang_up()
    assert (leg.state, leg.cause) == (LegState.RELEASED, cause)


async def test_only_clients_are_missing(exchange):
    line_to = exchange.switchboard.facilities.line_to
    assert isinstance(line_to("client:alice", ACCOUNT), Nobody)
    exchange.phone("client:alice")
    assert line_to("client:alice", ACCOUNT) is line_to("client:alice?order=1", ACCOUNT) is exchange.network
