from enum import StrEnum

import pytest

from hoyhoy.exchange.call import CALL, FINAL, CallStatus
from hoyhoy.exchange.leg import LEG, LegState
from hoyhoy.exchange.lifecycle import Lifecycle, UnlawfulMove
from hoyhoy.exchange.message import MESSAGE, MessageStatus


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


DOOR = Lifecycle.of((Door.OPEN, [Door.SHUT]), (Door.SHUT, [Door.OPEN, Door.GONE]), (Door.GONE, []))


def test_moves():
    assert DOOR.move(Door.OPEN, Door.SHUT) is Door.SHUT
    assert DOOR.may_move(Door.SHUT, Door.GONE) and not DOOR.may_move(Door.OPEN, Door.GONE)
    with pytest.raises(UnlawfulMove, match="open -> gone"):
        DOOR.move(Door.OPEN, Door.GONE)
    assert DOOR.is_final(Door.GONE) and not DOOR.is_final(Door.OPEN)


# voice 5.2 and messaging 1.6: the tables of the product
@pytest.mark.parametrize(
    ("table", "states", "final"),
    [
        (CALL, CallStatus, {"completed", "busy", "no-answer", "canceled", "failed"}),
        (MESSAGE, MessageStatus, {"read", "undelivered", "failed", "canceled", "received"}),
        (LEG, LegState, {"released"}),
    ],
)
def test_every_state_has_a_row_and_the_final_ones_are_final(table, states, final):
    assert set(table.moves) == set(states)
    assert {str(state) for state in states if table.is_final(state)} == final
    reachable = {end for ends in table.moves.values() for end in ends}
    starts = {
        CallStatus.QUEUED,
        MessageStatus.ACCEPTED,
        MessageStatus.SCHEDULED,
        MessageStatus.RECEIVING,
        LegState.TRYING,
    }
    assert set(states) <= reachable | starts


def test_final_statuses_of_calls():
    assert set(FINAL) == {status for status in CallStatus if CALL.is_final(status)}
