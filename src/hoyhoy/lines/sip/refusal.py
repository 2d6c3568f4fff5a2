"""Refusing a request with a code that customers can look up (voice reference 17.4), and telling them of it."""

from __future__ import annotations

from collections.abc import Callable

from hoyhoy.exchange.clock import Clock
from hoyhoy.lines.quota import Quota
from hoyhoy.wire.sip.error import SipError

HEADER = "X-Twilio-Error"

TOLD = 10
"""Notifications of one kind that an account gets in a minute: strangers must not fill its log, nor the disk."""


class Refused(SipError):
    """The response tells `code` and `sentence` in a header field, as the platform's own does."""

    def __init__(self, code: int, sentence: str, status: int = 403, *, retry_after: int | None = None) -> None:
        headers = [(HEADER, f"{code} {sentence}")]
        if retry_after is not None:
            headers.append(("Retry-After", str(retry_after)))
        super().__init__(sentence, status, headers=tuple(headers))
        self.code = code


Tell = Callable[[str, int, str], object]
"""Makes a Notification: the account's sid, the code, a sentence."""


class Complaints:
    """What an account hears of requests that were refused in its name."""

    def __init__(self, clock: Clock, tell: Tell) -> None:
        self._clock, self._tell = clock, tell
        self._quota = Quota(TOLD, 60.0)

    def tell(self, account: str, code: int, sentence: str) -> None:
        if self._quota.take((account, code), self._clock.now()):
            self._tell(account, code, sentence)
