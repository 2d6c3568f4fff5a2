from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from hoyhoy.exchange.clock import RealClock
from hoyhoy.store import postgresql
from hoyhoy.store.database import open_database
from hoyhoy.store.target import DatabaseUnusable, is_sqlite, target

from .places import Place, look_at, on_postgresql
from .postgres import GUARDED, Server
from .sample import TABLES


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_by_any_of_its_names(scheme: str) -> None:
    url = target(f"{scheme}://me:secret@db:6432/calls?sslmode=require")
    assert url.render_as_string(hide_password=False) == "postgresql+psycopg://me:secret@db:6432/calls?sslmode=require"
    assert not is_sqlite(url)


def test_another_file_of_sqlite() -> None:
    assert is_sqlite(target("sqlite:////var/lib/hoyhoy.db"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hoyhoy", "That is not the URL of a database."),
        ("postgresql://me:secret@db:port/calls", "That is not the URL of a database."),
        ("mysql://me:secret@db/calls", "A database of the kind mysql is of no use here."),
        ("postgresql+asyncpg://me:secret@db/calls", "A database of the kind postgresql+asyncpg is of no use here."),
        ("postgresql://me:secret@db", "The URL of the database lacks its name."),
        ("sqlite://", "A database in memory is --memory, not a URL."),
        ("sqlite:///:memory:", "A database in memory is --memory, not a URL."),
    ],
)
def test_what_is_none_of_ours_is_said(text: str, said: str) -> None:
    with pytest.raises(DatabaseUnusable) as caught:
        target(text)
    assert str(caught.value).startswith(said) and "secret" not in str(caught.value)
    assert str(caught.value).endswith(("of/a/file.", "not a URL."))


# One sentence for each way in which opening fails --------------------------------------------


async def refusal(folder: Path, url: str) -> str:
    with pytest.raises(DatabaseUnusable) as caught:
        await open_database(folder, TABLES, RealClock(), url=url)
    said = str(caught.value)
    assert "\n" not in said and "wrong-secret" not in said
    return said


async def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    assert await refusal(tmp_path, "postgresql://me:wrong-secret@127.0.0.1:1/calls") == (
        "The database calls on 127.0.0.1:1 cannot be used: Connection refused"
    )
    assert await refusal(tmp_path, f"postgresql://me:wrong-secret@/calls?host={tmp_path}") == (
        f"The database calls on {tmp_path} cannot be used: No such file or directory"
    )
    assert await refusal(tmp_path, "postgresql:///calls?host=127.0.0.1:1&host=127.0.0.2:1") == (
        "The database calls on 127.0.0.1:1, 127.0.0.2:1 cannot be used: Connection refused"
    )
    assert (await refusal(tmp_path, "postgresql://nowhere.invalid/calls")).startswith(
        "The database calls on nowhere.invalid cannot be used: failed to resolve host"
    )


async def test_a_server_that_lets_nobody_in(postgres: Server, tmp_path: Path) -> None:
    where = f"on {postgres.folder} cannot be used:"
    assert await refusal(tmp_path, postgres.url("nothing")) == (
        f'The database nothing {where} database "nothing" does not exist'
    )
    assert await refusal(tmp_path, postgres.url("postgres", user=GUARDED, password="wrong-secret")) == (
        f'The database postgres {where} password authentication failed for user "{GUARDED}"'
    )
    assert await refusal(tmp_path, postgres.url("postgres", user="nobody")) == (
        f'The database postgres {where} role "nobody" does not exist'
    )


@on_postgresql
async def test_a_database_that_others_own_or_use(place: Place, tmp_path: Path) -> None:
    assert place.server
    url = place.server.url("store", user=GUARDED, password=GUARDED)
    assert (await refusal(tmp_path, url)).endswith(" cannot be used: permission denied for schema public")
    look_at(place.url, "create table calls (mine int)")
    assert (await refusal(tmp_path, place.url)).endswith(' cannot be used: relation "calls" already exists')
    assert look_at(place.url, "select tablename from pg_tables where schemaname = 'public'") == [("calls",)]


async def test_a_server_too_old(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)
    said = await refusal(tmp_path, postgres.url("postgres"))
    assert "cannot be used: its server is PostgreSQL 1" in said and said.endswith("and hoyhoy takes 99 or newer")


async def test_a_database_that_cannot_keep_all_text(postgres: Server, tmp_path: Path) -> None:
    with postgres.connect() as connection:
        connection.execute(
            "create database old encoding latin1 template template0 locale_provider libc lc_collate 'C' lc_ctype 'C'"
        )
    assert (await refusal(tmp_path, postgres.url("old"))).endswith(
        "it keeps text as LATIN1, and hoyhoy takes one made with encoding UTF8"
    )
    postgres.wait_until_nobody_uses("old")


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Sir, " * 500)
    said = await refusal(tmp_path / "data", f"sqlite:///{tmp_path}/letter")
    assert said == "The database cannot be used: file is not a database"


async def test_the_driver_is_asked_for_by_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> sa.Engine:
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(sa, "create_engine", missing)
    assert await refusal(tmp_path, "postgresql://db/calls") == (
        "PostgreSQL takes one more package: pip install 'hoyhoy[postgres]'"
    )
