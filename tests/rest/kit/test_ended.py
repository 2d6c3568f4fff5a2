"""rest/kit/ended.py: a call is deleted when it is over (voice reference 5.5)."""

import pytest

from hoyhoy.exchange.call import FINAL, CallStatus
from hoyhoy.rest.kit.ended import check_deletable
from hoyhoy.wire.errors import Fault


@pytest.mark.parametrize("status", CallStatus)
def test_only_what_is_over_can_be_deleted(status):
    if status in FINAL:
        check_deletable(status)
        return
    with pytest.raises(Fault, match="when it is over") as refused:
        check_deletable(status)
    assert refused.value.code == 20009
