"""Keys on their way to far ends that know events (RFC 4733): what each leg is to send next in place of its sound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hoyhoy.audio import FRAME_SECONDS
from hoyhoy.audio.tones import PAUSES

from .packets import KEYS

KEY_FRAMES, KEY_ENDS, KEY_GAP = 5, 3, 2
"""Frames a key is sent for, 100 ms; how often its end is sent (RFC 4733 2.5.1.4); frames of sound until the next."""


class Dialling:
    """The keys of all legs, by row."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[tuple[str, int]]] = {}
        """Keys, and how many packets of each were sent."""

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __contains__(self, row: int) -> bool:
        return row in self._waiting

    def add(self, row: int, keys: str) -> None:
        """After those that are being sent, with pauses where `w` and `W` stand. What is no key is left out."""
        waiting = [(key, 0) for key in keys if key in PAUSES or key.upper() in KEYS]
        if waiting:
            self._waiting.setdefault(row, []).extend(waiting)

    def stop(self, row: int) -> None:
        """No more keys. One that was begun is sent to its end, or the far end would hear it for ever."""
        if waiting := self._waiting.get(row):
            key, sent = waiting[0]
            del waiting[1 if sent and key not in PAUSES else 0 :]
            self._tidy(row)

    def cut_short(self, row: int) -> None:
        """Nothing is sent any more: a key that was begun, and cannot be ended, is over for the far end too."""
        waiting = self._waiting.get(row)
        if waiting and waiting[0][1]:
            waiting.pop(0)
            self._tidy(row)

    def forget(self, row: int) -> None:
        self._waiting.pop(row, None)

    def pass_frame(self, sends: NDArray[np.bool_]) -> Iterator[tuple[int, str, int]]:
        """What is sent in this frame in place of sound: row, key, and how many packets of it went before. Where nothing
        `sends`, keys wait."""
        for row, waiting in list(self._waiting.items()):
            if not sends[row]:
                continue
            key, sent = waiting[0]
            if key in PAUSES:
                whole = round(PAUSES[key] / FRAME_SECONDS)
            else:
                whole = KEY_FRAMES + KEY_ENDS + KEY_GAP
                if sent < KEY_FRAMES + KEY_ENDS:
                    yield row, key, sent
            waiting[0] = (key, sent + 1)
            if sent + 1 == whole:
                waiting.pop(0)
                self._tidy(row)

    def _tidy(self, row: int) -> None:
        if not self._waiting[row]:
            del self._waiting[row]
