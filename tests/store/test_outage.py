from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import exc

from hoyhoy.store.outage import is_outage, reason


def error(kind: type[exc.DBAPIError], original: Exception | str, *, invalidated: bool = False) -> exc.DBAPIError:
    original = Exception(original) if isinstance(original, str) else original
    return kind("INSERT", {}, original, connection_invalidated=invalidated)


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (error(exc.OperationalError, "disk I/O error"), True),
        (error(exc.DatabaseError, "database disk image is malformed"), True),
        (exc.TimeoutError(), True),
        (OSError(28, "No space left on device"), True),
        (error(exc.IntegrityError, "UNIQUE"), False),
        (error(exc.DataError, "too big"), False),
        (error(exc.ProgrammingError, "type 'dict' is not supported"), False),
        (OverflowError(), False),
        (error(exc.InterfaceError, "closed", invalidated=True), True),
        # PostgreSQL says it by SQLSTATE, and its driver's classes say something else at times.
        (error(exc.OperationalError, psycopg.OperationalError("connection refused")), True),
        (error(exc.OperationalError, errors.DiskFull()), True),
        (error(exc.OperationalError, errors.AdminShutdown()), True),
        (error(exc.OperationalError, errors.DeadlockDetected()), True),
        (error(exc.OperationalError, errors.QueryCanceled()), True),
        (error(exc.InternalError, errors.ReadOnlySqlTransaction()), True),
        (error(exc.ProgrammingError, errors.InsufficientPrivilege()), True),
        (error(exc.ProgrammingError, errors.UndefinedTable()), True),
        (error(exc.NotSupportedError, errors.FeatureNotSupported()), True),  # a plan whose tables were changed
        (error(exc.OperationalError, errors.ProgramLimitExceeded()), False),
        (error(exc.DataError, errors.NumericValueOutOfRange()), False),
        (error(exc.DataError, psycopg.DataError("text fields cannot contain NUL bytes")), False),
        (error(exc.IntegrityError, errors.UniqueViolation()), False),
        (error(exc.ProgrammingError, errors.CannotCoerce()), False),
        (error(exc.ProgrammingError, psycopg.ProgrammingError("cannot adapt type 'dict'")), False),
    ],
)
def test_who_is_to_blame(error: Exception, outage: bool) -> None:
    assert is_outage(error) is outage


REFUSED = (
    'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused\n'
    "\tIs the server running on that host and accepting TCP/IP connections?"
)


@pytest.mark.parametrize(
    ("said", "reason_"),
    [
        ("disk I/O error", "disk I/O error"),
        (REFUSED, "Connection refused"),
        (
            f"{REFUSED}\nMultiple connection attempts failed. All failures were:\n- host: 'a', port: '1': {REFUSED}\n"
            f"- host: 'b', port: '1': {REFUSED}",
            "Connection refused",
        ),
        (
            'connection failed: connection to server on socket "/run/.s.PGSQL.5432" failed: '
            'FATAL:  password authentication failed for user "me"',
            'password authentication failed for user "me"',
        ),
        ("connection timeout expired", "connection timeout expired"),
        (
            "server closed the connection unexpectedly\n\tThis probably means ...",
            "server closed the connection unexpectedly",
        ),
        ("", "Exception"),
    ],
)
def test_why_is_one_line(said: str, reason_: str) -> None:
    assert reason(error(exc.OperationalError, said)) == reason_
