"""A document plays a recording of its own account: its sound is nearer than the address that apps are told."""

from __future__ import annotations

import asyncio

from hoyhoy.audio import RATE, wav
from hoyhoy.audio.g711 import Samples

from .facilities import Facilities, Rules
from .ports import FetchFailed
from .recording import TABLE, RecordingStatus, address

LONGEST = 2400.0
"""Seconds: a longer recording is played as far as this, as any other sound (voice reference 2.2)."""

MOST_KEPT = 64 << 20
"""Octets of sound that are kept for the next time: more than an hour."""

_MOST_READ = wav.HEAD + round(LONGEST * RATE) * 2 * 2
"""Octets of a file that are looked at: with two channels, all that is played."""


def is_own(rules: Rules, account: str, url: str) -> bool:
    """Whether a document of this account plays one of its recordings, at the address that it was told."""
    return url.startswith(address(rules, account, "RE"))


async def played(facilities: Facilities, account: str, url: str) -> Samples:
    """The sound of such a recording, not to be written to. FetchFailed when there is none, yet or any more."""
    sid = url.rpartition("/")[2].partition("?")[0].partition(".")[0]
    with facilities.clock.busy(f"the sound of {sid}"):
        row = await facilities.rows.fetch(TABLE, sid) if facilities.rows else None
        is_there = row is not None and (row["account_sid"], row["status"]) == (account, RecordingStatus.COMPLETED)
        if not is_there:
            facilities.played.pop(sid, None)
        sound = await _sound(facilities, sid) if is_there else None
    if sound is None:
        raise FetchFailed(11200, f"There is no sound at {url[:120]}: the recording is not finished, or was deleted.")
    return sound


async def _sound(facilities: Facilities, sid: str) -> Samples | None:
    """From a file, or from the last time, if that was not long ago."""
    kept = facilities.played
    if (sound := kept.get(sid)) is None:
        if (file := await facilities.tapes.read(sid)) is None:
            return None
        file = file[:_MOST_READ]
        sound = await asyncio.to_thread(wav.read, file, LONGEST)
    kept[sid] = sound
    kept.move_to_end(sid)
    while sum(one.nbytes for one in kept.values()) > MOST_KEPT:
        kept.popitem(last=False)
    return sound
