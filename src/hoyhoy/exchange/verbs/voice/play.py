from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hoyhoy.exchange.sound import MOST_KEYS, Audio, Keys
from hoyhoy.exchange.verbs.sounding import Sounding
from hoyhoy.exchange.verbs.verb import checked, whole

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call


def dtmf(raw: str) -> str:
    """Keys and pauses as they are sent; ValueError says what is lawful."""
    if len(raw) > MOST_KEYS or not re.fullmatch(r"[0-9A-D#*wW]+", raw):
        raise ValueError(f"a sequence of 0-9 A-D # * w W, {MOST_KEYS} at most")
    return raw


class Play(Sounding):
    """Play a recording by URL, or send keys (voice reference 2.2). With both, the keys win."""

    digits: str = checked("", dtmf, code=13430)
    loop: int = whole(1, least=0, code=13410)

    def wish(self, call: Call) -> Audio | Keys | None:
        """None, and a notice, when it names nothing. Fault for a URL that cannot be requested."""
        if self.digits:
            return Keys(self.digits)
        if self.body:
            # The request for the sound carries no parameters of the call (1.7), so only the address matters.
            return Audio(call.place.webhook(self.body, "GET").url)
        call.notice(12200, f"Line {self.element.line}: <Play> names nothing to play; it is skipped.")
        return None

    @property
    def times(self) -> int:
        """Keys are sent once."""
        return 1 if self.digits else super().times
