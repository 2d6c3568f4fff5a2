"""The properties of a resource: how one travels, who may set it, how it is read, kept, shown and searched.

Each is declared in one line of the class body with one of the functions at the end of this file:

    max_size: int = integer(default=1000, between=(1, 5000), on=BOTH)

| argument | meaning |
| --- | --- |
| `default` | the value when it was never given |
| `on` | the operations it is a parameter of: CREATE, UPDATE or both; LIST or FETCH when it is asked for in the query |
| `required` | the code of the fault when CREATE lacks it; 0 = it may be missing |
| `error` | the code of the fault when it is wrong |
| `find` | how a list can be searched by it: `=`, `range` (moments), `like` (`*` stands for one character) |
| `search_as` | brings the value that is searched for into the spelling that rows have |
| `shown` | False: only kept, never in an answer |
| `alone` | True: only in the answer to a single fetch, not in lists |
| `listed` | True: only in lists, not in the answer to a single fetch |
| `once` | True: only in the answer to its creation, like a secret |
| `as_text` | a number that travels as text (messaging reference 4.4) |
| `param` | its name as a parameter when that is not the CamelCase of its own |
| `secret` | encrypted at rest |
| `idle` | True: kept, but nothing acts on it in this version; whoever sets it is told so by a Notification |

A name that Python reserves takes an underscore: `from_` is the column and JSON key `from`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from hoyhoy.wire.errors import Fault

from .conventions import Style

LIST, FETCH, CREATE, UPDATE, DELETE = "list", "fetch", "create", "update", "delete"
ALL = (LIST, FETCH, CREATE, UPDATE, DELETE)
BOTH = (CREATE, UPDATE)

LONGEST_URL = 4000
"""Characters of a web address, and of each text that may repeat."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def pascal(name: str) -> str:
    """`status_callback` -> `StatusCallback`, the spelling of parameters and XML elements."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def is_web_url(text: str, *, callback: bool = False) -> bool:
    """An absolute http or https URL with a host; a `callback` host may hold no underscore (voice reference 5.1)."""
    if _CONTROL.search(text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if "]" in parts.netloc and parts.netloc.rpartition("]")[2][:1] not in ("", ":"):
        return False  # only a port may follow an address in brackets
    return parts.scheme in ("http", "https") and bool(host) and not (callback and "_" in str(host))


class Property:
    """A line of text, and the base of every other kind."""

    column_kind = "text"
    keeps_empty = True

    def __init__(
        self,
        *,
        default: Any = None,
        on: Sequence[str] = (),
        required: int = 0,
        error: int = 20001,
        find: str = "",
        shown: bool = True,
        alone: bool = False,
        listed: bool = False,
        once: bool = False,
        as_text: bool = False,
        param: str = "",
        secret: bool = False,
        idle: bool = False,
        longest: int | None = None,
        search_as: Callable[[str], str] | None = None,
    ) -> None:
        self.default, self.on, self.required, self.error = default, tuple(on), required, error
        self.find, self.shown, self.alone, self.as_text = find, shown, alone, as_text
        self.param, self.secret, self.longest, self.search_as = param, secret, longest, search_as
        self.idle, self.listed, self.once = idle, listed, once
        self.name = self.column = ""

    def named(self, name: str) -> None:
        self.name, self.column = name, name.rstrip("_")
        self.param = self.param or pascal(self.column)

    @property
    def is_stored(self) -> bool:
        return bool(self.column_kind)

    @property
    def has_shape(self) -> bool:
        """Whether it travels in another form than the row holds it in."""
        return self.as_text or type(self).show is not Property.show

    def read(self, given: Sequence[str]) -> Any:
        """The value of the parameter; an empty one clears what is not text."""
        raw = given[-1]
        if not raw and not self.keeps_empty:
            return self.default
        return self.read_one(raw)

    def read_one(self, raw: str) -> Any:
        if self.longest is not None and len(raw) > self.longest:
            raise self.wrong(f"must have at most {self.longest} characters")
        return raw

    def read_filter(self, raw: str) -> Any:
        """The value a list is searched for; a wrong one is as wrong as in a parameter."""
        return self.search_as(raw) if self.search_as else raw

    def keep(self, value: Any) -> Any:
        """The value as the row holds it."""
        return value

    def wrong(self, why: str) -> Fault:
        return Fault(self.error, f"Parameter '{self.param}' {why}.")

    def show(self, value: Any, style: type[Style]) -> Any:
        """The value as it travels in an answer; never called with None."""
        return str(value) if self.as_text else value


class Integer(Property):
    column_kind = "integer"
    keeps_empty = False

    def __init__(self, between: tuple[int, int], **options: Any) -> None:
        super().__init__(**options)
        self.low, self.high = between

    def read_one(self, raw: str) -> int:
        digits = raw.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", digits) or not self.low <= int(digits) <= self.high:
            raise self.wrong(f"must be a whole number from {self.low} to {self.high}")
        return int(digits)

    def read_filter(self, raw: str) -> int:
        return self.read_one(raw)


class Boolean(Property):
    column_kind = "boolean"
    keeps_empty = False
    WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}

    def read_one(self, raw: str) -> bool:
        value = self.WORDS.get(raw.strip().lower())
        if value is None:
            raise self.wrong("must be true or false")
        return value

    def read_filter(self, raw: str) -> bool:
        return self.read_one(raw)

    def show(self, value: Any, style: type[Style]) -> Any:
        return bool(value)


class Choice(Property):
    """One of some words; their capitals do not matter, except to whoever reads the row.

    Rows may hold others that nobody can set, `reached`; lists are searched for both.
    """

    keeps_empty = False

    def __init__(self, choices: Sequence[str], reached: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.choices = {choice.lower(): choice for choice in choices}
        self.held = self.choices | {word.lower(): str(word) for word in reached}

    def read_one(self, raw: str) -> str:
        return self._one_of(self.choices, raw)

    def read_filter(self, raw: str) -> str:
        return self._one_of(self.held, raw)

    def _one_of(self, words: dict[str, str], raw: str) -> str:
        value = words.get(raw.strip().lower())
        if value is None:
            raise self.wrong(f"must be one of {', '.join(words.values())}")
        return value


class Url(Property):
    def __init__(self, callback: bool, **options: Any) -> None:
        super().__init__(**{"longest": LONGEST_URL, **options})
        self.callback = callback

    def read_one(self, raw: str) -> str:
        text = str(super().read_one(raw.strip()))
        if text and not is_web_url(text, callback=self.callback):
            raise self.wrong(f"is not a valid URL: {text[:200]}")
        return text


class Moment(Property):
    """Unix seconds in the row, a date in the convention's form on the wire."""

    column_kind = "real"
    keeps_empty = False

    def show(self, value: Any, style: type[Style]) -> Any:
        return style.moment(value)


class Words(Property):
    """A parameter that may repeat, or hold several words at once; JSON text in the row (voice reference 4)."""

    def __init__(self, splits: bool, choices: Sequence[str], most: int | None, **options: Any) -> None:
        super().__init__(**{"longest": LONGEST_URL, **options})
        self.splits, self.choices, self.most = splits, frozenset(choices), most

    def read(self, given: Sequence[str]) -> tuple[str, ...]:
        words = [word for one in given for word in (one.split() if self.splits else [one]) if word]
        if self.choices and not self.choices.issuperset(words):
            raise self.wrong(f"may hold {', '.join(sorted(self.choices))}")
        if self.most is not None and len(words) > self.most:
            raise self.wrong(f"may be given at most {self.most} times")
        return tuple(str(self.read_one(word)) for word in words)

    def keep(self, value: Any) -> Any:
        return None if value is None else json.dumps(value)

    def show(self, value: Any, style: type[Style]) -> Any:
        return json.loads(value) if isinstance(value, str) else list(value)


class Computed(Property):
    """Shown but never stored: a constant, or what the class's `show_<name>` answers."""

    column_kind = ""


# Declarations ------------------------------------------------------------------------------


def text(longest: int | None = None, **options: Any) -> Any:
    """Text; with `longest`, at most that many characters."""
    return Property(longest=longest, **options)


def integer(between: tuple[int, int] = (-(2**31), 2**31 - 1), **options: Any) -> Any:
    """A whole number within bounds, both included."""
    return Integer(between, **options)


def boolean(**options: Any) -> Any:
    """true or false; 1, 0, yes, no, on and off are understood."""
    return Boolean(**options)


def choice(*choices: str, reached: Sequence[str] = (), **options: Any) -> Any:
    """One of `choices`; `reached` are words that rows come to hold without anybody setting them."""
    return Choice(choices, reached, **options)


def http_method(default: str = "POST", **options: Any) -> Any:
    """GET or POST."""
    return Choice(("GET", "POST"), default=default, **{"error": 21403, **options})


def web_url(callback: bool = False, **options: Any) -> Any:
    """An absolute web address; empty clears it."""
    return Url(callback, **options)


def moment(**options: Any) -> Any:
    """A point in time."""
    return Moment(**options)


def words(
    *choices: str, splits: bool = False, most: int | None = None, default: tuple[str, ...] = (), **options: Any
) -> Any:
    """A list of texts; `splits` takes several from one value, separated by blanks."""
    return Words(splits, choices, most, default=default, **options)


def computed(*, init: Literal[False] = False, **options: Any) -> Any:
    """What only `show_<name>` knows."""
    return Computed(**options)


def asked(parameter: Any) -> Any:
    """A parameter of which nothing is kept."""
    parameter.column_kind = ""
    return parameter


def constant(value: Any, *, init: Literal[False] = False, **options: Any) -> Any:
    """The same in every answer."""
    return Computed(default=value, **options)
