"""Conditions of a search, the same in every database.

Strangers choose what is searched for. A value that the column cannot hold, a word for a number say,
is met by no row; databases left to themselves convert it, each in its own way, or refuse.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from .changes import scrub_text

HIGHEST = 2**63 - 1
LONGEST_PATTERN = 10_000
"""Characters; SQLite refuses to look for a pattern of more than 50,000 bytes."""

OPERATORS: dict[str, Callable[[sa.ColumnElement[Any], Any], sa.ColumnElement[bool]]] = {
    "=": lambda column, value: column == value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "like": lambda column, value: column.ilike(value, escape="\\"),
    "in": lambda column, value: column.in_(value),
}
"""What `where` may ask. `=` None finds unset columns; `like` takes % and _, escaped by a backslash, and
knows no capitals (of ASCII: of other letters it does)."""


def condition(column: sa.ColumnElement[Any], operator: str, value: Any) -> sa.ColumnElement[bool]:
    """One of `where`. KeyError for an unknown operator."""
    compare = OPERATORS[operator]
    if operator == "in":
        return compare(column, [fit for one in value if (fit := fitting(column, one)) is not None])
    if value is None and operator == "=":
        return column.is_(None)
    fit = fitting(column, value)
    if fit is None or (operator == "like" and not _is_pattern(fit)):
        return sa.false()
    return compare(column, fit)


def fitting(column: sa.ColumnElement[Any], value: Any) -> Any:
    """`value` as it can be compared with the column, None when it cannot be."""
    kind = column.type
    match value:
        case bool():
            return value if isinstance(kind, sa.Boolean) else None
        case int() if isinstance(kind, sa.Integer):
            return max(-HIGHEST, min(value, HIGHEST))
        case int() if isinstance(kind, sa.Float):
            return float(max(-HIGHEST, min(value, HIGHEST)))
        case float() if isinstance(kind, (sa.Integer, sa.Float)) and not math.isnan(value):
            return sa.literal(value, sa.Double())
        case str() if isinstance(kind, sa.Text):
            return scrub_text(value)
    return None


def _is_pattern(value: Any) -> bool:
    """Whether `like` takes it: no endless text, nor one whose last character is an escape of nothing."""
    return isinstance(value, str) and len(value) <= LONGEST_PATTERN and (len(value) - len(value.rstrip("\\"))) % 2 == 0
