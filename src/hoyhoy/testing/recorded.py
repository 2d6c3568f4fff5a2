"""Recordings as tests look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hoyhoy.lab.client import Lab


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording, as it stood when it was asked for. `seconds` is None until that is known."""

    lab: Lab
    sid: str
    call: str
    conference: str
    status: str
    source: str
    channels: int
    seconds: int | None

    def sound(self) -> bytes:
        """A WAV file. LabError before the recording is completed."""
        return self.lab.file(f"/recordings/{self.sid}/sound")


def recordings(lab: Lab, **of: str) -> list[Recorded]:
    """Of a `call` or a `conference`, or all; the oldest first."""
    return [_recorded(lab, one) for one in lab.get("/recordings", **of)["recordings"]]


def _recorded(lab: Lab, told: dict[str, Any]) -> Recorded:
    names = ("sid", "status", "source", "channels", "seconds")
    return Recorded(
        lab, call=told["call"] or "", conference=told["conference"] or "", **{name: told[name] for name in names}
    )
