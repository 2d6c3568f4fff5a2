"""How a call is to be recorded (voice reference 8.1)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hoyhoy.exchange.orders import Record
from hoyhoy.rest.kit.recorded import events, record


@dataclass
class Asked:
    recording_channels: str = "mono"
    recording_track: str = "both"
    trim: str = "trim-silence"
    recording_status_callback: str = ""
    recording_status_callback_method: str = "POST"
    recording_status_callback_event: tuple[str, ...] = ()


def test_what_is_asked_for() -> None:
    assert record(Asked(), "OutboundAPI") == Record(source="OutboundAPI", trim=True)
    told = Asked("dual", "both", "do-not-trim", "http://app/told", "GET", ("in-progress",))
    assert record(told, "OutboundAPI") == Record(
        source="OutboundAPI", channels=2, callback="http://app/told", method="GET", events=("in-progress",)
    )


def test_one_track_is_never_on_two_channels() -> None:
    made = record(Asked("dual", "inbound"), "OutboundAPI")
    assert (made.channels, made.track) == (1, "inbound")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((), ("completed",)),
        (("started", "in-progress"), ("in-progress",)),
        (("failed", "completed"), ("absent", "completed")),
    ],
)
def test_events(asked: tuple[str, ...], told: tuple[str, ...]) -> None:
    assert events(asked) == told
