"""The log's rows as entries again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import msgspec

from hoyhoy.exchange.events import Entry, Event

log = logging.getLogger(__name__)


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry in a row of `events`.

    An event whose kind is gone, with the plug-in that defined it, keeps its place in the log as a
    bare `Event`.
    """
    return Entry(row["position"], row["at"], row["subject"], row["account"], _event_of(row["kind"], row["body"]))


def _event_of(kind: str, body: str) -> Event:
    known = Event.kinds.get(kind)
    if known is None:
        return Event()
    try:
        return msgspec.json.decode(body, type=known)
    except msgspec.ValidationError as error:
        log.warning("an event of kind %s cannot be read: %s", kind, error)
        return Event()
