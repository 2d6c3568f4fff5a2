"""The front door: every live call and message by sid, and the orders they take.

Skeleton of the interface; see orders.py.
"""

from __future__ import annotations

from typing import Any

from .orders import PlaceCall, SendMessage
from .ports import Webhook


class Switchboard:
    """All orders are immediate and synchronous; durability is `journal.settled()`, awaited by who answers."""

    def place_call(self, order: PlaceCall) -> dict[str, Any]:
        """Queue a call; return its row."""
        raise NotImplementedError

    def redirect_call(self, sid: str, *, webhook: Webhook | None = None, twiml: str = "") -> None:
        """Move a live call to another document. Fault 21220 when it is not in progress (5.3)."""
        raise NotImplementedError

    def end_call(self, sid: str, status: str) -> None:
        """`completed` or `canceled` as in voice reference 5.3. Fault 21220 when it is over."""
        raise NotImplementedError

    def amend_call(self, sid: str, changes: dict[str, Any]) -> None:
        """Replace columns of a live call: fallback_url, fallback_method, status_callback,
        status_callback_method, time_limit. Fault 21220 when it is over."""
        raise NotImplementedError

    def send_message(self, order: SendMessage) -> dict[str, Any]:
        """Queue a message; return its row."""
        raise NotImplementedError

    def is_live(self, sid: str) -> bool:
        raise NotImplementedError
