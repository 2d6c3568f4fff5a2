"""A disk out of order: what tests of recordings' files share."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Any

from .world import World


def hangs(exchange: World) -> asyncio.Event:
    """No file of a recording comes to its end until this is set."""
    tapes, disk = exchange.switchboard.facilities.tapes, asyncio.Event()
    work = tapes.work

    async def slow(what: Any) -> Any:
        await disk.wait()
        return await work(what)

    tapes.work = slow
    busy = exchange.clock.busy
    # It holds up nobody's time.
    exchange.clock.busy = lambda what: nullcontext() if what.startswith("the file of ") else busy(what)
    return disk
