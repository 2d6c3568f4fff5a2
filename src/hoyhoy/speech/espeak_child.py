"""espeak-ng within its process (child.py): the library is loaded here and nowhere else, for it is GPL.

An order names pieces, each a silence in seconds or a voice and text in espeak-ng's own SSML; the answer is
one sound at 8,000 Hz.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from hoyhoy.audio.resample import resample

from .espeak_library import find
from .frames import Head, Perform, Refusal

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS of speak_lib.h: samples go to the callback
DONT_EXIT = 0x8000
CHARS_UTF8, SSML, PHONEMES = 0x01, 0x10, 0x100
POSITION_CHARACTER = 1
RATE, VOLUME, PITCH, RANGE, WORD_GAP = 1, 2, 3, 4, 7
USUAL = {RATE: 175, VOLUME: 100, PITCH: 50, RANGE: 50, WORD_GAP: 0}
"""Set before every piece: what SSML changed in one would last into the next."""

SEED = 1
QUIET = 24
"""Samples not louder than this, of 32,767, are the silence after speech."""

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Library:
    """espeak-ng, loaded."""

    def __init__(self) -> None:
        found = find()
        if found is None:
            raise RuntimeError("espeak-ng is not installed: pip install 'hoyhoy[speech]'.")
        self.lib = ctypes.CDLL(found.library)
        self.lib.espeak_Info.restype = ctypes.c_char_p
        # 0 is the usual length of the buffer; without a path the library looks where it was built to.
        data = found.data.encode() if found.data else None
        self.rate: int = self.lib.espeak_Initialize(SYNCHRONOUS, 0, data, DONT_EXIT)
        if self.rate <= 0:
            raise RuntimeError("espeak-ng finds no voices; is it installed completely?")
        self._taken = bytearray()
        self._most = 0
        self._callback = Callback(self._take)
        self.lib.espeak_SetSynthCallback(self._callback)
        self.version = f"espeak-ng {self.lib.espeak_Info(None).decode()}"

    def _take(self, wave: Any, count: int, _: Any) -> int:
        if wave and count > 0:
            self._taken += ctypes.string_at(wave, count * 2)
        return int(len(self._taken) > self._most)  # 1 ends it

    def perform(self, head: Head, _: bytes) -> tuple[Head, bytes]:
        """`pieces`: [voice, text] or seconds of silence; `longest`: seconds of the whole."""
        sounds, cut = [], False
        pieces: list[Any] = head["pieces"]
        room = round(head["longest"] * self.rate)
        if hasattr(self.lib, "espeak_ng_SetRandSeed"):  # 1.52: it is seeded with the time, and breath is noise
            self.lib.espeak_ng_SetRandSeed(ctypes.c_long(SEED))
        for place, piece in enumerate(pieces):
            self._most = room * 2
            if isinstance(piece, list):
                sound = self._speak(*piece)
                if place + 1 < len(pieces) and not isinstance(pieces[place + 1], list):
                    sound = without_end(sound)  # the silence that follows is as long as it was written
            else:
                sound = np.zeros(min(room, round(piece * self.rate)), np.int16)
            cut = cut or len(sound) > room
            sounds.append(sound[:room])
            room -= len(sounds[-1])
        whole = np.concatenate(sounds) if sounds else np.zeros(0, np.int16)
        return {"cut": cut}, resample(whole, self.rate).astype("<i2").tobytes()

    def _speak(self, voice: str, text: str) -> np.ndarray[Any, np.dtype[np.int16]]:
        if self.lib.espeak_SetVoiceByName(voice.encode()):
            raise Refusal(f"espeak-ng has no voice {voice}.")
        for number, value in USUAL.items():
            self.lib.espeak_SetParameter(number, value, 0)
        self._taken.clear()
        told = text.encode() + b"\0"
        flags = CHARS_UTF8 | SSML | PHONEMES
        self.lib.espeak_Synth(told, ctypes.c_size_t(len(told)), 0, POSITION_CHARACTER, 0, flags, None, None)
        self.lib.espeak_Synchronize()
        return np.frombuffer(bytes(self._taken), np.int16)


def without_end(sound: np.ndarray[Any, np.dtype[np.int16]]) -> np.ndarray[Any, np.dtype[np.int16]]:
    loud = np.flatnonzero((sound > QUIET) | (sound < -QUIET))
    return sound[: loud[-1] + 1] if len(loud) else sound[:0]


def load() -> tuple[str, Perform]:
    """Work of child.py. RuntimeError or OSError when there is no espeak-ng to load."""
    library = Library()
    return library.version, library.perform
