"""A room of five at the media plane, over real sockets: each hears the four others, and not itself."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from hoyhoy.exchange.chance import TrueChance
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.media import Terms
from hoyhoy.media.board import Board
from hoyhoy.media.processes import MediaProcess

from .hearing import FOREIGN, HEARD, together, voice
from .rtp import FarSound

pytestmark = pytest.mark.journey

PARTIES, LOUD = 5, 4
"""A voice is so many times softer than one that talks alone: four of them together do not clip."""

TALK = 2.0
"""Real seconds."""


async def test_each_of_five_hears_the_four_others() -> None:
    clock = RealClock()
    board = Board(clock, TrueChance())
    process = board.add(lambda hear, lost: MediaProcess(clock, "127.0.0.1", (0,) * 8, 16, hear, lost))
    voices = [voice(seed) // LOUD for seed in range(PARTIES)]
    with ExitStack() as rest:
        parties = [rest.enter_context(FarSound(one)) for one in voices]
        await process.start()
        try:
            room = board.room()
            for party in parties:
                stream = await board.open_stream("ACroom", Terms(remote=("127.0.0.1", party.port)))
                stream.join(room)
                party.talk(("127.0.0.1", stream.port))
            await asyncio.sleep(TALK)
        finally:
            await process.close()
            await clock.close()
        heard = [party.heard() for party in parties]
    for number, sound in enumerate(heard):
        others = [one for other, one in enumerate(voices) if other != number]
        assert together(sound, others) > HEARD
        assert together(sound, others[1:]) < 1 - HEARD  # each of them is in it
        assert together(sound, [voices[number]]) < FOREIGN
