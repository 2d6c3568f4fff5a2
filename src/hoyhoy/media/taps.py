"""Who listens in to one leg: what comes from it, or what it hears, handed to several at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from hoyhoy.audio.g711 import Samples
from hoyhoy.exchange.media import Track

from . import orders

if TYPE_CHECKING:
    from .session import Session

log = logging.getLogger(__name__)


class Tap:
    """One who listens; implements the exchange's Tap."""

    def __init__(self, taps: Taps, session: Session, track: Track, hear: Callable[[Samples], None]) -> None:
        self.track, self.hear = track, hear
        self._taps, self._session = taps, session

    def close(self) -> None:
        self._taps.remove(self, self._session)


class Taps:
    """All who listen to one leg. The plane hands each track over once, however many there are."""

    def __init__(self) -> None:
        self._open: dict[Track, list[Tap]] = {Track.FROM: [], Track.TO: []}

    def add(self, session: Session, track: Track, hear: Callable[[Samples], None]) -> Tap:
        """ValueError for a track that is both ways at once. A leg that is over is not heard."""
        if track not in self._open:
            raise ValueError(f"a tap is of what comes from a leg or of what it hears, not of {track.value!r}")
        tap = Tap(self, session, track, hear)
        if not session.is_closed:
            self._open[track].append(tap)
            if len(self._open[track]) == 1:
                session.tell(orders.Tap(leg=session.number, track=track.value))
        return tap

    def remove(self, tap: Tap, session: Session) -> None:
        others = self._open[tap.track]
        if tap in others:
            others.remove(tap)
            if not others:
                session.tell(orders.Untap(leg=session.number, track=tap.track.value))

    def hear(self, track: str, sound: bytes) -> None:
        frames = np.frombuffer(sound, np.int16)
        for tap in tuple(self._open[Track(track)]):
            if tap in self._open[tap.track]:  # it was not closed by one before it
                try:
                    tap.hear(frames)
                except Exception:  # what one makes of it must not be missed by the others
                    log.exception("what comes from a leg was not taken")

    def end(self) -> None:
        """The leg is over."""
        for taps in self._open.values():
            taps.clear()
