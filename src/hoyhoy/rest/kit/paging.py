"""Pages of a list (messaging reference 4.5).

Pages are cut by place, not by number: what is created or deleted meanwhile shifts nothing. A mark is
a cut between two rows, and a page is what lies below its upper mark. A token carries

* onwards: the upper mark of the next page, then those of the pages before it, the nearest first;
* back: the lower mark of the page before, then its upper mark and those of the pages before that.

So going back shows what was shown, less what is gone. A page back whose upper mark is not known (a
token carries the last `TRAIL`, and who enters by `Page` alone has passed none) is the rows directly
above. Lists that are computed are not read upwards: there such a page is counted from the newest.

A token looks like a sid: two letters, the kind of resource, numbers of 64 bits. `PA` (onwards) and
`PB` (back) hold ids; `PC` and `PD` are of lists ordered by a column, where a mark is the value of
that column and an id. It opens nothing that its bearer could not list anyway.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from hoyhoy.wire.errors import Fault

from .form import Form

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000
TRAIL = 8
"""So many pages back show exactly what they showed."""

Row = Mapping[str, Any]

_LETTERS = {False: ("A", "B"), True: ("C", "D")}
_TOKEN = re.compile(r"P([A-D])[A-Z]{2}((?:[0-9a-f]{16})+)")


class Mark(NamedTuple):
    """The cut directly below the row with this `id`; where a column orders the list, `at` is its value there."""

    at: float | None
    id: int

    def below(self, row: Row, order: str) -> bool:
        """Whether the cut is below that row."""
        return self.id <= row["id"] if self.at is None else (self.at, self.id) <= (row[order], row["id"])

    def __str__(self) -> str:
        return (struct.pack(">d", self.at).hex() if self.at is not None else "") + f"{self.id:016x}"


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is asked for: `size` rows below `upper` (None = from the newest), after leaving out `offset`.

    `order` is the column that orders the list, "" = creation. With `lower` no row below that is meant, and while
    the upper mark is not known the rows directly above it are (`upwards`). `trail` are the upper marks of the pages
    before this one, the nearest first.
    """

    page: int
    size: int
    order: str = ""
    upper: Mark | None = None
    lower: Mark | None = None
    offset: int = 0
    trail: tuple[Mark, ...] = ()
    token: str = ""

    @property
    def upwards(self) -> bool:
        return self.lower is not None and self.upper is None

    @property
    def before(self) -> int | None:
        """The id of the upper mark, as `ports.Rows.page` takes it; likewise `since` and `at`."""
        return self.upper.id if self.upper else None

    @property
    def since(self) -> int | None:
        return self.lower.id if self.lower and self.upwards else None

    @property
    def at(self) -> float | None:
        mark = self.upper or self.lower
        return mark.at if mark else None


def turn(query: Form, usual: int = DEFAULT_SIZE, order: str = "") -> Turn:
    """`usual` rows unless PageSize says otherwise. Fault 20007 for a wrong one, 20001 for a wrong Page or PageToken."""
    size = _number(query, "PageSize", usual, 20007, 1, LARGEST_SIZE)
    page = _number(query, "Page", 0, 20001, 0, 2**31)
    token = query.get("PageToken", [""])[-1]
    if not token:
        return Turn(page, size, order, offset=page * size)
    match, onwards = _TOKEN.fullmatch(token), _LETTERS[bool(order)][0]
    marks = _marks(match[2], bool(order)) if match and match[1] in _LETTERS[bool(order)] else ()
    if match is None or not marks:
        raise Fault(20001, "Parameter 'PageToken' is not one of this list.")
    if match[1] == onwards:
        return Turn(page, size, order, upper=marks[0], trail=marks[1:], token=token)
    upper = marks[1] if len(marks) > 1 else None
    return Turn(page, size, order, upper=upper, lower=marks[0], trail=marks[2:], token=token)


def _marks(digits: str, ordered: bool) -> tuple[Mark, ...]:
    """Of a token; none when it holds what no token of ours holds."""
    words = [digits[i : i + 16] for i in range(0, len(digits), 16)]
    if not ordered:
        return tuple(Mark(None, int(word, 16)) for word in words) if len(words) <= TRAIL + 1 else ()
    values = [struct.unpack(">d", bytes.fromhex(word))[0] for word in words[::2]]
    if len(words) % 2 or len(values) > TRAIL + 1 or not all(map(math.isfinite, values)):
        return ()
    return tuple(Mark(value, int(word, 16)) for value, word in zip(values, words[1::2], strict=True))


def cut(rows: Sequence[Row], turn: Turn) -> Sequence[Row]:
    """What `turn` asks for of rows that were computed, best first; each gets its `id`, falling from their number."""
    counted = [{**row, "id": len(rows) - i} for i, row in enumerate(rows)]
    if turn.before is not None:
        counted = [row for row in counted if row["id"] < turn.before]
    return counted[turn.offset : turn.offset + turn.size + 1]


def _number(query: Form, name: str, default: int, code: int, low: int, high: int) -> int:
    raw = query.get(name, [""])[-1].strip()
    if not raw:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", raw) or not low <= int(raw) <= high:
        raise Fault(code, f"Parameter '{name}' must be a whole number from {low} to {high}.")
    return int(raw)


@dataclass(frozen=True, slots=True)
class Found:
    """A page: its rows, newest first, and whether there are older and newer ones. `turn` knows its upper mark."""

    turn: Turn
    rows: Sequence[Row]
    older: bool
    newer: bool


async def read(ask: Callable[[Turn], Awaitable[Sequence[Row]]], turn: Turn, *, climbs: bool = True) -> Found:
    """The page of a turn. `ask` gives its rows, newest first, and one more if there is one; `climbs`: upwards too."""
    newer = turn.page > 0
    if turn.upwards and not climbs:
        turn = replace(turn, lower=None, offset=turn.page * turn.size)
    elif turn.upwards:
        above = await ask(turn)
        newer = newer and len(above) > turn.size
        above = above[-turn.size :]
        turn = replace(turn, upper=_above(above[0], turn.order) if above else turn.lower)
    rows = await ask(turn)
    page = [row for row in rows[: turn.size] if turn.lower is None or turn.lower.below(row, turn.order)]
    if turn.upper is None and page:
        turn = replace(turn, upper=_above(page[0], turn.order))
    return Found(turn, page, len(rows) > len(page), newer)


def _above(row: Row, order: str) -> Mark:
    return Mark(row[order] if order else None, row["id"] + 1)


def _below(row: Row, order: str) -> Mark:
    return Mark(row[order] if order else None, row["id"])


@dataclass(frozen=True, slots=True)
class Links:
    here: str
    first: str
    next: str | None
    previous: str | None


def links(found: Found, path: str, asked: list[tuple[str, str]], kind: str) -> Links:
    """The addresses around a page.

    `asked` are the filters, which every address repeats; `kind` is the prefix of the resource's sids.
    """
    turn = found.turn
    onwards, back = _LETTERS[bool(turn.order)]

    def address(page: int, token: str = "") -> str:
        query = [*asked, ("PageSize", str(turn.size)), ("Page", str(page))]
        return f"{path}?{urlencode([*query, ('PageToken', token)] if token else query, quote_via=quote)}"

    def written(letter: str, *marks: Mark) -> str:
        return f"P{letter}{kind}{''.join(map(str, marks[: TRAIL + 1]))}"

    upper, lower = turn.upper, _below(found.rows[-1], turn.order) if found.rows else turn.lower
    following = previous = None
    if found.older and upper and lower:
        following = address(turn.page + 1, written(onwards, lower, upper, *turn.trail))
    if found.newer:
        previous = address(turn.page - 1, written(back, upper, *turn.trail) if upper else "")
    return Links(address(turn.page, turn.token), address(0), following, previous)
