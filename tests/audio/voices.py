"""Sounds that a telephone brings, made for tests: voices, noises, clicks."""

import numpy as np

from hoyhoy.audio import FRAME, RATE, tones


def line(*parts, lead=0.3):
    """Parts one after the other, in whole frames, after a little silence."""
    sound = np.concatenate([tones.silence(lead), *parts])
    return np.concatenate([sound, np.zeros(-len(sound) % FRAME, np.int16)])


def voice(seconds, *, level=0.1, pitch=120.0, seed=1):
    """Vowels with harmonics up to 3,400 Hz and a pitch that falls, four syllables a second, hisses between them."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    hertz = pitch * (1 - 0.1 * time / max(seconds, 0.1) + 0.03 * np.sin(2 * np.pi * 1.3 * time))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    formants = random.uniform((300, 900, 2200), (800, 2100, 3000))
    wave = np.zeros(len(time))
    for number in range(1, int(3400 / pitch)):
        gains = 1 / (1 + ((number * pitch - formants) / (80, 110, 160)) ** 2)
        wave += ((gains * (1.0, 0.5, 0.25)).sum() + 0.4 / number) * np.sin(number * phase + random.uniform(0, 6.28))
    syllables = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * time)
    wave = wave / wave.std() * syllables + random.normal(0, 0.3, len(time)) * (syllables < 0.15)
    return np.clip(wave / wave.std() * level * 32767, -32768, 32767).astype(np.int16)


def noise(seconds, rms, *, seed=1):
    """White, as comfort noise is."""
    return np.random.default_rng(seed).normal(0, rms, round(seconds * RATE)).astype(np.int16)


def with_noise(sound, rms, seed=1):
    mixed = sound.astype(np.int32) + noise(len(sound) / RATE, rms, seed=seed)
    return np.clip(mixed, -32768, 32767).astype(np.int16)


def clicks(seconds, *, each=0.7):
    """Single pulses, as of a worn contact."""
    sound = tones.silence(seconds)
    sound[:: round(each * RATE)] = 20000
    return sound
