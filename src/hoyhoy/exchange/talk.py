"""Two calls put through to one another: what a Dial does with whom it called, and with who waited in a queue.

Both are in one bridge, and keys pressed by one are sent to the other: between two SIP phones they are no sound.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .bridge import Bridge
from .clock import stopped
from .events import CallBridged
from .playback import prompt_of
from .sound import Keys

if TYPE_CHECKING:
    from .call import Call


@asynccontextmanager
async def talking(call: Call, other: Call, bridge: Bridge) -> AsyncIterator[None]:
    """They hear one another inside of it, and what the other one presses is sent to the call. Who is out of the
    bridge before its end stays out."""
    other.line.forget_keys()
    began = call.clock.now()
    keys = call.spawn(pass_keys(other, lambda: call), "keys of the other")
    try:
        bridge.join(call.line)
        bridge.join(other.line)
        call.record(CallBridged(other=other.sid))
        other.record(CallBridged(other=call.sid))
        yield
    finally:
        for leg in bridge:
            bridge.leave(leg)
        await stopped(keys)
        call.lasted_since(began)


async def pass_keys(pressed: Call, to: Callable[[], Call | None], *, star_ends: bool = False) -> None:
    """What is pressed, to whoever he talks with then; return at a `*` that ends it."""
    while True:
        key = await pressed.line.keys.get()
        if key == "*" and star_ends:
            return
        if other := to():
            await send_key(key, pressed, other)


async def send_key(key: str, pressed: Call, to: Call) -> None:
    """Who heard the tone already is only told of it: twice is one key too many."""
    if pressed.line.sounds_keys:
        to.line.overhear_key(key)
    else:
        await to.sound(await prompt_of(to, Keys(key)))
