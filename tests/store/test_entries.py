from __future__ import annotations

import json
from typing import Any

import pytest

from hoyhoy.exchange.events import CallMoved, Entry, Event, WebhookAnswered
from hoyhoy.store.changes import Record, event_rows
from hoyhoy.store.entries import entry_of

NAMES = ("position", "at", "subject", "account", "kind", "body")


def row(kind: str, body: Any) -> dict[str, Any]:
    return dict(zip(NAMES, (3, 1.5, "CA1", "AC1", kind, json.dumps(body)), strict=True))


def test_an_entry_comes_back_as_it_was() -> None:
    entry = Entry(
        3,
        1731234567.123456,
        "CA1",
        "AC1",
        WebhookAnswered(
            url="http://a", method="POST", params=(("A", "1"), ("A", "2")), status=200, body="<Response/>\0é"
        ),
    )
    [stored] = event_rows([Record(entry, (), ())])
    assert entry_of(dict(zip(NAMES, stored, strict=True))) == entry


def test_fields_added_since_have_their_defaults() -> None:
    assert entry_of(row("CallMoved", {"status": "x"})).event == CallMoved(status="x")


@pytest.mark.parametrize(("kind", "body"), [("GoneWithItsPlugIn", {"a": 1}), ("CallMoved", {"cause": "no status"})])
def test_what_cannot_be_read_keeps_its_place(kind: str, body: Any) -> None:
    assert entry_of(row(kind, body)) == Entry(3, 1.5, "CA1", "AC1", Event())
