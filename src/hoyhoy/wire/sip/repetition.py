"""What the user of a transaction repeats by itself until it is confirmed: a 2xx until ACK (RFC 3261 13.3.1.4),
a reliable provisional response until PRACK (RFC 3262 3)."""

from __future__ import annotations

from dataclasses import dataclass

from .message import Response
from .transaction import PATIENCE, T1


@dataclass(slots=True)
class Repetition:
    """`most` bounds the wait between two sendings: T2 for a 2xx, nothing for a provisional response.

    Unlike the repetitions of a transaction these go on over TCP too: the confirmation is end to end.
    """

    response: Response
    most: float = PATIENCE
    waited: float = 0.0
    wait: float = T1

    def again(self) -> float | None:
        """Seconds until the response goes out the next time; None when 64*T1 are over and nobody will confirm."""
        seconds = min(self.wait, PATIENCE - self.waited)
        if seconds <= 0:
            return None
        self.waited += seconds
        self.wait = min(2 * self.wait, self.most)
        return seconds
