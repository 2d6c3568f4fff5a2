from __future__ import annotations

from typing import TYPE_CHECKING

from hoyhoy.exchange.sound import Speech
from hoyhoy.exchange.verbs.sounding import Sounding
from hoyhoy.exchange.verbs.verb import Notice, text, whole

from . import languages

if TYPE_CHECKING:
    from hoyhoy.exchange.call import Call
    from hoyhoy.exchange.verbs.verb import Family
    from hoyhoy.wire.twiml import Element

BASIC_VOICES = ("man", "woman", "alice")


class Say(Sounding):
    """Speak text (voice reference 2.1). SSML inside is kept for the engine; the log shows the words."""

    mixed = True

    voice: str = text("man", code=13511)
    language: str = text("", code=13512)
    loop: int = whole(1, least=0, code=13510)

    @classmethod
    def read(cls, element: Element, family: Family, notice: Notice) -> Say:
        say = super().read(element, family, notice)
        where = f"Line {element.line}: <Say>"
        if not say.voice.startswith(("Polly.", "Google.")) and say.voice not in BASIC_VOICES:
            notice(13511, f"{where}: voice={say.voice[:40]!r} is not a voice of Twilio's; 'man' speaks instead.")
            say.voice = "man"
        if say.language and not languages.is_lawful(say.language):
            notice(13512, f"{where}: language={say.language[:40]!r} is not a language tag such as en-US.")
            say.language = ""
        for child in element.children:
            if child.name not in languages.SSML and ":" not in child.name:
                notice(12200, f"Line {child.line}: <{child.name[:40]}> is not SSML; its text is spoken all the same.")
        words, limit = element.spoken(), 3000 if say.voice.startswith("Polly.") else 4096
        if not words:
            notice(13520, f"{where} has nothing to say; it is skipped.")
        elif len(words) > limit:
            notice(13521, f"{where} has {len(words)} characters; {limit} is the most for {say.voice}.")
        return say

    def wish(self, call: Call) -> Speech | None:
        """None when there is nothing to say, or too much."""
        words = self.element.spoken()
        limit = 3000 if self.voice.startswith("Polly.") else 4096
        if not words or len(words) > limit:
            return None
        return Speech(words, self.element.inner(), self.voice, self.language)
