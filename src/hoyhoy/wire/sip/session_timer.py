"""Session timers (RFC 4028): calls whose far end vanished come to an end by themselves.

One of the two refreshes the session by re-INVITE or UPDATE at half its time; the other hangs up when
no refresh comes. Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .address import EVER, seconds
from .error import SipError
from .grammar import params
from .headers import Headers
from .message import Message, Request, Response

LEAST = 90  # RFC 4028 4: no Min-SE may be smaller
USUAL = 1800


class Refresher(StrEnum):
    UAC = "uac"
    UAS = "uas"


@dataclass(frozen=True, slots=True)
class Session:
    """What was agreed."""

    seconds: int
    refresher: Refresher
    is_ours: bool  # we refresh

    @property
    def wait(self) -> float:
        """Seconds from now until we refresh, or until we hang up for want of a refresh (10)."""
        return self.seconds / 2 if self.is_ours else self.seconds - min(32.0, self.seconds / 3)

    def stamp(self, response: Response, request: Request) -> None:
        """Say it in a 2xx (9). `Require` only when the caller has to refresh and knows how."""
        response.headers.set("Session-Expires", f"{self.seconds};refresher={self.refresher}")
        if self.refresher is Refresher.UAC and request.supports("timer"):
            response.headers.set("Require", *response.headers.values("Require"), "timer")


def asked(message: Message) -> tuple[int | None, Refresher | None]:
    """Session-Expires of a message. SipError when it is malformed."""
    text = message.headers.get("Session-Expires")
    if text is None:
        return None, None
    digits, mark, rest = text.partition(";")
    delta = seconds(digits.strip())
    if delta is None:
        raise SipError("malformed Session-Expires")
    named = (params(mark + rest).get("refresher") or "").lower()
    return delta, Refresher(named) if named in ("uac", "uas") else None


def least(headers: Headers) -> int:
    """Min-SE; what is absent, unreadable or too small counts as 90."""
    found = seconds((headers.get("Min-SE") or "").partition(";")[0].strip())
    return max(LEAST, LEAST if found is None or found == EVER else found)


def ask(request: Request, session: int = USUAL, minimum: int = LEAST, refresher: Refresher | None = None) -> None:
    """Ask for a session timer in an INVITE or UPDATE of ours (7.1)."""
    request.headers.set("Supported", *[tag for tag in request.headers.values("Supported") if tag != "timer"], "timer")
    request.headers.set("Session-Expires", f"{session};refresher={refresher}" if refresher else session)
    request.headers.set("Min-SE", minimum)


def agree(request: Request, *, ours: int = USUAL, minimum: int = LEAST) -> Session:
    """What we answer to an INVITE or UPDATE (9). SipError 422 when the caller wants it shorter than `minimum`."""
    wanted, refresher = asked(request)
    knows = request.supports("timer")
    if wanted is not None and wanted < minimum and knows:
        raise SipError("session interval too small", 422, headers=(("Min-SE", str(minimum)),))
    # A proxy may have put it in for a caller who does not know of it (8.1); then it cannot be refused, only raised.
    session = max(minimum, least(request.headers), ours if wanted is None else min(wanted, max(ours, minimum)))
    if not knows:
        refresher = Refresher.UAS
    refresher = refresher or Refresher.UAC
    return Session(session, refresher, refresher is Refresher.UAS)


def agreed(response: Response) -> Session | None:
    """What a 2xx to our request says (7.2); None: no timer."""
    session, refresher = asked(response)
    if session is None:
        return None
    refresher = refresher or Refresher.UAC
    return Session(max(session, LEAST), refresher, refresher is Refresher.UAC)


def longer(response: Response) -> int | None:
    """The interval to try again with after a 422 (7.3); None when it cannot be told or is beyond a day."""
    if response.status != 422 or "Min-SE" not in response.headers:
        return None
    wanted = least(response.headers)
    return wanted if wanted <= 86400 else None
