"""Steps that are all taken, in order, whatever becomes of one."""

import pytest

from hoyhoy.exchange.thorough import every
from hoyhoy.wire.errors import Fault


def test_each_is_taken_and_the_last_error_is_raised():
    taken = []

    def fails(code: int) -> None:
        taken.append(code)
        raise Fault(code, "away")

    every(lambda i=i: taken.append(i) for i in (1, 2))
    assert taken == [1, 2]
    with pytest.raises(Fault) as raised:
        every([lambda: fails(20500), lambda: taken.append(3), lambda: fails(20503), lambda: taken.append(4)])
    assert taken == [1, 2, 20500, 3, 20503, 4] and raised.value.code == 20503
