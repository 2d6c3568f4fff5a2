"""Searching lists: parameters of the query become conditions on rows (messaging reference 4.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from hoyhoy.wire.errors import Fault

from .form import Form
from .properties import Property

Condition = tuple[str, str, Any]
"""Column, operator of ports.Rows.page, value."""

DAY = 86400.0
FAR = 2.0**33
"""Unix seconds, in the year 2242: where a range without an end is taken to end."""
LONGEST_PART = 64
"""Characters of a pattern, more than any column holds that is searched for a part."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BOUND = re.compile(r"([A-Za-z.]+)([<>])=?(.*)", re.DOTALL)


def conditions(query: Form, properties: Iterable[Property]) -> tuple[list[Condition], list[tuple[str, str]]]:
    """The conditions a query asks for, and its parameters again as the next page's address must repeat them."""
    found: list[Condition] = []
    asked: list[tuple[str, str]] = []
    bounds = _bounds(query)
    for prop in properties:
        if not prop.find:
            continue
        raw = query.get(prop.param, [""])[-1]
        if raw:
            asked.append((prop.param, raw))
            found += _condition(prop, raw)
        for sign, limit in bounds.get(prop.param, ()) if prop.find == "range" else ():
            asked.append((prop.param + sign, limit))
            found.append((prop.column, sign + "=", read_moment(prop.param + sign, limit)[0]))
    return found, asked


def narrowest(wanted: Iterable[Condition]) -> str:
    """The column of the range filter that leaves the least, "" when there is none.

    A list that is narrowed so is ordered by that column: a page is then one walk along its index, however many rows
    the filter finds. Of two, `StartTime>` and `EndTime<` say, the other is tried on each row of the walk.
    """
    spans: dict[str, tuple[float, float]] = {}
    for column, operator, value in wanted:
        if operator[0] in "<>":
            low, high = spans.get(column, (0.0, FAR))
            spans[column] = (max(low, value), high) if operator[0] == ">" else (low, min(high, value))
    return min(spans, key=lambda column: spans[column][1] - spans[column][0], default="")


def _condition(prop: Property, raw: str) -> list[Condition]:
    match prop.find:
        case "range":
            start, length = read_moment(prop.param, raw)
            if start % DAY == 0:  # official clients write a day as its midnight
                length = DAY
            return [(prop.column, ">=", start), (prop.column, "<", start + length)]
        case "like":
            # `*` stands for one character, and the whole may stand anywhere (voice reference 9).
            escaped = re.sub(r"([\\%_])", r"\\\1", prop.read_filter(raw))
            if len(escaped) > LONGEST_PART:
                return [(prop.column, "in", [])]  # no row; databases refuse to look for a pattern without end
            return [(prop.column, "like", f"%{escaped.replace('*', '_')}%")]
        case _:
            return [(prop.column, "=", prop.read_filter(raw))]


def _bounds(query: Form) -> dict[str, list[tuple[str, str]]]:
    """`StartTime>=2026-01-01` arrives as the name `StartTime>`; by hand perhaps `StartTime>2026-01-01`."""
    bounds: dict[str, list[tuple[str, str]]] = {}
    for name, values in query.items():
        if match := _BOUND.fullmatch(name):
            limit = values[-1] or match[3]
            if limit:
                bounds.setdefault(match[1], []).append((match[2], limit))
    return bounds


def read_moment(param: str, raw: str) -> tuple[float, float]:
    """Unix seconds of a date or a time (UTC unless it says otherwise), and how long it lasts: a day or a second."""
    text = raw.strip().replace(" ", "+") if "T" in raw else raw.strip()
    try:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        return value.timestamp(), DAY if _DATE.fullmatch(text) else 1.0
    except (ValueError, OverflowError):
        raise Fault(20001, f"Parameter '{param}' is not a date or an ISO 8601 time: {raw[:40]}.") from None
