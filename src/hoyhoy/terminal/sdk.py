"""`hoyhoy sdk`: the JavaScript SDKs that pages load, had before a page asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from hoyhoy.exchange.clock import RealClock
from hoyhoy.lines.webrtc.library import Library
from hoyhoy.lines.webrtc.registry import Source
from hoyhoy.softphones import SDKS


def have(versions: Sequence[str], data: Path, own_proxy: str, echo: Callable[[str], object]) -> None:
    """Get each of them into the data folder, and say where it lies. NotHad."""
    asyncio.run(_have(versions, data / SDKS, own_proxy, echo))


async def _have(versions: Sequence[str], folder: Path, own_proxy: str, echo: Callable[[str], object]) -> None:
    clock = RealClock()
    library = Library(clock, folder, partial(Source.here, own=own_proxy))
    try:
        for version in versions:
            echo(str(await library.ensure(version)))
    finally:
        await library.close()
        await clock.close()
