"""Tables, rows and events that the store's tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from hoyhoy.exchange.events import CallMoved, Entry
from hoyhoy.exchange.ports import Callback, Column, Row, Table
from hoyhoy.store.journal import Journal

CALLS = Table(
    "calls",
    (
        Column("status"),
        Column("duration", "integer"),
        Column("price", "real"),
        Column("muted", "boolean"),
        Column("note"),
    ),
    (("status",),),
)
ACCOUNTS = Table(
    "accounts",
    tuple(
        Column(name, secret=name == "auth_token")
        for name in ("friendly_name", "status", "auth_token", "owner_account_sid")
    ),
)
NUMBERS = Table(
    "incoming_phone_numbers",
    tuple(
        Column(name)
        for name in (
            "account_sid",
            "phone_number",
            "voice_url",
            "voice_method",
            "voice_fallback_url",
            "voice_fallback_method",
            "status_callback",
            "status_callback_method",
            "sms_url",
            "sms_method",
            "sms_fallback_url",
            "sms_fallback_method",
        )
    ),
)
TABLES = (CALLS, ACCOUNTS, NUMBERS)


def call(sid: str, **values: Any) -> Row:
    """A row to be made."""
    return Row("calls", sid, values, new=True)


def change(sid: str, **values: Any) -> Row:
    return Row("calls", sid, values)


def delete(sid: str) -> Row:
    return Row("calls", sid, None)


def callback(sid: str, subject: str = "CA1") -> Callback:
    return Callback(
        sid=sid,
        subject=subject,
        account="AC1",
        url="http://localhost/status",
        method="POST",
        params=(("CallStatus", "ringing"), ("To", "+15005550006")),
    )


def record(journal: Journal, *rows: Row, callbacks: tuple[Callback, ...] = (), subject: str = "CA1") -> Entry:
    return journal.record(subject, "AC1", CallMoved(status="ringing"), rows, callbacks)


async def until(is_true: Callable[[], bool]) -> None:
    """Let the loop turn until the other thread has done its work."""
    async with asyncio.timeout(20):
        while not is_true():  # noqa: ASYNC110  nothing of the loop's tells
            await asyncio.sleep(0.001)
