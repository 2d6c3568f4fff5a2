"""Which database a URL names, and what to tell of one that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import exc

from .outage import reason

POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
SQLITE = ("sqlite", "sqlite+pysqlite")
FORMS = "Give it as postgresql://user:password@host/name or as sqlite:////path/of/a/file."


class DatabaseUnusable(Exception):
    """The database that was asked for cannot be used; the sentence says why, without the password."""


def target(text: str) -> sa.URL:
    """What a URL names, with the driver that is used here. DatabaseUnusable when it is none of ours."""
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        raise DatabaseUnusable(f"That is not the URL of a database. {FORMS}") from None
    if url.drivername in POSTGRESQL:
        if not url.database:
            raise DatabaseUnusable(f"The URL of the database lacks its name. {FORMS}")
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in SQLITE:
        raise DatabaseUnusable(f"A database of the kind {url.drivername} is of no use here. {FORMS}")
    if url.database in (None, "", ":memory:"):
        raise DatabaseUnusable("A database in memory is --memory, not a URL.")
    return url


def is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


@contextmanager
def told(url: sa.URL) -> Iterator[None]:
    """Whatever the database at `url` refuses here becomes DatabaseUnusable."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        which = "" if is_sqlite(url) else f" {url.database} on {_server(url)}"
        raise DatabaseUnusable(f"The database{which} cannot be used: {reason(error)}") from error


def _server(url: sa.URL) -> str:
    """Where the server is, as a person would name it."""
    hosts = url.query.get("host", ())
    host = url.host or ", ".join([hosts] if isinstance(hosts, str) else hosts) or "this machine"
    return f"{host}:{url.port}" if url.port else host
