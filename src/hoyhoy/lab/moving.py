"""The clock over HTTP: reading it, driving it, holding it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hoyhoy.bus.feed import Feed
from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock, Hold, Stuck, VirtualClock
from hoyhoy.wire.errors import Fault

from .match import Match, expect
from .wires import Json, entry, faults, read

LONGEST_REAL = 300.0

Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e10)]
"""At most three centuries at a time: a clock driven past the last date that can be written would be of no use."""


class Expectation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`within` in seconds of the exchange's clock; `real` in real seconds, for each wait on the world outside."""

    match: Match = Match()
    after: int = 0
    within: Seconds = 30.0
    real: Seconds = 30.0


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    seconds: Seconds


class TimeRoutes:
    """Everything under /lab/v1/clock, and /lab/v1/expect."""

    def __init__(self, clock: Clock, feed: Feed, chance: Chance) -> None:
        self.clock, self.feed, self.chance = clock, feed, chance
        self._holds: dict[str, Hold] = {}

    def routes(self) -> list[Route]:
        table = (
            ("/clock", "GET", self.read), ("/clock/advance", "POST", self.advance),
            ("/clock/drive", "POST", self.expect), ("/expect", "POST", self.expect),
            ("/clock/holds", "POST", self.hold), ("/clock/holds/{id}", "DELETE", self.release),
        )
        return [Route(path, faults(endpoint), methods=[method]) for path, method, endpoint in table]

    async def read(self, request: Request) -> Response:
        return Json({"now": self.clock.now(), "virtual": isinstance(self.clock, VirtualClock)})

    async def advance(self, request: Request) -> Response:
        """Let virtual time pass. A real clock cannot be advanced: 409."""
        wish = await read(request, Advance)
        if not isinstance(self.clock, VirtualClock):
            raise Fault(20409, "This exchange runs in real time; start it with --virtual-time to advance its clock.")
        try:
            await self.clock.advance(wish.seconds)
        except Stuck as stuck:
            raise Fault(20503, str(stuck)) from None
        return await self.read(request)

    async def expect(self, request: Request) -> Response:
        """Wait until something that fits happens; a virtual clock is driven there and stops at once (long poll)."""
        wish = await read(request, Expectation)
        try:
            found = await expect(self.feed, self.clock, wish.match, after=wish.after, within=wish.within,
                                 real=min(wish.real, LONGEST_REAL))
        except Stuck as stuck:
            raise Fault(20503, str(stuck)) from None
        return Json({"found": found and entry(found), "now": self.clock.now()})

    async def hold(self, request: Request) -> Response:
        """Stop virtual time until the hold is released: something real outside is going on."""
        name = self.chance.hex(16)
        hold = self._holds[name] = self.clock.busy(f"hold {name}")
        hold.__enter__()
        return Json({"id": name}, 201)

    async def release(self, request: Request) -> Response:
        hold = self._holds.pop(request.path_params["id"], None)
        if hold is None:
            raise Fault(20404, "There is no such hold.")
        hold.__exit__(None, None, None)
        return Response(status_code=204)
