"""What a leg can be asked to play. The line decides how it sounds and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speech:
    """Text to be spoken. `ssml` keeps the marked-up form when the document had one, else it equals `text`.

    Without a `language` the voice's own is spoken, which is en-US where it has none (voice reference 2.1).
    """

    text: str
    ssml: str
    voice: str = "man"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording to be fetched and played."""

    url: str


MOST_KEYS = 500
"""Characters of keys in one attribute of a document, eight minutes if all of them are `W`: the vendor names no number
for documents, and 32 for parameters (voice reference 5.1)."""


@dataclass(frozen=True, slots=True)
class Keys:
    """DTMF to be sent: 0-9 A-D # *, `w` pauses half a second, `W` a whole one (voice reference 2.2)."""

    digits: str


@dataclass(frozen=True, slots=True)
class Tone:
    """A signal of the exchange: `ringing` or `beep`; or its `music` to wait by."""

    name: str


Sound = Speech | Audio | Keys | Tone
