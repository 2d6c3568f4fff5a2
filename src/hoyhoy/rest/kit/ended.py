"""What can only be done to a call when it is over (voice reference 5.5)."""

from __future__ import annotations

from hoyhoy.exchange.call import FINAL
from hoyhoy.wire.errors import Fault


def check_deletable(status: str) -> None:
    """Fault 20009 for a call of this status that goes on."""
    if status not in FINAL:
        raise Fault(20009, "A call can only be deleted when it is over.")
