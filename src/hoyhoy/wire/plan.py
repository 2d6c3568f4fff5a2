"""The numbers of a numbering plan, counted and picked without listing them.

Plans come as patterns over digits (`[2-9]\\d{2}(?:0[1-9]|7)\\d{4}`). Of one length they allow finitely many
numbers, so a pattern is a graph without cycles: every node is what may still follow, and knows how many ways
there are. Hence the n-th number of billions is found in as many steps as it has digits, also among those alone
that begin or contain something.

    pattern -> steps (one per place in the pattern) -> graph (equal rests are one node) -> search
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from math import gcd

DIGITS = tuple("0123456789")
KEYS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999", strict=True))
"""Which key of a telephone each letter is on (ITU-T E.161)."""

ANY = (1 << 10) - 1
"""A set of digits is a number with one bit for each: here all of them."""
LONGEST = 15
"""Digits of a number, its country code counted (E.164)."""

MATCHED = -1
NOWHERE, DONE = 0, 1
"""The nodes from which nothing, and nothing more, follows."""

_TOKEN = re.compile(r"\(\?:|\)|\||\?|\{(\d+)(?:,(\d+))?\}|\\d|\[([0-9-]+)\]|\d")


# Patterns -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Steps:
    """Places in a pattern: `digits` lead on to other places, `leaps` cost no digit. Place 0 is the end."""

    digits: list[list[tuple[int, int]]] = field(default_factory=lambda: [[]])
    leaps: list[list[int]] = field(default_factory=lambda: [[]])

    def place(self, digits: list[tuple[int, int]], leaps: list[int]) -> int:
        self.digits.append(digits)
        self.leaps.append(leaps)
        return len(self.digits) - 1


_Part = int | list[list["_Part"]] | tuple["_Part", int, int]
"""A set of digits; the branches of a group, each a list of parts; a part with how often it stands at least and most."""


def _read(pattern: str) -> _Part:
    """ValueError for what is no pattern of a numbering plan."""
    groups: list[list[list[_Part]]] = [[[]]]
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            raise ValueError(f"cannot read {pattern[at : at + 10]!r}")
        at = token.end()
        branch = groups[-1][-1]
        match token[0]:
            case "(?:":
                groups.append([[]])
            case ")":
                whole = groups.pop()
                groups[-1][-1].append(whole)
            case "|":
                groups[-1].append([])
            case "?":
                branch.append((branch.pop(), 0, 1))
            case text if text[0] == "{":
                branch.append((branch.pop(), int(token[1]), int(token[2] or token[1])))
            case text:
                branch.append(_digits(token[3] or text))
    if len(groups) != 1:
        raise ValueError("a group has no end")
    return groups[0]


def _digits(spelled: str) -> int:
    """`\\d`, one digit, or what stands in brackets: `13-57`."""
    if spelled == r"\d":
        return ANY
    found = 0
    for low, high in re.findall(r"(\d)(?:-(\d))?", spelled):
        for digit in range(int(low), int(high or low) + 1):
            found |= 1 << digit
    return found


def _lay(part: _Part, after: int, steps: _Steps) -> int:
    """The place from which `part` leads to `after`."""
    if isinstance(part, int):
        return steps.place([(part, after)], [])
    if isinstance(part, tuple):
        inner, least, most = part
        for left in reversed(range(most)):
            start = _lay(inner, after, steps)
            after = steps.place([], [start, after]) if left >= least else start
        return after
    starts = []
    for branch in part:
        start = after
        for one in reversed(branch):
            start = _lay(one, start, steps)
        starts.append(start)
    return starts[0] if len(starts) == 1 else steps.place([], starts)


# Graphs -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Graph:
    """`follows[node][digit]` is the node after that digit; `ways[node]` how many numbers end from there."""

    start: int
    length: int
    follows: list[tuple[int, ...]]
    ways: list[int]


@lru_cache(maxsize=256)
def graph(pattern: str, length: int) -> Graph:
    """All numbers of `length` digits that a pattern allows. ValueError for what is no pattern."""
    steps = _Steps()
    first = _lay(_read(pattern), 0, steps)
    follows: list[tuple[int, ...]] = [(NOWHERE,) * 10, (NOWHERE,) * 10]
    ways = [0, 1]
    equal: dict[tuple[int, ...], int] = {}
    known: dict[tuple[frozenset[int], int], int] = {}

    def reach(places: set[int]) -> frozenset[int]:
        todo, found = list(places), set(places)
        while todo:
            for place in steps.leaps[todo.pop()]:
                if place not in found:
                    found.add(place)
                    todo.append(place)
        return frozenset(place for place in found if place == 0 or steps.digits[place])

    def node(places: frozenset[int], left: int) -> int:
        if not left:
            return DONE if 0 in places else NOWHERE
        if (places, left) in known:
            return known[places, left]
        after: list[set[int]] = [set() for _ in DIGITS]
        for place in places:
            for digits, following in steps.digits[place]:
                for digit in range(10):
                    if digits >> digit & 1:
                        after[digit].add(following)
        rest = tuple(node(reach(following), left - 1) if following else NOWHERE for following in after)
        if not any(rest):
            found = NOWHERE
        elif rest in equal:
            found = equal[rest]
        else:
            found = equal[rest] = len(follows)
            follows.append(rest)
            ways.append(sum(ways[one] for one in rest))
        known[places, left] = found
        return found

    return Graph(node(reach({first}), length), length, follows, ways)


# Searches -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sought:
    """What a whole number (country code and all) must contain: sets of digits in a row, at its start or anywhere."""

    places: tuple[int, ...] = ()
    anchored: bool = False

    @classmethod
    def read(cls, text: str) -> Sought:
        """`*` is any digit, letters are keys, a leading + means the start. ValueError for other characters, and for
        more of them than a number has digits."""
        anchored = text.startswith("+")
        places = []
        if len(text) > LONGEST + anchored:
            raise ValueError(f"no number has more than {LONGEST} digits")
        for sign in text.removeprefix("+").upper():
            digit = KEYS.get(sign, sign)
            if digit != "*" and digit not in DIGITS:
                raise ValueError(f"{sign!r} is neither a digit, a letter nor *")
            places.append(ANY if digit == "*" else 1 << int(digit))
        return cls(tuple(places), anchored)

    def begin(self, code: str) -> int:
        """The state of the search before the first digit after the country code."""
        state = 0 if self.places else MATCHED
        for at, digit in enumerate(code):
            state = self.step(state, int(digit), first=at == 0)
        return state

    def step(self, state: int, digit: int, *, first: bool = False) -> int:
        """One bit for every beginning that fits so far; MATCHED when one has come to its end."""
        if state == MATCHED:
            return MATCHED
        state = state << 1 | (first or not self.anchored)
        for at, digits in enumerate(self.places):
            if not digits >> digit & 1:
                state &= ~(1 << at)
        return MATCHED if state >> len(self.places) - 1 & 1 else state


_Point = tuple[int, int, str | None]
"""Where a search is: its node, what it has found of what it seeks, and how it began until that is a whole prefix."""


class Search:
    """The numbers of a graph that contain what is sought and begin with one of some prefixes, in an order of ours."""

    def __init__(self, numbers: Graph, code: str, sought: Sought, prefixes: Collection[str] | None = None) -> None:
        """`prefixes` are without the country code; None is any, and an empty collection finds nothing."""
        self._numbers, self._sought = numbers, sought
        self._prefixes = frozenset(prefixes or ())
        self._beginnings = {one[:n] for one in self._prefixes for n in range(len(one))}
        self._ways: dict[_Point, int] = {}
        begun = None if prefixes is None or "" in self._prefixes else ""
        self._start: _Point = (numbers.start, sought.begin(code), begun)
        self.size = self._count(self._start)
        self._stride = _stride(self.size)

    def pick(self, index: int) -> str:
        """The digits after the country code of one of `size` numbers; equal neighbours stand close together."""
        at, digits = self._start, []
        for _ in range(self._numbers.length):
            for digit in range(10):
                following = self._after(at, digit)
                ways = self._count(following)
                if index < ways:
                    break
                index -= ways
            digits.append(DIGITS[digit])
            at = following
        return "".join(digits)

    def shuffled(self, turn: int) -> str:
        """As `pick`, in an order where neighbours are far apart; turns 0 to `size` - 1 meet every number once."""
        return self.pick((turn + 1) * self._stride % self.size)

    def _after(self, at: _Point, digit: int) -> _Point:
        node, state, begun = at
        node = self._numbers.follows[node][digit]
        if node == NOWHERE:
            return NOWHERE, 0, None
        if begun is not None:
            begun += DIGITS[digit]
            if begun in self._prefixes:
                begun = None
            elif begun not in self._beginnings:
                return NOWHERE, 0, None
        return node, self._sought.step(state, digit), begun

    def _count(self, at: _Point) -> int:
        node, state, begun = at
        if node == NOWHERE:
            return 0
        if node == DONE:
            return int(state == MATCHED and begun is None)
        if state == MATCHED and begun is None:
            return self._numbers.ways[node]
        ways = self._ways.get(at)
        if ways is None:
            ways = self._ways[at] = sum(self._count(self._after(at, digit)) for digit in range(10))
        return ways


def _stride(size: int) -> int:
    """About the golden section of `size`, and without a common divisor: steps of it meet every number once."""
    stride = max(1, size * 618_033_988_749 // 10**12)
    while gcd(stride, size) > 1:
        stride += 1
    return stride
