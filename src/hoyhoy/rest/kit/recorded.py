"""How a call is to be recorded, as parameters say it (voice reference 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hoyhoy.exchange.orders import Record

WORDS = {"started": "in-progress", "failed": "absent"}
"""Events of a recording that have another name where participants are made: as its status says it."""


class Recorded(Protocol):
    """A resource with these parameters."""

    @property
    def recording_channels(self) -> str: ...
    @property
    def recording_track(self) -> str: ...
    @property
    def trim(self) -> str: ...
    @property
    def recording_status_callback(self) -> str: ...
    @property
    def recording_status_callback_method(self) -> str: ...
    @property
    def recording_status_callback_event(self) -> Sequence[str]: ...


def record(asked: Recorded, source: str) -> Record:
    """One track alone is never on two channels."""
    is_dual = asked.recording_channels == "dual" and asked.recording_track == "both"
    return Record(
        source=source,
        track=asked.recording_track,
        channels=2 if is_dual else 1,
        trim=asked.trim == "trim-silence",
        callback=asked.recording_status_callback or "",
        method=asked.recording_status_callback_method,
        events=events(asked.recording_status_callback_event),
    )


def events(asked: Sequence[str]) -> tuple[str, ...]:
    """What is told of a recording; of nothing asked for, that it is complete."""
    return tuple(dict.fromkeys(WORDS.get(one, one) for one in asked)) or ("completed",)
