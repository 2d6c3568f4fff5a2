"""Clips played once to everybody in a room, beside what each of them hears: entry tones, what `Announce` says.

There are few at a time, so each is an object and they are mixed one after another. Who is held hears none;
who comes while one is played hears the rest of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hoyhoy.audio.g711 import Samples

from .arena import Arena, Clip


@dataclass(slots=True)
class Announcement:
    """A clip in a room; `order` is told at its end."""

    room: int
    clip: Clip
    order: int
    position: int = 0

    @property
    def left(self) -> int:
        """Frames until its end."""
        return self.clip.frames - self.position


class Announcements:
    """All that are being played."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self.under_way: list[Announcement] = []

    def start(self, announcement: Announcement) -> None:
        self.under_way.append(announcement)

    def shortest(self, otherwise: int) -> int:
        """Frames until the next one ends."""
        return min((one.left for one in self.under_way), default=otherwise)

    def advance(self, steps: int) -> tuple[list[tuple[int, Samples]], list[Announcement]]:
        """The next frames [steps, 160] of each with its room, and those that end by that.

        `steps` must not be more than `shortest()`.
        """
        sounds = []
        for one in self.under_way:
            at = one.clip.first + one.position
            sounds.append((one.room, self._arena.frames[at : at + steps]))
            one.position += steps
        ended = [one for one in self.under_way if not one.left]
        if ended:
            self.under_way = [one for one in self.under_way if one.left]
        return sounds, ended
