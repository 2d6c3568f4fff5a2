"""Recordings of one conference: those that are under way can be paused and stopped (voice reference 8.1).

That it is recorded is said by who takes part: in a Dial, or in the request that has him called. No request here begins
one.
"""

from __future__ import annotations

from typing import ClassVar

from hoyhoy.rest.kit import DELETE, FETCH, LIST, UPDATE, text

from .call_recordings import CallRecording


class ConferenceRecording(CallRecording):
    """A recording of this conference."""

    path = "/2010-04-01/Accounts/{account_sid}/Conferences/{conference_sid}/Recordings"
    key, table_name = "recordings", "recordings"
    element = "Recording"
    within = {"conference_sid": "conferences"}
    offers: ClassVar[tuple[str, ...]] = (LIST, FETCH, UPDATE, DELETE)

    track: str = text(shown=False)
