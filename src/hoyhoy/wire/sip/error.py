"""The one error of SIP's languages: what the peer sent cannot be used, and how to say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .message import Request


class SipError(Exception):
    """The peer broke a rule, or asks what we do not do.

    `status` is the SIP response code that says so (400 unless told), `reason` a short English
    sentence fit for the reason phrase. `request` is the request it stands in, when enough of it
    could be read to answer it; `headers` belong into that answer (Retry-After, Min-SE, Unsupported...).
    """

    def __init__(self, reason: str, status: int = 400, *, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.reason = reason
        self.status = status
        self.headers = headers
        self.request: Request | None = None
        super().__init__(f"{status} {reason}")
