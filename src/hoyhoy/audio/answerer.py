"""Who answers a call, a person, a machine or a fax, as far as that can be heard (voice reference 5.4).

A person says a few words and waits; a machine speaks on, and beeps when it has ended. So what counts is how long the
first words last, and what comes after them. A tone is no speech, whoever makes it, nor is noise; a tone after words is
a beep when it is steady and alone, and no person makes one.

    answerer = Answerer(to_end=True)
    while (answer := answerer.hear(frames)) is None: ...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from . import FRAME, FRAME_SECONDS
from .g711 import Samples
from .levels import HALF_MEMORY, SPEECH, Noise
from .spectra import Kind, Made, made_of

NEAR, STEADY = 30.0, 5.0
"""Hertz: how far two tones that lie too close to be told apart may seem to wander and be the same, and how far others
may. A voice glides farther in a tenth of a second."""

APART = 100.0
"""Hertz between two tones that are always told apart."""

SHORTEST_TONE, SHORTEST_BEEP = 4, 5
"""Frames that tones of 100 ms have at least, as keys are, and those of 120 ms; what is shorter is part of a word."""

BEEPS = 400.0 - STEADY, 2000.0 + STEADY
"""Hertz of what machines beep with."""

FAXES = (2100.0, 25.0), (1100.0, 40.0)
"""Hertz of the tones of a fax that is called and of one that calls, and how far they may be off (ITU-T T.30)."""

FAX = 15
"""Frames of its tone after which it is a fax: a third of a second, and no more between the turns of its phase."""

_ROW = np.zeros(1, np.intp)


class AnsweredBy(StrEnum):
    HUMAN = "human"
    FAX = "fax"
    UNKNOWN = "unknown"
    MACHINE_START = "machine_start"
    MACHINE_END_BEEP = "machine_end_beep"
    MACHINE_END_SILENCE = "machine_end_silence"
    MACHINE_END_OTHER = "machine_end_other"


@dataclass(slots=True)
class _Tone:
    """One that sounds."""

    hertz: float
    frames: int = 1
    is_steady: bool = True
    is_pair: bool = False
    sounds: bool = True
    """It may go on."""
    is_odd: bool = False
    """The last frame was not like those before it: of a steady one only the first and the last may be, in which it
    sounds only partly."""

    def goes_on(self, made: Made) -> bool:
        """Whether this is still the same; then it counts."""
        off = abs(made.hertz[0] - self.hertz)
        if off > NEAR:
            return False
        if self.frames == 1:
            self.hertz, off = made.hertz[0], 0.0
        if off > STEADY and made.hertz[-1] - made.hertz[0] > APART:
            return False
        self.is_steady &= not self.is_odd
        self.is_pair |= made.kind is Kind.TONES
        self.is_odd = made.kind is Kind.TONES or off > STEADY
        self.frames += 1
        return True

    @property
    def is_one(self) -> bool:
        """Whether it is one, and not part of a word: a voice may hum, but glides."""
        return self.frames >= SHORTEST_TONE and (self.is_steady or self.is_pair)

    @property
    def is_beep(self) -> bool:
        return self.is_signal and self.frames >= SHORTEST_BEEP and BEEPS[0] <= self.hertz <= BEEPS[1]

    @property
    def is_fax(self) -> bool:
        near = any(abs(self.hertz - hertz) <= off for hertz, off in FAXES)
        return self.is_signal and self.frames >= FAX and near

    @property
    def is_signal(self) -> bool:
        """Whether it is one alone, and steady, as far as it goes."""
        return self.is_steady and not (self.is_odd and self.sounds)


class Answerer:
    """Hears what comes from one leg, from its answer on. Times in seconds.

    Words of `speech` and more are a machine's; `pause` of silence ends words, and a greeting; after `silence` without
    any word, and after all `seconds`, nobody knows. With `to_end` a machine is told of when its greeting has ended.
    """

    def __init__(
        self,
        *,
        to_end: bool = False,
        seconds: float = 30.0,
        speech: float = 2.4,
        pause: float = 1.2,
        silence: float = 5.0,
    ) -> None:
        self.answer: AnsweredBy | None = None
        """Who it is, as soon as that is known."""
        self._to_end = to_end
        self._most, self._speech = _frames(seconds), _frames(speech)
        self._pause, self._silence = _frames(pause), _frames(silence)
        self._heard = 0
        self._noise = Noise(1)
        self._last = np.zeros((1, FRAME), np.int16)
        self._tone: _Tone | None = None
        self._voiced = 0
        """Frames of voice in a row."""
        self._began: int | None = None
        self._ended = 0
        """Where the words began, and where the last of them ended."""
        self._tone_ended = 0
        """Where the last tone after the words did."""
        self._is_machine = False

    @property
    def seconds(self) -> float:
        """How long it listened."""
        return self._heard * FRAME_SECONDS

    def hear(self, sound: Samples) -> AnsweredBy | None:
        """The next whole frames; who it is, if that is known. What comes after that is not listened to."""
        frames = sound.reshape(-1, FRAME)
        for first in range(0, len(frames), HALF_MEMORY):
            if self.answer is None:
                self._listen(frames[first : first + HALF_MEMORY])
        return self.answer

    def give_up(self) -> AnsweredBy:
        """There is no more time: who it is, as far as that is known."""
        if self.answer is None:
            self.answer = AnsweredBy.MACHINE_END_OTHER if self._is_machine else AnsweredBy.UNKNOWN
        return self.answer

    # What is heard ---------------------------------------------------------------------------

    def _listen(self, frames: Samples) -> None:
        """What is made of several frames at once costs little more than of one; silence is made of nothing."""
        loud = self._noise.exceeded(_ROW, frames[None])[0]
        made: Iterator[Made] = iter(())
        if loud.any():
            both = np.concatenate((self._last, frames))
            made = iter(made_of(np.concatenate((both[:-1], both[1:]), axis=1)[loud]))
        self._last = frames[-1:].copy()
        for is_loud in loud.tolist():
            self._heard += 1
            self._take(next(made) if is_loud else None)
            self._judge()
            if self.answer is not None:
                return

    def _take(self, made: Made | None) -> None:
        if made and made.hertz:
            if self._tone is None or not self._tone.goes_on(made):
                self._end_tone()
                self._tone = _Tone(made.hertz[0])
        else:
            self._end_tone()
            if made and made.kind is Kind.VOICE:
                self._speak(1, self._heard)
            else:
                self._voiced = 0

    def _end_tone(self) -> None:
        """It ended with the frame before this one."""
        tone, self._tone = self._tone, None
        if tone is None:
            return
        tone.sounds = False
        if not tone.is_one:
            self._speak(tone.frames, self._heard - 1)
            return
        self._voiced = 0
        if self._began is not None:
            self._tone_ended = self._heard - 1
            if tone.is_beep and self._to_end:
                self.answer = AnsweredBy.MACHINE_END_BEEP

    def _speak(self, frames: int, until: int) -> None:
        """So many frames of voice. A click is none."""
        self._voiced += frames
        if self._voiced >= SPEECH:
            if self._began is None:
                self._began = until - self._voiced
            self._ended = until

    # What it means ---------------------------------------------------------------------------

    def _judge(self) -> None:
        if self.answer is None:
            self.answer = self._verdict()

    def _verdict(self) -> AnsweredBy | None:
        tone = self._tone
        if tone and tone.is_fax and (self._began is None or not tone.is_beep):
            return AnsweredBy.FAX
        if self._began is None:
            is_beginning = self._voiced or (tone and not tone.is_one)
            if self._heard >= self._silence and not is_beginning:
                return AnsweredBy.UNKNOWN
        else:
            self._is_machine |= self._ended - self._began >= self._speech or bool(tone and tone.is_beep)
            if (known := self._known()) is not None:
                return known
        return self.give_up() if self._heard >= self._most else None

    def _known(self) -> AnsweredBy | None:
        """After words, or while they are said."""
        if self._is_machine and not self._to_end:
            return AnsweredBy.MACHINE_START
        if self._voiced or (self._tone and (self._is_machine or not self._tone.is_one)):
            return None
        if not self._is_machine:
            return AnsweredBy.HUMAN if self._heard - self._ended >= self._pause else None
        if self._heard - max(self._ended, self._tone_ended) < self._pause:
            return None
        in_tone = self._tone_ended > self._ended
        return AnsweredBy.MACHINE_END_OTHER if in_tone else AnsweredBy.MACHINE_END_SILENCE


def _frames(seconds: float) -> int:
    return round(seconds / FRAME_SECONDS)
