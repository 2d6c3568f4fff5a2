"""Speech and fetched recordings as sounds (voice reference 2.1, 2.2).

    Speech -> speaker -> cache, else an engine (espeak, http, an outsider's) -> Spoken
                          voices and ssml say what espeak-ng is told; espeak_child is where it lives
                          no engine, or it fails: placeholder, with a notice
    Audio  -> fetched -> a fetcher given by app.py -> decoding, in a process of its own -> a sound

    what is said  -> recognisers -> an address (http_recogniser), or an outsider's -> words
    a recording   -> encoding, in a process of its own -> MP3

`engines.open_engine` chooses the engine, `recognisers.open_recogniser` who understands.
This file stays light: child processes import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hoyhoy.audio.g711 import Samples
    from hoyhoy.exchange.sound import Speech

LONGEST = 600.0
"""Seconds of one spoken text: 4,096 characters take some 270."""

Notice = tuple[int, str]
"""A code of the reference and a sentence: what becomes a Notification of the call."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """`sound` is int16 at 8,000 Hz, and not to be written to: others may hear it too."""

    sound: Samples
    notices: tuple[Notice, ...] = ()


class SpeechFailed(Exception):
    """The engine gave no sound; the text says why, in a sentence for the customer."""


class Engine(Protocol):
    """Something that speaks. What it makes of equal texts must be equal for as long as `version` is."""

    @property
    def version(self) -> str:
        """Name and version: prompts kept from another one are not played."""

    async def speak(self, speech: Speech) -> Spoken:
        """The sound. SpeechFailed when there is none; it then may be asked again, also for the same."""

    async def close(self) -> None: ...
