"""Comparing what was heard with what was said: sounds that went through G.711, a network and two clocks.

A path through real sockets may begin late, and slip by some samples where a clock corrects itself. So what was said is
looked for piece by piece, and a piece counts as heard when the sound has the same shape there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from hoyhoy.audio import RATE
from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.clock import RealClock
from hoyhoy.exchange.sound import Speech
from hoyhoy.speech.cache import SoundCache
from hoyhoy.speech.engines import open_engine
from hoyhoy.speech.speaker import Speaker
from hoyhoy.speech.worker import Worker

LIKE = 0.95
"""How a piece must correlate with what was said; G.711 alone leaves 0.999."""

HEARD, FOREIGN = 0.7, 0.05
"""What part the right sound has at least, and a wrong one at most: a busy machine loses packets but mixes no calls."""

PIECE = 3 * RATE // 50
WINDOW = RATE // 10
"""Samples of a piece in which several voices are told apart: it takes more to find one among others."""

SLIP = RATE // 4
"""How far a piece may lie from where the whole does, in samples: what a jitter buffer adds or drops."""

QUIET = 100.0
"""Pieces below this (root mean square) have nothing in them that could be compared."""


def voice(seed: int, seconds: float = 20.0) -> Samples:
    """A sound like no other seed's, in the band of a telephone: noise, by whose shape every moment is told apart."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3000)] = 0
    wave = np.fft.irfft(spectrum, count)
    return (wave / np.abs(wave).max() * 12000).astype(np.int16)


def shared(heard: Samples, said: Samples) -> float:
    """Which part of what was said was heard, from 0 to 1, silence left out. `heard` may have more around it."""
    place = _place(heard, said)
    found = []
    for start, piece in _pieces(said):
        around = heard[max(0, place + start - SLIP) : max(0, place + start + PIECE + SLIP)]
        found.append(_likeness(around.astype(np.float64), piece) > LIKE)
    assert found, "nothing was said that could be compared"
    return sum(found) / len(found)


def together(heard: Samples, voices: Sequence[Samples]) -> float:
    """Which part of what was heard is all these voices at once, and nothing else; each may slip by itself."""
    places = [_place(one, heard) for one in voices]
    found = []
    for start in range(0, len(heard) - WINDOW + 1, WINDOW):
        piece = heard[start : start + WINDOW].astype(np.float64)
        mix = np.zeros(WINDOW)
        for one, place in zip(voices, places, strict=True):
            first = max(0, place + start - SLIP // 2)
            around = one[first : max(0, place + start + WINDOW + SLIP // 2)].astype(np.float64)
            if len(around) >= WINDOW:
                best = int(np.argmax(np.correlate(around, piece, "valid")))
                mix += around[best : best + WINDOW]
        if np.sqrt(np.mean(piece**2)) > QUIET:
            found.append(piece @ mix > LIKE * np.sqrt(max((piece @ piece) * (mix @ mix), 1.0)))
    assert found, "nothing was heard that could be compared"
    return sum(found) / len(found)


def belongs(heard: Samples, said: Samples) -> float:
    """Which part of what was heard is from what was said, in any order and with anything left out, from 0 to 1."""
    place, size = _place(said, heard), 1 << (len(said) + PIECE).bit_length()
    wave = said.astype(np.float64)
    spectrum, sums = np.fft.rfft(wave, size), np.concatenate([[0.0], np.cumsum(wave**2)])
    power = sums[PIECE:] - sums[:-PIECE]

    def is_anywhere(piece: np.ndarray) -> bool:
        fits = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: len(power)]
        return bool(np.max(fits / np.sqrt(np.maximum(power * (piece @ piece), 1.0))) > LIKE)

    found = []
    for start, piece in _pieces(heard):
        around = wave[max(0, place + start - SLIP) : max(0, place + start + PIECE + SLIP)]
        found.append(_likeness(around, piece) > LIKE or is_anywhere(piece))
    assert found, "nothing was heard that could be compared"
    return sum(found) / len(found)


def longest_silence(heard: Samples) -> float:
    """Seconds of silence between two sounds."""
    starts = [start for start, _ in _pieces(heard)]
    return max((np.diff(starts) - PIECE).tolist(), default=0) / RATE


def _pieces(sound: Samples) -> list[tuple[int, np.ndarray]]:
    """Those with something in them, and where they begin."""
    cut = [
        (start, sound[start : start + PIECE].astype(np.float64)) for start in range(0, len(sound) - PIECE + 1, PIECE)
    ]
    return [(start, piece) for start, piece in cut if np.sqrt(np.mean(piece**2)) > QUIET]


def _place(heard: Samples, said: Samples) -> int:
    """Where in `heard` the beginning of `said` is, perhaps before it: where they are most alike as a whole."""
    size = 1 << (len(heard) + len(said)).bit_length()
    lags = np.arange(-len(said), len(heard))
    spectra = np.fft.rfft(heard.astype(np.float64), size), np.fft.rfft(said.astype(np.float64), size)
    together = np.fft.irfft(spectra[0] * np.conj(spectra[1]), size)[lags]
    power = np.concatenate([[0.0], np.cumsum(heard.astype(np.float64) ** 2)])
    around = power[np.minimum(lags + len(said), len(heard))] - power[np.maximum(lags, 0)]
    return int(lags[np.argmax(together / np.sqrt(np.maximum(around, len(said) * QUIET**2)))])


def _likeness(around: np.ndarray, piece: np.ndarray) -> float:
    """The best correlation of a piece with as much of the sound around."""
    if len(around) < len(piece):
        return 0.0
    power = np.convolve(around**2, np.ones(len(piece)), "valid") * (piece @ piece)
    return float(np.max(np.correlate(around, piece, "valid") / np.sqrt(np.maximum(power, 1.0))))


def spoken(text: str, setting: str = "") -> Samples:
    """What the engine itself makes of a text: espeak-ng, or the placeholder where there is none."""

    async def speak() -> Samples:
        clock = RealClock()
        decoder = Worker(clock, "decode", 60.0)
        speaker = Speaker(clock, open_engine(setting, clock, decoder), SoundCache(clock, None))
        try:
            return (await speaker.say(Speech(text, text))).sound
        finally:
            await speaker.close()
            await decoder.close()
            await clock.close()

    return asyncio.run(speak())
