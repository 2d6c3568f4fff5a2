"""What counts and sums are made of in SQL, the same in every database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal


class Day(sa.ColumnElement[int]):
    """Whole days since 1970 of a moment in Unix seconds, rounded down."""

    inherit_cache = True
    _traverse_internals = [("moment", InternalTraversal.dp_clauseelement)]

    def __init__(self, moment: sa.ColumnElement[Any]) -> None:
        self.moment = moment
        self.type = sa.BigInteger()


@compiles(Day)
def _floored(day: Day, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(day.moment, **options)
    return f"CAST(floor({moment} / 86400.0) AS BIGINT)"


@compiles(Day, "sqlite")
def _cut(day: Day, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite may be built without floor(), and its CAST rounds towards zero."""
    moment = compiler.process(day.moment, **options)
    cut = f"CAST({moment} / 86400.0 AS INTEGER)"
    return f"({cut} - ({moment} < {cut} * 86400.0))"


def total(column: sa.Column[Any]) -> sa.Label[Any]:
    """The sum, of the column's own type: PostgreSQL makes decimals of big integers. 0 of nothing. ValueError for
    what is not a number."""
    if not isinstance(column.type, (sa.Integer, sa.Float)):
        raise ValueError(f"{column.table.name}.{column.name} cannot be summed")
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), column.type).label(column.name)
