from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hoyhoy.rest import tables
from hoyhoy.store import migrations
from hoyhoy.store.migrations import HEAD, WrongVersion, is_fresh, prepare
from hoyhoy.store.schema import build_metadata

from .places import Place, engine_at
from .regenerate_baseline import BASELINE, render
from .sample import TABLES

REGENERATE = "the tables have changed: run `python tests/store/regenerate_baseline.py` (until the first release)"


@pytest.fixture
def engine(place: Place) -> Iterator[sa.Engine]:
    engine = engine_at(place)
    yield engine
    engine.dispose()


def differences(engine: sa.Engine, metadata: sa.MetaData) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def stamp(engine: sa.Engine, version: str | None) -> None:
    with engine.begin() as connection:
        migrations.VERSION.create(connection, checkfirst=True)
        connection.execute(sa.delete(migrations.VERSION))
        if version is not None:
            connection.execute(sa.insert(migrations.VERSION).values(version_num=version))


def test_the_revisions_lead_to_the_resources_of_today(engine: sa.Engine) -> None:
    """From the very first version to the present one: what is there must be what the classes say."""
    stamp(engine, None)
    prepare(engine, sa.MetaData())
    assert differences(engine, build_metadata(tables())) == [], REGENERATE


def test_the_baseline_is_the_one_the_classes_give() -> None:
    assert BASELINE.read_text() == render(tables())[1], REGENERATE


def test_a_new_database_is_made_as_the_revisions_would_and_stamped(engine: sa.Engine) -> None:
    metadata = build_metadata(tables())
    assert is_fresh(engine)
    prepare(engine, metadata)
    assert not is_fresh(engine)
    assert differences(engine, metadata) == []
    with engine.connect() as connection:
        assert connection.scalar(sa.select(migrations.VERSION.c.version_num)) == HEAD
    prepare(engine, metadata)


def test_the_head_is_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_crash_while_tables_are_made_leaves_none(engine: sa.Engine) -> None:
    made = 0

    def fail(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        nonlocal made
        made += sql.strip().startswith("CREATE TABLE")
        if made == 3:
            raise KeyboardInterrupt

    sa.event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(KeyboardInterrupt):
        prepare(engine, build_metadata(TABLES))
    sa.event.remove(engine, "before_cursor_execute", fail)
    assert sa.inspect(engine).get_table_names() == []
    prepare(engine, build_metadata(TABLES))
    assert differences(engine, build_metadata(TABLES)) == []


def test_a_failing_upgrade_leaves_nothing(engine: sa.Engine) -> None:
    stamp(engine, None)
    made = 0

    def fail(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        nonlocal made
        made += sql.strip().startswith("CREATE TABLE")
        if made == 3:
            raise KeyboardInterrupt

    sa.event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(KeyboardInterrupt):
        prepare(engine, sa.MetaData())
    sa.event.remove(engine, "before_cursor_execute", fail)
    assert sa.inspect(engine).get_table_names() == [migrations.VERSION.name]
    prepare(engine, sa.MetaData())
    assert differences(engine, build_metadata(tables())) == []


def test_a_database_of_another_version_is_refused(engine: sa.Engine) -> None:
    prepare(engine, build_metadata(TABLES))
    stamp(engine, "c0ffee")
    with pytest.raises(WrongVersion, match="version c0ffee, which this hoyhoy does not know"):
        prepare(engine, build_metadata(TABLES))


async def test_a_refused_database_can_be_opened_by_the_right_one(place: Place) -> None:
    await (await place.open()).close()
    place.look("update alembic_version set version_num = 'c0ffee'")
    with pytest.raises(WrongVersion):
        await place.open()
    place.look(f"update alembic_version set version_num = '{HEAD}'")
    await (await place.open()).close()


def test_a_start_does_without_alembic() -> None:
    code = "import sys, hoyhoy.store.database; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
