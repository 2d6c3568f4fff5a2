"""Pages of a list (messaging reference 4.5).

Pages are cut by position, not by number, so what is created meanwhile shifts nothing: a token holds
the newest row of the first page and the last row already seen. Going back counts from that newest
row. `Page` alone, without a token, counts from today's newest row.

A token looks like a sid: `PA` (onwards) or `PB` (back), the kind of resource, two numbers of 64
bits. It opens nothing that its bearer could not list anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hoyhoy.wire.errors import Fault

from .form import Form

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000

_TOKEN = re.compile(r"P([AB])[A-Z]{2}([0-9a-f]{16})([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is asked for: rows below `before` (None = from the newest), after leaving out `offset`."""

    page: int
    size: int
    before: int | None = None
    offset: int = 0
    newest: int | None = None
    token: str = ""


def turn(query: Form, usual: int = DEFAULT_SIZE) -> Turn:
    """`usual` rows unless PageSize says otherwise. Fault 20007 for a wrong one, 20001 for a wrong Page or PageToken."""
    size = _number(query, "PageSize", usual, 20007, 1, LARGEST_SIZE)
    page = _number(query, "Page", 0, 20001, 0, 2**31)
    token = query.get("PageToken", [""])[-1]
    if not token:
        return Turn(page, size, offset=page * size)
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise Fault(20001, "Parameter 'PageToken' is not one of ours.")
    newest, last = int(match[2], 16), int(match[3], 16)
    if match[1] == "A":
        return Turn(page, size, before=last, newest=newest, token=token)
    return Turn(page, size, before=newest + 1, offset=min(last, 2**31), newest=newest, token=token)


def cut(rows: Sequence[Mapping[str, Any]], turn: Turn) -> Sequence[Mapping[str, Any]]:
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
class Links:
    here: str
    first: str
    next: str | None
    previous: str | None


def links(turn: Turn, path: str, asked: list[tuple[str, str]], kind: str, ids: list[int], *, more: bool) -> Links:
    """The addresses around a page whose rows have `ids`, newest first; `more`: there are older ones.

    `asked` are the filters, which every address repeats; `kind` is the prefix of the resource's sids.
    """

    def address(page: int, token: str = "") -> str:
        query = [*asked, ("PageSize", str(turn.size)), ("Page", str(page))]
        return f"{path}?{urlencode([*query, ('PageToken', token)] if token else query, quote_via=quote)}"

    newest = turn.newest if turn.newest is not None else (ids[0] if ids else 0)
    onwards = address(turn.page + 1, f"PA{kind}{newest:016x}{ids[-1]:016x}") if more else None
    back = None
    if turn.page > 0:
        offset = (turn.page - 1) * turn.size
        back = address(turn.page - 1, f"PB{kind}{newest:016x}{offset:016x}" if turn.newest is not None else "")
    return Links(address(turn.page, turn.token), address(0), onwards, back)
