"""Which voice of espeak-ng speaks for a voice of the reference (voice reference 2.1).

A name says two things: whether a woman or a man speaks, and for Amazon's and Google's voices which language.
A language espeak-ng does not know is spoken by the English voice, and the customer is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import Notice

VOICE, LANGUAGE = 13511, 13512
BASIC = ("man", "woman", "alice")
DEFAULT = "en-US"

WOMAN, CHILD = "f3", "f4"
"""espeak-ng's variants of each language's voice, which is a man's."""

_LANGUAGES = """
    af am ar as az ba be bg bn bs ca cs cy da de el eo es et eu fa fi fr ga gd gn gu ha he hi hr ht hu hy ia id is it ja
    ka kk kn ko ku ky lb lt lv mk ml mr ms mt my nb ne nl or pa pl ro ru sd si sk sl sq sr sv sw ta te th tk tr tt ug uk
    ur uz vi cmn yue pt pt-br es-419 en-us en en-029 en-gb-scotland fr-be fr-ch
"""
KNOWN = frozenset(_LANGUAGES.split()) - {"ha"}
"""Voices of espeak-ng 1.51 and later that a tag of the reference may lead to."""

_NEAREST = {
    "arb": "ar", "no": "nb", "zh": "cmn", "zh-hk": "yue", "zh-mo": "yue", "yue-cn": "yue", "iw": "he", "in": "id",
    "en-gb": "en", "en-ie": "en", "en-au": "en", "en-nz": "en", "en-za": "en", "en-in": "en", "en-sg": "en",
    "en-us": "en-us", "en-ca": "en-us", "en-ph": "en-us", "en-gb-wls": "en", "en-jm": "en-029",
    "es-mx": "es-419", "es-us": "es-419", "es-ar": "es-419", "es-co": "es-419", "es-cl": "es-419", "es-pe": "es-419",
    "pt-br": "pt-br", "pt-pt": "pt", "fr-be": "fr-be", "fr-ch": "fr-ch", "gl": "pt", "cmn-tw": "cmn", "nn": "nb",
}  # fmt: skip

_POLLY = """
    arb Zeina; ar-AE Hala Zayd:m; nl-BE Lisa; ca-ES Arlet; cs-CZ Jitka; yue-CN Hiujin; cmn-CN Zhiyu
    da-DK Naja Mads:m Sofie; nl-NL Laura Lotte Ruben:m; en-AU Nicole Olivia Russell:m
    en-GB Amy Emma Brian:m Arthur:m; en-IN Aditi Raveena Kajal; en-IE Niamh; en-NZ Aria; en-SG Jasmine; en-ZA Ayanda
    en-US Danielle Gregory:m Ivy:c Joanna Kendra Kimberly Salli Joey:m Justin:c Kevin:c Matthew:m Ruth
    en-US Stephen:m Patrick:m
    en-GB-WLS Geraint:m; fi-FI Suvi; fr-FR Celine Lea Mathieu:m Remi:m; fr-BE Isabelle; fr-CA Chantal Gabrielle Liam:m
    de-DE Marlene Vicki Hans:m Daniel:m; de-AT Hannah; de-CH Sabrina; is-IS Dora Karl:m
    it-IT Carla Bianca Giorgio:m Adriano:m; ja-JP Mizuki Takumi:m Kazuha Tomoko; ko-KR Seoyeon Jihye
    nb-NO Liv Ida; pl-PL Ewa Maja Jacek:m Jan:m Ola; pt-BR Camila Vitoria Ricardo:m Thiago:m
    pt-PT Ines Cristiano:m; ro-RO Carmen; ru-RU Tatyana Maxim:m; es-ES Conchita Lucia Enrique:m Sergio:m Alba Raul:m
    es-MX Mia Andres:m; es-US Lupe Penelope Miguel:m Pedro:m; sv-SE Astrid Elin; tr-TR Filiz Burcu; cy-GB Gwyneth
"""
"""Language, then its voices: women unless marked as a man or a child."""

_GOOGLE = re.compile(r"([a-z]{2,3}-(?:[A-Z]{2}|[0-9]{3}))-(?:[A-Za-z0-9]+-)*([A-Za-z]+)")
_MEN = """
    B D I J Puck Charon Fenrir Orus Achird Algenib Algieba Alnilam Enceladus Iapetus Rasalgethi Sadachbia Sadaltager
    Schedar Umbriel Zubenelgenubi
"""
_GOOGLE_MEN = frozenset(_MEN.split())


def _polly() -> dict[str, tuple[str, str]]:
    variants = {"": WOMAN, "m": "", "c": CHILD}
    found = {}
    for line in re.split(r"[;\n]", _POLLY):
        language, *names = line.split() or [""]
        for name in names:
            plain, _, kind = name.partition(":")
            found[plain.lower()] = (language, variants[kind])
    return found


POLLY = _polly()
"""By name in lower case: its language and espeak-ng's variant."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`name` is a voice of espeak-ng with its variant; `language` its part before that; `basic` voices know no SSML."""

    language: str
    variant: str = ""
    basic: bool = False
    notices: tuple[Notice, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.language}+{self.variant}" if self.variant else self.language

    def speaking(self, language: str) -> str | None:
        """The same person's voice in another language of the reference; None when espeak-ng does not know it."""
        nearest = nearest_language(language)
        return nearest and (f"{nearest}+{self.variant}" if self.variant else nearest)


def choose(voice: str, language: str) -> Choice:
    """The voice that speaks for `voice`, with a notice whenever it is not the very one that was asked for.

    The basic voices speak `language`. A named voice speaks its own, unless the document asks for another one
    than the default: its text will be in that.
    """
    if voice in BASIC:
        tag, variant, basic, notice = language or DEFAULT, "" if voice == "man" else WOMAN, voice != "alice", ""
    else:
        own, variant, known = _named(voice)
        tag, basic = own, False
        if language and language != DEFAULT and _base(language) != _base(own):
            tag = language
        notice = f"{voice[:60]!r} is not on this machine" if known else f"{voice[:60]!r} is not a voice known here"
    found = nearest_language(tag)
    choice = Choice(found or "en-us", variant, basic)
    notices: list[Notice] = []
    if notice:
        notices.append((VOICE, f"The voice {notice}; espeak-ng's {choice.name} speaks instead."))
    if found is None:
        notices.append((LANGUAGE, f"The language {tag[:40]!r} is not known to espeak-ng; English is spoken instead."))
    return Choice(choice.language, variant, basic, tuple(notices))


def nearest_language(tag: str) -> str | None:
    """espeak-ng's language for a tag such as en-GB or es-419, None when it has none."""
    parts = tag.lower().replace("_", "-").split("-")
    for end in range(len(parts), 0, -1):
        part = "-".join(parts[:end])
        part = _NEAREST.get(part, part)
        if part in KNOWN:
            return part
    return None


def _named(voice: str) -> tuple[str, str, bool]:
    """Language and variant of a voice with a name, and whether the name was recognised."""
    family, _, name = voice.partition(".")
    if family == "Polly":
        plain = re.sub(r"-(Neural|Generative|Long-Form)$", "", name).lower()
        plain = plain.translate(str.maketrans("áéëíôñü", "aeeionu"))
        if plain in POLLY:
            return *POLLY[plain], True
    elif family == "Google" and (match := _GOOGLE.fullmatch(name)):
        language, letter = match.groups()
        man = letter in _GOOGLE_MEN or (letter == "A" and language == "en-US")
        return language, "" if man else WOMAN, True
    return DEFAULT, "", False


def _base(tag: str) -> str:
    return tag.lower().partition("-")[0]
