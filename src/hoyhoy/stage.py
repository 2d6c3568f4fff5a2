"""Where the exchange's sound is made and understood: its media plane, the studio that speaks and fetches what is
played, and who recognises speech.

Under the virtual clock the plane stands in this process; else it is one of its own, for its sockets and its time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from .callbacks.guard import Guard
from .callbacks.media import MediaFetcher
from .callbacks.target import Map
from .exchange.chance import Chance
from .exchange.clock import Clock, VirtualClock
from .media.board import Board
from .media.link import Hear, Lost
from .media.processes import MediaProcess
from .media.virtual import VirtualDesk
from .settings import Settings, Unusable
from .speech.cache import SoundCache
from .speech.encoding import Mp3
from .speech.engines import open_engine
from .speech.fetched import Recordings
from .speech.recognisers import open_recogniser
from .speech.speaker import Speaker
from .speech.studio import Studio
from .speech.worker import Worker

DECODING = 60.0
"""Real seconds for one file."""

LEGS = 8192
"""Most legs of one media process."""

SOUNDS = "sounds"
"""The folder of spoken prompts, in the data folder."""


class Stage:
    """`await open()` before calls come, `close()` after the last."""

    def __init__(
        self, settings: Settings, clock: Clock, chance: Chance, guard: Guard, maps: list[Map], folder: Path
    ) -> None:
        """Unusable for a speech engine or a recogniser that cannot be had."""
        self.clock = clock
        self.board = Board(clock, chance)
        self.desk: VirtualDesk | None = None
        self.processes: list[MediaProcess] = []
        if isinstance(clock, VirtualClock):
            self.desk = self.board.add(lambda hear, lost: VirtualDesk(clock, hear))
        else:
            for number in range(settings.media_processes):
                self.processes.append(self.board.add(self._process(settings, number)))
        self._fetcher = MediaFetcher(clock=clock, guard=guard, maps=maps)
        self._decoder = Worker(clock, "decode", DECODING)
        cache = SoundCache(clock, None if settings.data is None else folder / SOUNDS)
        try:
            engine = open_engine(settings.speech, clock, self._decoder)
            self.recogniser = open_recogniser(settings.recogniser, clock)
        except ValueError as error:
            raise Unusable(str(error)) from None
        self.encoder = Mp3(clock)
        self._speaker = Speaker(clock, engine, cache)
        self.studio = Studio(self._speaker, Recordings(clock, self._fetcher, self._decoder, cache))

    def _process(self, settings: Settings, number: int) -> Callable[[Hear, Lost], MediaProcess]:
        host, pool, may_move = settings.media_address, settings.media_pool(number), settings.media_is_loopback
        advertised = settings.sip_advertised
        return lambda hear, lost: MediaProcess(
            self.clock, host, pool, LEGS, hear, lost, may_move=may_move, advertised=advertised
        )

    @property
    def speaks(self) -> bool:
        """Whether there is an engine: without one, tones stand in for words."""
        return self._speaker.engine is not None

    @property
    def starts(self) -> int:
        """How often media processes have come up."""
        return sum(process.starts for process in self.processes)

    async def open(self) -> None:
        """Processes come up beside; what is ordered of them waits."""
        await self._fetcher.start()
        if self.desk:
            self.desk.start()
        for process in self.processes:
            self.clock.spawn(process.run(), "media process")

    async def close(self) -> None:
        async with AsyncExitStack() as rest:
            rest.push_async_callback(self._fetcher.close)
            rest.push_async_callback(self._decoder.close)
            rest.push_async_callback(self._speaker.close)
            rest.push_async_callback(self.encoder.close)
            if self.recogniser:
                rest.push_async_callback(self.recogniser.close)
            for process in self.processes:
                rest.push_async_callback(process.close)
