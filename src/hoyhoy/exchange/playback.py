"""What a document wishes to be heard, as a sound: spoken, fetched, of the exchange's own, or a recording.

A recording of the document's own account is nearer than the address that apps are told.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from hoyhoy.audio import RATE, music, tones, wav
from hoyhoy.audio.g711 import Samples
from hoyhoy.wire.errors import Fault

from .events import SoundPlayed
from .facilities import Facilities, Rules
from .media import Prompt
from .ports import FetchFailed
from .recording_rows import TABLE, RecordingStatus, address
from .sound import Audio, Keys, Sound, Speech, Tone

if TYPE_CHECKING:
    from .call import Call

TONES = {"beep": tones.beep(), "ringing": tones.ringing()}

LONGEST = 2400.0
"""Seconds: a longer recording is played as far as this, as any other sound (voice reference 2.2)."""

MOST_KEPT = 64 << 20
"""Octets of sound that are kept for the next time: more than an hour."""

_MOST_READ = wav.HEAD + round(LONGEST * RATE) * 2 * 2
"""Octets of a file that are read: with two channels, all that is played."""


class Wisher(Protocol):
    """Who wishes for a sound, and is told what there is to say about it."""

    facilities: Facilities
    account: str

    def notice(self, code: int, message: str) -> None: ...


async def prompt_of(call: Wisher, wish: Sound) -> Prompt:
    """The sound of a wish; what there is to say about it becomes a notice of the call. Fault for a recording that
    cannot be had, with the code of voice reference 17.1 or 17.2."""
    facilities = call.facilities
    match wish:
        case Keys(digits=digits):
            return Prompt(wish, tones.keys(digits))
        case Tone(name="music"):
            return Prompt(wish, await _music(facilities))
        case Tone(name=name):
            return Prompt(wish, TONES[name])
    try:
        if isinstance(wish, Audio) and is_own(facilities.rules, call.account, wish.url):
            return Prompt(wish, await played(facilities, call.account, wish.url))
        prompt = await facilities.studio.prompt(wish, call.account)
    except FetchFailed as failed:
        raise Fault(failed.code, failed.message) from failed
    for code, sentence in prompt.notices:
        call.notice(code, sentence)
    return prompt


async def _music(facilities: Facilities) -> Samples:
    """Composed when it is first wished for, once, while all others go on."""
    with facilities.clock.busy("the music"):
        async with facilities.composing:
            return await asyncio.to_thread(music.prelude)


async def repeated(call: Call, prompt: Prompt) -> None:
    """Play it over and over to who waits, until this is cancelled; nothing to a far end that is not there, or when the
    plane cannot take it. How long goes into the call's log."""
    began = call.clock.now()
    try:
        while call.line.hears and await call.sound(prompt):
            call.lasted_since(began)
    finally:
        call.record(was_played(prompt.wish, round(call.clock.now() - began, 3), whole=False))


def was_played(wish: Sound, seconds: float, whole: bool) -> SoundPlayed:
    """What the log of a call says of it."""
    match wish:
        case Speech(text=text, voice=voice, language=language):
            return SoundPlayed(kind="speech", text=text, seconds=seconds, whole=whole, voice=voice, language=language)
        case Audio(url=url):
            return SoundPlayed(kind="audio", text=url, seconds=seconds, whole=whole)
        case Keys(digits=digits):
            return SoundPlayed(kind="keys", text=digits, seconds=seconds, whole=whole)
        case Tone(name=name):
            return SoundPlayed(kind="tone", text=name, seconds=seconds, whole=whole)


def is_own(rules: Rules, account: str, url: str) -> bool:
    """Whether a document of this account plays one of its recordings, at the address that it was told."""
    return url.startswith(address(rules, account, "RE"))


async def played(facilities: Facilities, account: str, url: str) -> Samples:
    """The sound of such a recording, not to be written to. FetchFailed when there is none, yet or any more."""
    sid = url.rpartition("/")[2].partition("?")[0].partition(".")[0]
    try:
        sound = await _found(facilities, account, sid)
    except (OSError, wav.NotWav) as why:
        raise FetchFailed(11200, f"The sound at {url[:120]} cannot be read: {why}.") from why
    if sound is None:
        raise FetchFailed(11200, f"There is no sound at {url[:120]}: the recording is not finished, or was deleted.")
    return sound


async def _found(facilities: Facilities, account: str, sid: str) -> Samples | None:
    with facilities.clock.busy(f"the sound of {sid}"):
        row = await facilities.rows.fetch(TABLE, sid) if facilities.rows else None
        is_there = row is not None and (row["account_sid"], row["status"]) == (account, RecordingStatus.COMPLETED)
        if not is_there:
            facilities.played.pop(sid, None)
            return None
        return await _sound(facilities, sid)


async def _sound(facilities: Facilities, sid: str) -> Samples | None:
    """From a file, or from the last time, if that was not long ago."""
    kept = facilities.played
    if (sound := kept.get(sid)) is None:
        if (file := await facilities.tapes.read(sid, _MOST_READ)) is None:
            return None
        sound = await asyncio.to_thread(wav.read, file, LONGEST)
    kept[sid] = sound
    kept.move_to_end(sid)
    while sum(one.nbytes for one in kept.values()) > MOST_KEPT:
        kept.popitem(last=False)
    return sound
