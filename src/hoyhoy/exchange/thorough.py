"""An end that is the end of everything: what must be taken to its end even if the store refuses a part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack


def every(steps: Iterable[Callable[[], object]]) -> None:
    """Take each step, in order, also when one before it failed; the error of the last one that did is raised then."""
    with ExitStack() as taken:
        for step in reversed(tuple(steps)):  # a stack is emptied from its top
            taken.callback(step)
