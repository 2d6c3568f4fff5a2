"""A batch of records folded into as few changes of rows as possible. Pure.

Within one batch only the last state of a row matters: made and then changed three times is one
insert, changed and then deleted one delete, made and deleted nothing. No index but the one on
`sid` is unique, so the order of changes between different rows does not matter and they can be
grouped by statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from hoyhoy.exchange.events import CallbackDelivered, CallbackFailed, Entry
from hoyhoy.exchange.ports import Callback, Row

from .schema import OUTBOX

_encode = msgspec.json.Encoder().encode


class Record(NamedTuple):
    """What one call of `Journal.record` brought."""

    entry: Entry
    rows: Sequence[Row]
    callbacks: Sequence[Callback]


class Fate:
    """What becomes of one row: `gone` first when it was there before, then made when `id` is set, else changed."""

    __slots__ = ("gone", "id", "values")

    def __init__(self) -> None:
        self.gone = False
        self.id: int | None = None
        self.values: dict[str, Any] = {}


Fates = dict[str, dict[str, Fate]]
"""By table, then by sid."""


def fold(records: Iterable[Record]) -> Fates:
    """The changes of all tables but `events`, which never fold."""
    fates: Fates = {}
    for entry, rows, callbacks in records:
        for row in rows:
            _apply(_fate(fates, row.table, row.sid), row.values, entry.position if row.new else None)
        for callback in callbacks:
            _apply(_fate(fates, OUTBOX, callback.sid), _outbox_values(entry, callback), entry.position)
        event = entry.event
        if type(event) is CallbackDelivered:
            _apply(_fate(fates, OUTBOX, event.sid), None, None)
        elif type(event) is CallbackFailed:
            _apply(_fate(fates, OUTBOX, event.sid), _next_attempt(entry.at, event), None)
    return fates


def event_rows(records: Iterable[Record]) -> list[tuple[Any, ...]]:
    """Rows of `events`, in the order of its columns."""
    return [
        (
            entry.position,
            entry.at,
            entry.subject,
            entry.account,
            type(entry.event).__name__,
            _encode(entry.event).decode(),
        )
        for entry, _, _ in records
    ]


def _fate(fates: Fates, table: str, sid: str) -> Fate:
    rows = fates.get(table)
    if rows is None:
        rows = fates[table] = {}
    fate = rows.get(sid)
    if fate is None:
        fate = rows[sid] = Fate()
    return fate


def _apply(fate: Fate, values: Mapping[str, Any] | None, made: int | None) -> None:
    if values is None:
        fate.gone = fate.gone or fate.id is None
        fate.id = None
        fate.values = {}
    elif made is not None:
        fate.id = made
        fate.values = dict(values)
    elif fate.id is not None or not fate.gone:  # a change that comes after the end is dropped
        fate.values.update(values)


def _outbox_values(entry: Entry, callback: Callback) -> dict[str, Any]:
    return {
        "subject": callback.subject,
        "account": callback.account,
        "url": callback.url,
        "method": callback.method,
        "params": _encode(callback.params).decode(),
        "due_at": entry.at,
        "attempts": 0,
    }


def _next_attempt(at: float, event: CallbackFailed) -> dict[str, Any] | None:
    """The outbox forgets a callback that was given up."""
    if event.again_in is None:
        return None
    return {"due_at": at + event.again_in, "attempts": event.attempts}


# Strange text ------------------------------------------------------------------------------


def scrub_text(text: str) -> str:
    """Text that every database takes: lone surrogates, which UTF-8 cannot carry, and U+0000, which PostgreSQL does not
    keep, are replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def scrub(records: Iterable[Record]) -> list[Record]:
    """The same records with all their text as `scrub_text` makes it."""
    return [
        Record(
            _scrub_entry(entry),
            [replace(row, values=_scrub(row.values)) for row in rows],
            [msgspec.convert(_scrub(msgspec.to_builtins(callback)), Callback) for callback in callbacks],
        )
        for entry, rows, callbacks in records
    ]


def _scrub_entry(entry: Entry) -> Entry:
    return replace(
        entry,
        subject=_scrub(entry.subject),
        account=_scrub(entry.account),
        event=msgspec.convert(_scrub(msgspec.to_builtins(entry.event)), type(entry.event)),
    )


def _scrub(value: Any) -> Any:
    match value:
        case str():
            return scrub_text(value)
        case dict():
            return {_scrub(key): _scrub(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_scrub(inner) for inner in value]
        case _:
            return value
