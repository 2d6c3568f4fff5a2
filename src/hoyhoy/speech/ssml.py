"""SSML as the reference has it (voice reference 2.1.2), checked, and written anew for espeak-ng.

espeak-ng reads SSML of its own kind: it lengthens breaks when speech is slow, passes over `lang` and `phoneme`,
reads most of `say-as` as plain text, and crashes at `audio`. So nothing a customer wrote reaches it as
markup: a script is a list of pieces, each a silence or a voice and text, in which only `prosody`,
`emphasis`, `p`, `s` and spelling stand, with values checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from hoyhoy.exchange.sound import Speech
from hoyhoy.wire.errors import Fault
from hoyhoy.wire.twiml import Element, parse

from . import Notice
from .phonemes import mnemonics
from .say_as import SPELLED, spoken
from .voices import LANGUAGE, Choice

ODD, TOO_LONG = 12200, 13521
LONGEST = 32_768
"""Characters of SSML; 4,096 of text are lawful."""

MOST_ELEMENTS = 1000
MOST_NOTICES = 10

Piece = tuple[str, str] | float
"""A voice of espeak-ng and what it says, or seconds of silence."""

BREAKS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.35, "strong": 0.6, "x-strong": 1.2}
LONGEST_BREAK = 10.0
EMPHASES = ("strong", "moderate", "reduced")
RATES = {"x-slow": 50, "slow": 75, "medium": 100, "default": 100, "fast": 130, "x-fast": 170}
VOLUMES = {"silent": 0, "x-soft": 25, "soft": 55, "medium": 100, "default": 100, "loud": 140, "x-loud": 180}
PITCHES = {"x-low": -35, "low": -20, "medium": 0, "default": 0, "high": 25, "x-high": 50}
LEAST_RATE, MOST_RATE = 20, 200
MOST_VOLUME = 180
"""Of espeak-ng's usual 100: beyond it the loudest samples are cut off."""

_SECONDS = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(ms|s)")
_PERCENT = re.compile(r"([+-]?)(\d{1,4}(?:\.\d{1,4})?)%")
_DECIBELS = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,4})?)dB")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_BRACKETS = str.maketrans("[]", "()")
"""Two of them begin a word in phonemes."""
_SILENT = frozenset(" \t\n\r.,;:!?…-–—'\"()[]")


@dataclass(frozen=True, slots=True)
class Script:
    """`notices` tell what was not understood."""

    pieces: tuple[Piece, ...]
    notices: tuple[Notice, ...] = ()


def script(speech: Speech, choice: Choice) -> Script:
    """What espeak-ng is to be told. Basic voices know no SSML: its tags are dropped and its words spoken."""
    writer = _Writer(choice)
    if speech.ssml == speech.text:
        writer.text(speech.text)
        return writer.done()
    try:
        if len(speech.ssml) > LONGEST:
            raise Fault(TOO_LONG, f"The SSML has {len(speech.ssml)} characters, {LONGEST} are the most")
        root = parse(f"<Response>{speech.ssml}</Response>")
        if _count(root) > MOST_ELEMENTS:
            raise Fault(ODD, f"The SSML has more than {MOST_ELEMENTS} elements")
    except Fault as why:
        writer.notice(why.code, f"{why.message.rstrip('.')}; its words are spoken without it.")
        writer.text(speech.text)
        return writer.done()
    if choice.basic and root.children:
        writer.notice(ODD, f"The voice {speech.voice!r} knows no SSML; its words are spoken without it.")
        writer.text(speech.text)
    else:
        writer.inside(root)
    return writer.done()


def _count(element: Element) -> int:
    return 1 + sum(map(_count, element.children))


@dataclass(slots=True)
class _Writer:
    choice: Choice
    voice: str = ""
    tag: str = ""
    """The language in which words are put: espeak-ng's."""
    pieces: list[Piece] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    """Open elements, as they are written; they are closed at the end of a piece and opened in the next."""
    written: list[str] = field(default_factory=list)
    is_heard: bool = False

    def __post_init__(self) -> None:
        self.voice, self.tag = self.choice.name, self.choice.language

    def notice(self, code: int, sentence: str) -> None:
        if len(self.notices) < MOST_NOTICES:
            self.notices.append((code, sentence))

    def done(self) -> Script:
        self.flush()
        return Script(tuple(self.pieces), tuple(self.notices))

    # Writing -------------------------------------------------------------------------------

    def text(self, words: str) -> None:
        """Words to be spoken, with nothing in them that espeak-ng could take for an order."""
        plain = " ".join(_CONTROL.sub(" ", f"|{words}|").translate(_BRACKETS).split())[1:-1]
        if plain:
            self.raw(escape(plain))
            self.is_heard = self.is_heard or not set(plain) <= _SILENT

    def raw(self, marked: str) -> None:
        self.written.append(marked)

    @contextmanager
    def within(self, mark: str) -> Iterator[None]:
        """`mark` as `prosody rate="50%"`."""
        self.marks.append(mark)
        self.raw(f"<{mark}>")
        yield
        self.marks.pop()
        self.raw(_closed(mark))

    def flush(self) -> None:
        """End the piece; the next one begins with the same elements open."""
        if self.is_heard:
            ends = "".join(map(_closed, reversed(self.marks)))
            self.pieces.append((self.voice, f"<speak>{''.join(self.written)}{ends}</speak>"))
        self.written, self.is_heard = [f"<{mark}>" for mark in self.marks], False

    def pause(self, seconds: float) -> None:
        self.flush()
        if seconds:
            self.pieces.append(seconds)

    # Reading -------------------------------------------------------------------------------

    def inside(self, element: Element) -> None:
        self.text(element.text)
        for child in element.children:
            write = _ELEMENTS.get(child.name)
            if write:
                write(self, child, dict(child.attributes))
            else:
                if ":" not in child.name:
                    self.notice(ODD, f"<{child.name[:40]}> is not SSML; its text is spoken all the same.")
                self.inside(child)
            self.text(child.tail)

    def odd(self, element: Element, name: str, value: str) -> None:
        self.notice(ODD, f"<{element.name} {name}={value[:40]!r}> is not understood and not followed.")


def _closed(mark: str) -> str:
    return f"</{mark.partition(' ')[0]}>"


Attributes = dict[str, str]


def _break(writer: _Writer, element: Element, given: Attributes) -> None:
    seconds = BREAKS.get(given.get("strength", "medium"))
    if seconds is None:
        writer.odd(element, "strength", given["strength"])
        seconds = BREAKS["medium"]
    if "time" in given:
        match = _SECONDS.fullmatch(given["time"].strip())
        if match:
            seconds = float(match[1]) / (1000 if match[2] == "ms" else 1)
        else:
            writer.odd(element, "time", given["time"])
    if seconds > LONGEST_BREAK:
        writer.notice(ODD, f"A break of {seconds:g} s is longer than {LONGEST_BREAK:g} s, and is made as long as that.")
    writer.pause(min(seconds, LONGEST_BREAK))
    writer.inside(element)


def _emphasis(writer: _Writer, element: Element, given: Attributes) -> None:
    level = given.get("level", "moderate")
    if level not in EMPHASES:
        writer.odd(element, "level", level)
        level = "moderate"
    with writer.within(f'emphasis level="{level}"'):
        writer.inside(element)


def _prosody(writer: _Writer, element: Element, given: Attributes) -> None:
    marks = []
    for name, read in (("rate", _rate), ("volume", _volume), ("pitch", _pitch)):
        if name in given:
            value = read(given[name].strip())
            if value is None:
                writer.odd(element, name, given[name])
            else:
                marks.append(f'{name}="{value}"')
    if not marks:
        return writer.inside(element)
    with writer.within(f"prosody {' '.join(marks)}"):
        writer.inside(element)


def _rate(value: str) -> str | None:
    percent = RATES.get(value)
    if percent is None:
        match = _PERCENT.fullmatch(value)
        if not match:
            return None
        percent = round(float(match[2])) if not match[1] else 100 + round(float(match[1] + match[2]))
    return f"{min(max(percent, LEAST_RATE), MOST_RATE)}%"


def _volume(value: str) -> str | None:
    level = VOLUMES.get(value)
    if level is None:
        match = _DECIBELS.fullmatch(value)
        if not match:
            return None
        level = round(100 * 10 ** (min(max(float(match[1]), -99), 99) / 20))
    return str(min(level, MOST_VOLUME))


def _pitch(value: str) -> str | None:
    percent = PITCHES.get(value)
    if percent is None:
        match = _PERCENT.fullmatch(value)
        if not match or not match[1]:
            return None
        percent = round(float(match[1] + match[2]))
    return f"{min(max(percent, -50), 100):+}%"


def _paragraph(writer: _Writer, element: Element, _: Attributes) -> None:
    with writer.within(element.name):
        writer.inside(element)


def _lang(writer: _Writer, element: Element, given: Attributes) -> None:
    tag = given.get("xml:lang", "")
    voice = writer.choice.speaking(tag)
    if voice is None:
        writer.notice(LANGUAGE, f"The language {tag[:40]!r} is not known to espeak-ng; the voice does not change.")
        return writer.inside(element)
    writer.flush()
    before = writer.voice, writer.tag
    writer.voice, writer.tag = voice, voice.partition("+")[0]
    writer.inside(element)
    writer.flush()
    writer.voice, writer.tag = before


def _phoneme(writer: _Writer, element: Element, given: Attributes) -> None:
    alphabet, sounds = given.get("alphabet", "ipa"), given.get("ph", "")
    spelled = mnemonics(sounds, alphabet) if sounds else None
    if spelled is None:
        writer.notice(ODD, f"<phoneme alphabet={alphabet[:20]!r} ph={sounds[:40]!r}> cannot be spoken; its text is.")
        return writer.inside(element)
    writer.raw(f" [[{escape(spelled)}]] ")
    writer.is_heard = True


def _say_as(writer: _Writer, element: Element, given: Attributes) -> None:
    kind, words = given.get("interpret-as", ""), element.spoken()
    if kind in SPELLED:
        writer.raw('<say-as interpret-as="characters">')
        writer.text(words)
        writer.raw("</say-as>")
        return
    put = spoken(words, kind, given.get("format") or given.get("role") or "", writer.tag)
    if put is None:
        writer.odd(element, "interpret-as", kind)
        put = words
    writer.text(f" {put} ")


def _sub(writer: _Writer, element: Element, given: Attributes) -> None:
    if "alias" in given:
        writer.text(f" {given['alias']} ")
    else:
        writer.inside(element)


def _word(writer: _Writer, element: Element, given: Attributes) -> None:
    if "role" in given:
        writer.notice(ODD, f"<{element.name} role={given['role'][:40]!r}> has no effect: espeak-ng knows no roles.")
    writer.inside(element)


_ELEMENTS: dict[str, Callable[[_Writer, Element, Attributes], None]] = {
    "break": _break,
    "emphasis": _emphasis,
    "lang": _lang,
    "p": _paragraph,
    "phoneme": _phoneme,
    "prosody": _prosody,
    "s": _paragraph,
    "say-as": _say_as,
    "speak": _word,
    "sub": _sub,
    "w": _word,
}
