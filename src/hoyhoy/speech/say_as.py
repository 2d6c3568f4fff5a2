"""What `say-as` makes of its text, as words that a voice reads aloud (voice reference 2.1.2).

Numbers are left to the voice, which knows its language; what depends on more than that is put into words
here: fully for English, dates for its larger neighbours too, and digits everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable

SPELLED = ("characters", "spell-out")
"""Left to espeak-ng, which knows the names of characters in each language."""

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
FORMATS = ("mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y", "yyyymmdd")

_DOTTED = frozenset({"de", "da", "nb", "fi", "cs", "pl", "hu", "et", "hr", "sk", "sl", "is", "lv", "sr", "bs"})
"""Languages that write an ordinal number with a full stop."""

_ENDINGS = {"fr": "ème", "es": "º", "it": "º", "pt": "º", "sv": ":e", "ru": "-ый", "nl": "de"}
_UNITS = {
    "mm": "millimetre", "cm": "centimetre", "m": "metre", "km": "kilometre", "mg": "milligram", "g": "gram",
    "kg": "kilogram", "ml": "millilitre", "l": "litre", "in": "inch", "ft": "foot", "yd": "yard", "mi": "mile",
    "oz": "ounce", "lb": "pound", "lbs": "pound", "mph": "mile per hour", "km/h": "kilometre per hour", "s": "second",
    "ms": "millisecond", "min": "minute", "h": "hour", "%": "per cent", "kb": "kilobyte", "mb": "megabyte",
    "gb": "gigabyte", "w": "watt", "kw": "kilowatt", "v": "volt", "hz": "hertz", "khz": "kilohertz",
    "°c": "degree Celsius", "°f": "degree Fahrenheit",
}  # fmt: skip
_PLURALS = {"inch": "inches", "foot": "feet", "hertz": "hertz", "per cent": "per cent", "kilohertz": "kilohertz"}
_PARTS = {2: "half", 4: "quarter"}


def spoken(words: str, kind: str, form: str, language: str) -> str | None:
    """`words` put as `kind` of the reference says, for a voice of espeak-ng's `language`; None for a kind it has not.

    What does not look like its kind (a date without digits) is left as it is.
    """
    put = _KINDS.get(kind)
    return put(words, form, language.partition("-")[0]) if put else None


def _number(words: str, _: str, language: str) -> str:
    bare = re.sub(r"(?<=\d)[, ](?=\d{3})", "", words) if language == "en" else words
    return re.sub(r"(?<![\d.,])0+(?=\d)", "", bare)


def _ordinal(words: str, _: str, language: str) -> str:
    match = re.fullmatch(r"\s*0*(\d+)\D*", words)
    if not match:
        return words
    number = match[1]
    if language == "en":
        return number + _suffix(int(number[-2:]))
    if language in _DOTTED:
        return number + "."
    return number + _ENDINGS.get(language, "")


def _suffix(number: int) -> str:
    """Of an English ordinal, by its last two digits."""
    return "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _digits(words: str, _: str, __: str) -> str:
    return " ".join(re.sub(r"\s+", "", words))


def _telephone(words: str, _: str, __: str) -> str:
    """Digit by digit, with a short rest between the groups it is written in, or the usual ones."""
    extension = re.split(r"(?i)\s*(?:ext\.?|x)\s*", words, maxsplit=1)
    groups = re.findall(r"[0-9A-Za-z]+", extension[0])
    if len(groups) == 1 and re.fullmatch(r"1?\d{10}", groups[0]):
        country, area, office, line = re.fullmatch(r"(1?)(\d{3})(\d{3})(\d{4})", groups[0]).groups()  # type: ignore[union-attr]
        groups = [group for group in (country, area, office, line) if group]
    put = ", ".join(" ".join(group) for group in groups) or words
    return put + (f", extension, {' '.join(extension[1])}" if len(extension) > 1 else "")


def _fraction(words: str, _: str, language: str) -> str:
    match = re.fullmatch(r"\s*(?:(\d+)\s*[+ ]\s*)?(\d+)\s*/\s*(\d+)\s*", words)
    if not match or language != "en":
        return words
    whole, upper, lower = match[1], int(match[2]), int(match[3])
    part = _PARTS.get(lower) or f"{lower}{_suffix(lower)}"
    if upper != 1:
        part = "halves" if lower == 2 else f"{part}s"
    return (f"{whole} and " if whole else "") + f"{upper} {part}"


def _unit(words: str, _: str, language: str) -> str:
    match = re.fullmatch(r"\s*([+-]?[\d.,/ ]*\d)\s*([^\d\s].*?)\s*", words)
    if not match:
        return words
    number, unit = match[1].strip(), match[2]
    name = _UNITS.get(unit.lower())
    if language != "en" or name is None:
        return f"{number} {unit}"
    if number not in ("1", "-1", "+1"):
        first, _, rest = name.partition(" ")
        name = _PLURALS.get(name) or f"{_PLURALS.get(first, first + 's')} {rest}".strip()
    return f"{number} {name}"


def _date(words: str, form: str, language: str) -> str:
    form = form.lower()
    numbers = re.findall(r"\d+", words)
    if len(numbers) == 1 and len(numbers[0]) == 8 and form in ("", "yyyymmdd", "ymd"):
        whole, form = numbers[0], "ymd"
        numbers = [whole[:4], whole[4:6], whole[6:]]
    if form == "yyyymmdd":
        form = "ymd"
    if not form:
        form = ("ymd" if len(numbers) == 3 and len(numbers[0]) == 4 else "mdy")[: len(numbers)]
    if form not in FORMATS or len(numbers) != len(form):
        return words
    part = dict(zip(form, numbers, strict=True))
    return _dated(part, language) or words


def _dated(part: dict[str, str], language: str) -> str | None:
    """`part` has some of y, m and d. None for a month or day that is none."""
    day, month = int(part.get("d", "1")), int(part.get("m", "1"))
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    year = part.get("y", "")
    names = MONTHS.get(language)
    if names is None:
        return ", ".join(str(int(part[key])) for key in "dmy" if key in part)
    name = names.split()[month - 1] if "m" in part else ""
    if language != "en":
        mark = "." if language == "de" and name else ""
        joint = " de " if language in ("es", "pt") else " "
        return joint.join(text for text in (f"{day}{mark}" if "d" in part else "", name, year) if text)
    said = " ".join(text for text in (name, f"{day}{_suffix(day)}" if "d" in part else "") if text)
    return ", ".join(text for text in (said, _year(year)) if text)


def _year(year: str) -> str:
    """As English says it: 1999 and 2024 in two halves, 2005 and 1900 not quite."""
    if len(year) != 4 or year[1:3] == "00":
        return year
    halves = year[:2], year[2:]
    if halves[1] == "00":
        return f"{halves[0]} hundred"
    return f"{halves[0]} {'oh ' if halves[1][0] == '0' else ''}{int(halves[1])}"


def _time(words: str, _: str, language: str) -> str:
    if match := re.fullmatch(r"\s*(?:(\d+)')?\s*(?:(\d+)(?:\"|''))?\s*", words):
        minutes, seconds = match.groups()
        if language == "en" and (minutes or seconds):
            named = ((minutes, "minute"), (seconds, "second"))
            return " ".join(f"{int(n)} {name}{'' if int(n) == 1 else 's'}" for n, name in named if n)
    match = re.fullmatch(r"\s*(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?\s*([ap])?\.?m?\.?\s*", words.lower())
    if not match:
        return words
    hour, minute, second, half = match.groups()
    if language != "en":
        return " ".join(str(int(n)) for n in (hour, minute, second) if n)
    told = [str(int(hour))]
    if minute != "00":
        told.append(f"oh {int(minute)}" if minute[0] == "0" else minute)
    elif not half:
        told.append("o'clock")
    if second and second != "00":
        told.append(f"and {int(second)} seconds")
    return " ".join(told) + (f", {half} m" if half else "")


def _address(words: str, _: str, language: str) -> str:
    """House numbers and codes of more than three digits are read digit by digit."""
    return re.sub(r"\d{4,}", lambda match: " ".join(match[0]), words) if language == "en" else words


def _expletive(_: str, __: str, ___: str) -> str:
    return "beep"


_KINDS: dict[str, Callable[[str, str, str], str]] = {
    "address": _address,
    "cardinal": _number,
    "date": _date,
    "digits": _digits,
    "expletive": _expletive,
    "fraction": _fraction,
    "number": _number,
    "ordinal": _ordinal,
    "telephone": _telephone,
    "time": _time,
    "unit": _unit,
}
