from __future__ import annotations

import pytest
from sqlalchemy import exc

from hoyhoy.store.outage import is_outage

OUTAGE = exc.OperationalError("INSERT", {}, Exception("disk I/O error"))


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (OUTAGE, True),
        (exc.DatabaseError("x", {}, Exception("database disk image is malformed")), True),
        (exc.TimeoutError(), True),
        (OSError(28, "No space left on device"), True),
        (exc.IntegrityError("x", {}, Exception("UNIQUE")), False),
        (exc.DataError("x", {}, Exception("too big")), False),
        (exc.ProgrammingError("x", {}, Exception("type 'dict' is not supported")), False),
        (OverflowError(), False),
        (exc.InterfaceError("x", {}, Exception("closed"), connection_invalidated=True), True),
    ],
)
def test_who_is_to_blame(error: Exception, outage: bool) -> None:
    assert is_outage(error) is outage
