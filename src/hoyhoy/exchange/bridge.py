"""Legs that hear one another: a room of the media plane, and beside its sound the words of virtual phones.

A Dial has two legs in it, a conference as many as come. Who is muted, on hold or coaching hears and is heard as the
room has it (media.py), in words as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from .leg import Leg, LegState
from .media import MediaPlane, Prompt


@dataclass(frozen=True, slots=True)
class Place:
    """How a leg takes part."""

    muted: bool = False
    held: bool = False
    coaches: Leg | None = None


class Bridge:
    """One room. The legs in it are those of one account."""

    def __init__(self, plane: MediaPlane) -> None:
        self.plane, self.room = plane, plane.room()
        self._places: dict[Leg, Place] = {}

    def __iter__(self) -> Iterator[Leg]:
        return iter(tuple(self._places))

    def __len__(self) -> int:
        return len(self._places)

    def join(self, leg: Leg, *, muted: bool = False, held: bool = False, coaches: Leg | None = None) -> None:
        """Put a leg into the room; one that is in it takes part as is said here from this moment on."""
        self._places[leg] = Place(muted, held, coaches)
        leg.media.join(self.room, muted=muted, held=held, coaches=coaches.media if coaches else None)
        leg.on_words = partial(self._spoke, leg)

    def leave(self, leg: Leg) -> None:
        """Take a leg out; nothing for one that is not in the room."""
        if self._places.pop(leg, None):
            leg.on_words = None
            leg.media.leave()

    def announce(self, account: str, prompt: Prompt) -> None:
        """A sound to all who are not held, beside what they hear."""
        self.plane.announce(account, self.room, prompt.samples)
        for leg, place in self._places.items():
            if not place.held:
                leg.overhear_sound(prompt)

    def _spoke(self, leg: Leg, words: str) -> None:
        place = self._places[leg]
        if place.muted or place.held:
            return
        for other, theirs in tuple(self._places.items()):
            is_meant = place.coaches in (None, other)
            if other is not leg and is_meant and not theirs.held and other.state is LegState.ANSWERED:
                other.overhear(words)
