"""Who recognises speech: the setting `--recogniser` names it.

| setting | recogniser |
| --- | --- |
| (empty) | none: what virtual phones say is known, what others say is not |
| `http://...`, `https://...` | that address, asked as http_recogniser.py says |
| `name` or `name:anything` | the entry point `name` of the group `hoyhoy.recognition`, given the clock and `anything` |
"""

from __future__ import annotations

from collections.abc import Callable

from hoyhoy.exchange.clock import Clock
from hoyhoy.exchange.ports import Recogniser

from .engines import outsider
from .http_recogniser import HttpRecogniser

GROUP = "hoyhoy.recognition"

Maker = Callable[[Clock, str], Recogniser]
"""What an entry point of the group leads to."""


def open_recogniser(setting: str, clock: Clock) -> Recogniser | None:
    """None for nobody. ValueError, with a sentence for the operator, for what cannot be had.

    Nothing is started or connected yet.
    """
    if not setting:
        return None
    if setting.startswith(("http://", "https://")):
        return HttpRecogniser(clock, setting)
    make: Maker
    make, given = outsider(GROUP, setting, "recogniser", "an http URL")
    return make(clock, given)
