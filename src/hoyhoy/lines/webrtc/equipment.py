"""What the browsers' line needs of others, and what its parts need of one another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.media import MediaPlane
from hoyhoy.exchange.ports import Directory
from hoyhoy.lines.ports import Exchange
from hoyhoy.wire.tokens import Grant

from .presence import Presence

if TYPE_CHECKING:
    from .device import Device
    from .leg import SoftphoneLeg


@dataclass(slots=True, eq=False)
class Equipment:
    """`complain` makes a Notification: the account's sid, the code, a sentence. `exchange` is set when that stands."""

    clock: Clock
    chance: Chance
    plane: MediaPlane
    directory: Directory
    complain: Callable[[str, int, str], object]
    exchange: Exchange = field(init=False, repr=False)
    presence: Presence[Device] = field(default_factory=Presence)
    legs: dict[str, SoftphoneLeg] = field(default_factory=dict)
    """Those that are not over, by the sid of their call."""
    drains: bool = False
    """No more calls are taken."""

    def leg(self, call: str, grant: Grant | None) -> SoftphoneLeg | None:
        """The leg of a call, for whoever may speak of it: those with the name that takes part."""
        leg = self.legs.get(call)
        is_theirs = (
            grant is not None and leg is not None and (leg.account, leg.identity) == (grant.account, grant.identity)
        )
        return leg if is_theirs else None
