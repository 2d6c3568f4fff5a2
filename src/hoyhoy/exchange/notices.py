"""Telling the customer: every error and warning becomes a Notification and an event (voice reference 3.9)."""

from __future__ import annotations

from urllib.parse import urlencode

from hoyhoy.wire.errors import DOCS, Level, lookup

from .chance import Chance, new_sid
from .events import Noticed, Params
from .ports import Journal, Page, Row

MOST_WARNINGS = 100


def notify(
    journal: Journal,
    chance: Chance,
    now: float,
    *,
    account: str,
    subject: str,
    code: int,
    message: str,
    level: Level | None = None,
    url: str = "",
    method: str = "",
    params: Params = (),
    page: Page | None = None,
) -> None:
    """Record one Notification about `subject` (a call's or message's sid, or an account's).

    `level` is the catalogue's for this code unless another is given.
    """
    sid = new_sid(chance, "NO")
    level = level or lookup(code).level
    text = urlencode(
        {"ErrorCode": code, "LogLevel": "ERROR" if level is Level.ERROR else "WARN", "Msg": message}
        | ({"url": url} if url else {})
    )
    values = {
        "account_sid": account,
        "call_sid": subject if subject.startswith("CA") else None,
        "resource_sid": subject,
        "error_code": code,
        "log": 0 if level is Level.ERROR else 1,
        "message_text": text,
        "message_date": now,
        "more_info": f"{DOCS}{code}",
        "request_method": method or None,
        "request_url": url or None,
        "request_variables": urlencode(params),
        "request_headers": urlencode(page.asked_with) if page else None,
        "response_headers": urlencode(page.headers) if page else None,
        "response_body": page.body.decode("utf-8", "replace") if page else None,
        "date_created": now,
        "date_updated": now,
    }
    event = Noticed(sid=sid, code=code, level=str(level), message=message, url=url, method=method)
    journal.record(subject, account, event, rows=(Row("notifications", sid, values, new=True),))


class Patience:
    """How many warnings about one call or message are told: documents full of mistakes can go round in circles."""

    def __init__(self, most: int = MOST_WARNINGS) -> None:
        self._left = most

    def hears(self, code: int, message: str) -> str | None:
        """`message` as it is told, None when it is not told any more. Errors always are."""
        if lookup(code).level is Level.ERROR:
            return message
        self._left -= 1
        if self._left < 0:
            return None
        return message if self._left else f"{message} Further warnings are left out."
