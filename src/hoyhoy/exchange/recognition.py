"""What is said on a leg, in words (voice reference 2.4).

Virtual phones say their words beside their sound. The sound of all other legs is given to a `Recogniser`, if the
operator has one.

    with Ear(call, language="en-US", hints=()) as ear:
        await ear.began
        await ear.paused(1.0)
        said = await ear.result()
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Self

import numpy as np

from hoyhoy.audio import FRAME_SECONDS, RATE
from hoyhoy.audio.g711 import Samples

from .media import Track
from .ports import Recognised

if TYPE_CHECKING:
    from .call import Call
    from .leg import Leg

LONGEST = 60.0
"""Seconds of speech that are listened to at once (2.4 maxSpeechTime)."""

BEFORE = 0.5
"""Seconds of sound from before somebody is known to speak: the first syllable is in them."""

NOTICED_LATE = 0.2
"""Seconds after its end that speech is known to be over (`Media.watch_speech`)."""

WORD = 0.3
"""Seconds that a spoken word lasts, about: how fast the words of a virtual phone are understood."""

CERTAIN = 1.0
"""How sure one is of words that nobody had to recognise."""

NOTHING = Recognised("")


@contextmanager
def hearing(leg: Leg, told: Callable[[str], None]) -> Iterator[None]:
    """Be told of the words of a leg, beside whoever is already."""
    before = leg.on_words

    def hear(words: str) -> None:
        told(str(words))
        if before:
            before(words)

    leg.on_words = hear
    try:
        yield
    finally:
        if leg.on_words is hear:
            leg.on_words = before


class Ear:
    """Listens to the leg of a call while it is open; not to two ears of one leg at once."""

    def __init__(self, call: Call, *, language: str, hints: Sequence[str] = ()) -> None:
        self.began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when somebody speaks who can be understood."""
        self.was_missed = False
        """There was speech, and nobody to recognise it."""
        self._call, self._leg = call, call.line
        self._language, self._hints = language, hints
        self._words: list[tuple[float, str]] = []
        """What was said beside the sound, and when."""
        self._sound: deque[Samples] = deque()
        self._samples = 0
        self._speaks = False
        self._last = call.clock.now()
        """When speech was heard last, as far as that is over."""
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(hearing(self._leg, self._hear_words))
        if not self._leg.has_words:
            media = self._leg.media
            media.watch_speech(self._hear_speech)
            self._open.callback(media.watch_speech, None)
            if self._call.facilities.recogniser:
                self._open.callback(media.tap(Track.FROM, self._hear_sound).close)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def has_words(self) -> bool:
        """Something was said whose words are known without a recogniser."""
        return bool(self._words)

    async def paused(self, seconds: float) -> None:
        """Return when nobody has spoken for so long."""
        clock = self._call.clock
        if not self._leg.has_words:
            while (left := self._last + seconds - clock.now()) > 0 or self._speaks:
                await clock.sleep(max(left, NOTICED_LATE))
            return
        await self._leg.media.silent(seconds)
        while (left := self._last + seconds - FRAME_SECONDS - clock.now()) > 0:  # words whose sound was yet to come
            await clock.sleep(left)
            await self._leg.media.silent(seconds)

    async def result(self) -> Recognised:
        """All that was said. RecognitionFailed."""
        if self._words:
            return Recognised(" ".join(words for _, words in self._words), CERTAIN)
        recogniser = self._call.facilities.recogniser
        if not self.began.done() or recogniser is None:
            return NOTHING
        sound = np.concatenate(self._sound) if self._sound else np.zeros(0, np.int16)
        return await recogniser.recognise(sound, self._language, self._hints)

    async def so_far(self) -> str:
        """What was said until now, while it goes on; the words of a virtual phone one by one. RecognitionFailed."""
        if not self._words:
            return (await self.result()).text
        now = self._call.clock.now()
        return " ".join(" ".join(words.split()[: 1 + int(round((now - at) / WORD, 3))]) for at, words in self._words)

    # What is heard -----------------------------------------------------------------------------

    def _hear_words(self, words: str) -> None:
        if words := " ".join(words.split()):
            self._last = self._call.clock.now()
            self._words.append((self._last, words))
            self._begin()

    def _hear_speech(self, speaks: bool) -> None:
        self._speaks = speaks
        if speaks and self._call.facilities.recogniser is None:
            self.was_missed = True
        elif speaks:
            self._begin()
        else:
            self._last = self._call.clock.now() - NOTICED_LATE

    def _hear_sound(self, frames: Samples) -> None:
        if self.began.done() and self._samples >= LONGEST * RATE:
            return
        self._sound.append(frames)
        self._samples += len(frames)
        while not self.began.done() and self._samples - len(self._sound[0]) >= BEFORE * RATE:
            self._samples -= len(self._sound.popleft())

    def _begin(self) -> None:
        if not self.began.done():
            self.began.set_result(None)
