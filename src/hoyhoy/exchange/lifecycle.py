"""A lifecycle is a table of lawful moves. Every status in hoyhoy changes through one.

Final means final: a late signal about something that is over is answered with `False` by
`may_move`, in one place, and dropped by whoever asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)


class UnlawfulMove(Exception):
    """A status was asked to go where its table does not lead: a bug of ours."""


@dataclass(frozen=True)
class Lifecycle(Generic[S]):
    """States and where each may lead; a state that leads nowhere is final."""

    moves: Mapping[S, frozenset[S]]

    @classmethod
    def of(cls, *rows: tuple[S, Iterable[S]]) -> Lifecycle[S]:
        return cls({start: frozenset(ends) for start, ends in rows})

    def is_final(self, state: S) -> bool:
        return not self.moves.get(state)

    def may_move(self, now: S, to: S) -> bool:
        return to in self.moves.get(now, ())

    def move(self, now: S, to: S) -> S:
        if not self.may_move(now, to):
            raise UnlawfulMove(f"{now} -> {to}")
        return to
