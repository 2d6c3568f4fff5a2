"""Which engine speaks: the setting `--speech` names it.

| setting | engine |
| --- | --- |
| (empty) | espeak-ng when it is installed, else none |
| `none` | none: placeholders |
| `espeak` | espeak-ng, and an error when it is not installed |
| `http://...`, `https://...` | that address, asked as http.py says |
| `name` or `name:anything` | the entry point `name` of the group `hoyhoy.speech`, given the clock and `anything` |
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from hoyhoy.exchange.clock import Clock

from . import Engine
from .espeak import Espeak
from .espeak_library import find
from .http import HttpEngine
from .worker import Worker

GROUP = "hoyhoy.speech"
MISSING = "espeak-ng is not installed: pip install 'hoyhoy[speech]'."

Maker = Callable[[Clock, str], Engine]
"""What an entry point of the group leads to."""


def open_engine(setting: str, clock: Clock, decoder: Worker) -> Engine | None:
    """The engine, None for placeholders. ValueError, with a sentence for the operator, for what cannot be had.

    Nothing is started or connected yet. `decoder` is a Worker for "decode".
    """
    if setting == "none":
        return None
    if setting in ("", "espeak"):
        found = find()
        if found is None and setting:
            raise ValueError(MISSING)
        return Espeak(clock, found) if found else None
    if setting.startswith(("http://", "https://")):
        return HttpEngine(clock, setting, decoder)
    make: Maker
    make, given = outsider(GROUP, setting, "speech engine", "none, espeak, an http URL")
    return make(clock, given)


def outsider(group: str, setting: str, what: str, ours: str) -> tuple[Any, str]:
    """What the entry point leads to that `name:anything` names, and `anything`. ValueError, with what there is besides
    `ours`, for one that is not there."""
    name, _, given = setting.partition(":")
    known = {point.name: point for point in entry_points(group=group)}
    if name not in known:
        others = "".join(f", {other}" for other in sorted(known))
        raise ValueError(f"There is no {what} {name[:40]!r}; there are: {ours}{others}.")
    return known[name].load(), given
