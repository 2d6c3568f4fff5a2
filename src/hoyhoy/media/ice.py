"""The ICE agent of one leg: lite, so it asks nobody and answers who knows the password (RFC 8445 2.5, 7.3).

Browsers name no addresses of theirs: where they are is learned from their connectivity checks. Which of these ways
is used is the browser's choice alone; until it has told (USE-CANDIDATE) the latest will do. A way that was not checked
for long is no longer good (RFC 7675): the leg counts that time.
"""

from __future__ import annotations

import hmac

from hoyhoy.wire.webrtc.stun import REQUEST, Message

MOST_WAYS = 16
"""Addresses that are known of one far end: those checked last."""

Way = tuple[int, int]
"""Which of our sockets, and the far end's host and port as one number."""


class Agent:
    """`ufrag` and `password` are ours; `theirs` is the far end's ufrag, and until it is known nobody is let in."""

    def __init__(self, ufrag: str, password: str) -> None:
        self.ufrag, self.password = ufrag, password
        self.theirs: str | None = None
        self.ways: dict[Way, None] = {}
        """Those that were checked, the latest last."""
        self.chosen: Way | None = None
        """The one that is used."""
        self._is_nominated = False

    def knows(self, check: Message, datagram: bytes) -> bool:
        """Whether a check comes from the far end. Whose it seems to be is looked at first: that costs nothing."""
        if self.theirs is None or check.kind != REQUEST:
            return False
        expected = f"{self.ufrag}:{self.theirs}"
        return hmac.compare_digest(check.username.encode(), expected.encode()) and check.is_authentic(
            datagram, self.password
        )

    def learn(self, way: Way, *, is_nominated: bool) -> Way | None:
        """A check came this way; the way that is forgotten for it, if that is one too many."""
        self.ways.pop(way, None)
        self.ways[way] = None
        if is_nominated or not self._is_nominated:
            self.chosen = way
            self._is_nominated |= is_nominated
        if len(self.ways) <= MOST_WAYS:
            return None
        oldest = next(one for one in self.ways if one != self.chosen)
        del self.ways[oldest]
        return oldest

    def restart(self, ufrag: str, password: str) -> None:
        """The far end finds its way anew (RFC 8445 9). Until its first check it is reached on the way it had."""
        self.ufrag, self.password = ufrag, password
        self.theirs, self._is_nominated = None, False
