"""Keys that are told by INFO, and those that are told twice.

`application/dtmf-relay` is a vendor's format that all others took over: `Signal=5`, `Duration=160`.
`application/dtmf` has the key alone. Some phones send each key both by INFO and by RFC 4733.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from hoyhoy.wire.sip.message import Request

RELAY = "application/dtmf-relay"
PLAIN = "application/dtmf"

WINDOW = 2.0
"""Seconds within which the same key by another way is the same press: an INFO that is lost comes half a second later,
or a second and a half."""
REMEMBERED = 32

_SIGNAL = re.compile(r"^\s*signal\s*=\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NUMBERED = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
"""The events of RFC 4733 3.2, which some put there."""
_KEYS = frozenset("0123456789*#ABCD")


def key_of(request: Request) -> str | None:
    """The key that an INFO tells; None when it tells none."""
    text = request.body.decode("latin-1")[:256]
    if request.content_type == RELAY:
        found = _SIGNAL.search(text)
        word = found[1] if found else ""
    elif request.content_type == PLAIN:
        word = text.strip()
    else:
        return None
    word = _NUMBERED.get(word, word).upper()
    return word if word in _KEYS else None


class Once:
    """Knows each key once, whichever way it comes first."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._told: deque[tuple[str, str, float]] = deque(maxlen=REMEMBERED)  # key, way, when: without its twin

    def hear(self, key: str, way: str) -> bool:
        """Whether this key has not come by another way already."""
        now = self._now()
        while self._told and now - self._told[0][2] > WINDOW:
            self._told.popleft()
        for told in self._told:
            if told[0] == key and told[1] != way:
                self._told.remove(told)
                return False
        self._told.append((key, way, now))
        return True
