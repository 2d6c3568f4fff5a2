"""What an error of a database means: whose fault it is, and how to say it."""

from __future__ import annotations

import re

from sqlalchemy import exc

FATAL = re.compile(r"FATAL:\s+(.*)")

BLAME_THE_RECORD = ("22", "23", "42", "54")
"""Classes of SQLSTATE for what can never be written: values, constraints, types, limits (a value too long for an
index). PostgreSQL's driver makes some of them the same exceptions as outages."""

BLAME_THE_DATABASE = ("42501", "42P01", "42703")
"""A right, a table or a column that somebody took away."""


def is_outage(error: Exception) -> bool:
    """Whether the database, and not the record, is to blame: trying again later may help."""
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state:
        return not state.startswith(BLAME_THE_RECORD) or state in BLAME_THE_DATABASE
    return (
        isinstance(error, (exc.OperationalError, exc.InternalError, exc.TimeoutError, OSError))
        or type(error) is exc.DatabaseError
    )


def is_cut(error: Exception) -> bool:
    """Whether a connection broke that had been there: the database may well answer another one."""
    return isinstance(error, exc.DBAPIError) and error.connection_invalidated


def reason(error: Exception) -> str:
    """Why the database refuses, in one line, without the values concerned."""
    original = getattr(error, "orig", None) or error
    primary = getattr(getattr(original, "diag", None), "message_primary", None)
    if primary:
        return str(primary)
    text = str(original)
    if fatal := FATAL.search(text):
        return fatal[1].strip()
    # libpq adds questions ("Is the server running ...?") in lines of their own, and repeats what it tried.
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("\t")]
    return lines[-1].rpartition(" failed: ")[2] if lines else type(original).__name__
