"""What all lines need of the exchange: somebody who takes the calls they bring."""

from __future__ import annotations

from typing import Protocol

from hoyhoy.exchange.events import Params
from hoyhoy.exchange.leg import Leg
from hoyhoy.exchange.ports import Callee


class Incoming(Protocol):
    """A call that the exchange took."""

    sid: str
    account: str


class Exchange(Protocol):
    """The switchboard, as far as a line needs it."""

    def incoming(
        self,
        leg: Leg,
        *,
        caller: str,
        called: str,
        callee: Callee | None = None,
        params: Params = (),
        twiml: str = "",
        direction: str = "inbound",
    ) -> Incoming | None: ...
