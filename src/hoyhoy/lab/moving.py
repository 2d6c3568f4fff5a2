"""The clock over HTTP: reading it, driving it, holding it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hoyhoy.bus.feed import Feed
from hoyhoy.exchange.chance import Chance
from hoyhoy.exchange.clock import Clock, Hold, RealClock, Stuck, VirtualClock
from hoyhoy.wire.errors import Fault

from .match import Match, expect
from .wires import Json, entry, faults, read

LONGEST_REAL = 300.0
LONGEST_HOLD = 300.0

CLIENT_LEFT = 499
"""Said to nobody."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e10)]
"""At most three centuries at a time."""

LATEST = 221845392000.0
"""The first of January 9000, in Unix seconds: no virtual clock is driven farther. Past the year 9999 no date can be
written, and whatever waits may be as late as its exchange's longest time."""

Position = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""Of an entry in the journal."""


class Expectation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`within` in seconds of the exchange's clock; `real` in real seconds, for each wait on the world outside."""

    match: Match = Match()
    after: Position = 0
    within: Seconds = 30.0
    real: Seconds = 30.0


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    seconds: Seconds


class Wish(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A hold: after `real` real seconds it releases itself, for its owner may have died. `why` is for people."""

    real: Seconds = LONGEST_HOLD
    why: str = ""


class Left(Exception):
    """The client went away before it had its answer."""


@dataclass(frozen=True, slots=True)
class _Held:
    hold: Hold
    why: str
    until: float
    """Unix seconds of the machine's clock."""
    ending: asyncio.Task[None]


class TimeRoutes:
    """Everything under /lab/v1/clock, and /lab/v1/expect."""

    def __init__(self, clock: Clock, feed: Feed, chance: Chance, real: Clock | None = None) -> None:
        """`real` is the machine's clock, by which holds end; whoever gives it closes it."""
        self.clock, self.feed, self.chance = clock, feed, chance
        self._real = real or RealClock()
        self._holds: dict[str, _Held] = {}

    def routes(self) -> list[Route]:
        table = (
            ("/clock", "GET", self.read),
            ("/clock/advance", "POST", self.advance),
            ("/clock/drive", "POST", self.expect),
            ("/expect", "POST", self.expect),
            ("/clock/holds", "GET", self.holds),
            ("/clock/holds", "POST", self.hold),
            ("/clock/holds/{id}", "DELETE", self.release),
        )
        return [Route(path, faults(endpoint), methods=[method]) for path, method, endpoint in table]

    async def read(self, request: Request) -> Response:
        return Json({"now": self.clock.now(), "virtual": isinstance(self.clock, VirtualClock)})

    async def advance(self, request: Request) -> Response:
        """Let virtual time pass. A real clock cannot be advanced: 409."""
        wish = await read(request, Advance)
        if not isinstance(self.clock, VirtualClock):
            raise Fault(20409, "This exchange runs in real time; start it with --virtual-time to advance its clock.")
        self._check(wish.seconds)
        try:
            async with self._while_there(request):
                await self.clock.advance(wish.seconds)
        except Stuck as stuck:
            raise Fault(20503, str(stuck)) from None
        except Left:
            return Response(status_code=CLIENT_LEFT)
        return await self.read(request)

    async def expect(self, request: Request) -> Response:
        """Wait until something that fits happens; a virtual clock is driven there and stops at once (long poll)."""
        wish = await read(request, Expectation)
        self._check(wish.within)
        try:
            async with self._while_there(request):
                found = await expect(
                    self.feed,
                    self.clock,
                    wish.match,
                    after=wish.after,
                    within=wish.within,
                    real=min(wish.real, LONGEST_REAL),
                )
        except Stuck as stuck:
            raise Fault(20503, str(stuck)) from None
        except Left:
            return Response(status_code=CLIENT_LEFT)
        return Json({"found": found and entry(found), "now": self.clock.now()})

    async def holds(self, request: Request) -> Response:
        """Who stops virtual time: `until` in Unix seconds of the machine's clock, when the hold ends by itself."""
        return Json(
            {"holds": [{"id": name, "why": held.why, "until": held.until} for name, held in self._holds.items()]}
        )

    async def hold(self, request: Request) -> Response:
        """Stop virtual time until the hold is released: something real outside is going on."""
        wish, name = await read(request, Wish), self.chance.hex(16)
        hold = self.clock.busy(f"hold {name} ({wish.why[:200]})" if wish.why else f"hold {name}")
        hold.__enter__()
        ending = self._real.spawn(self._end(name, wish.real), f"end of hold {name}")
        self._holds[name] = _Held(hold, wish.why, self._real.now() + wish.real, ending)
        return Json({"id": name}, 201)

    async def release(self, request: Request) -> Response:
        held = self._holds.pop(request.path_params["id"], None)
        if held is None:
            raise Fault(20404, "There is no such hold.")
        held.ending.cancel()
        held.hold.__exit__(None, None, None)
        return Response(status_code=204)

    def _check(self, seconds: float) -> None:
        """Fault for what would drive the clock too far."""
        if isinstance(self.clock, VirtualClock) and self.clock.now() + seconds > LATEST:
            raise Fault(20001, "A virtual clock is not driven past the year 9000: few dates after it can be written.")

    async def _end(self, name: str, seconds: float) -> None:
        await self._real.sleep(seconds)
        self._holds.pop(name).hold.__exit__(None, None, None)

    @asynccontextmanager
    async def _while_there(self, request: Request) -> AsyncIterator[None]:
        """Left, raised in the body, when the client goes away: nobody would see where the clock was driven to."""
        try:
            async with self._real.timeout(None) as patience:
                assert isinstance(patience, asyncio.Timeout)
                watching = self._real.spawn(_gone(request, patience), "client of the lab")
                try:
                    yield
                finally:
                    watching.cancel()
        except TimeoutError:
            raise Left from None


async def _gone(request: Request, patience: asyncio.Timeout) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    patience.reschedule(0)
