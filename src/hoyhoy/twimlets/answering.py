"""What a twimlet is asked and what it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from .writing import HANGUP, response, words

_ELEMENT = re.compile(r"([A-Za-z]+)\[(\d{0,9})\]")
_FIT = "".join(map(chr, range(0x21, 0x7F)))

TALKED = ("answered", "completed")


@dataclass(frozen=True, slots=True)
class Answer:
    """A `document`, unless it is `elsewhere`, which may be relative. `remark` is what its owner should know."""

    document: str = ""
    elsewhere: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """`here` is the path below which all twimlets lie, without a slash at its end."""

    here: str
    params: tuple[tuple[str, str], ...]

    def one(self, name: str, default: str = "") -> str:
        """The last value that is not empty: as forms of PHP, in which twimlets were first written, have it."""
        return next((value for found, value in reversed(self.params) if found == name and value.strip()), default)

    def has(self, name: str) -> bool:
        return any(found == name for found, _ in self.params)

    def several(self, name: str) -> list[str]:
        """Those of `Name[0]`, `Name[1]`, `Name[]` or `Name` alone that are not empty, by number, then as they stand."""
        found = []
        for place, (given, value) in enumerate(self.params):
            element = _ELEMENT.fullmatch(given)
            if (element[1] if element else given) == name and value.strip():
                number = element[2] if element else ""
                found.append((int(number) if number else place, place, value))
        return [value for _, _, value in sorted(found)]

    def labelled(self, name: str) -> dict[str, str]:
        """The values of `Name[label]` by label."""
        start = f"{name}["
        return {
            given[len(start) : -1]: value
            for given, value in self.params
            if given.startswith(start) and given.endswith("]") and value.strip()
        }

    def seconds(self, default: int) -> int:
        """The `Timeout`."""
        asked = self.one("Timeout")
        return int(asked) if asked.isdecimal() and len(asked) < 6 else default

    def spoken(self, default: str = "") -> str:
        """The `Message` as verbs."""
        return words(self.one("Message", default))

    def back(self, name: str, *params: tuple[str, str]) -> str:
        """The address of a twimlet beside this one."""
        return f"{self.here}/{name}" + ("?" + urlencode(params) if params else "")

    @property
    def has_dialled(self) -> bool:
        """A Dial of this twimlet's is over."""
        return self.has("Dial")

    @property
    def has_talked(self) -> bool:
        """And somebody was put through. One who declined when he was asked was not: his call was answered, and the
        status says no more than that (18, line 12)."""
        return self.one("DialCallStatus") in TALKED and self.one("DialBridged") != "false"

    def failed(self) -> Answer:
        """Nobody is there: the `FailUrl` is asked, or the call ends."""
        return elsewhere(self.one("FailUrl")) if self.one("FailUrl") else Answer(response(HANGUP))


Twimlet = Callable[[Request], Answer]


def elsewhere(url: str) -> Answer:
    """The answer that leads to `url`, in which nothing is left that could end a header field."""
    return Answer(elsewhere=quote(url.strip(), _FIT, errors="replace"))
