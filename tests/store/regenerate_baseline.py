"""Write the baseline revision anew from the resource classes: `python tests/store/regenerate_baseline.py`.

Only until the first release; see hoyhoy/store/migrations/__init__.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

from hoyhoy.exchange.ports import Table
from hoyhoy.rest import tables
from hoyhoy.store import migrations
from hoyhoy.store.schema import build_metadata

FOLDER = Path(migrations.__file__).parent
BASELINE = FOLDER / "versions" / "baseline.py"
HEAD = FOLDER / "head.py"

TEXT = '''"""The first tables. Written by tests/store/regenerate_baseline.py from the resource classes."""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    {body}
'''


def render(described: Sequence[Table]) -> tuple[str, str]:
    """The identifier and the text of the baseline."""
    with sa.create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection)
        found = produce_migrations(context, build_metadata(described))
    assert found.upgrade_ops is not None
    body = re.sub(r"\s*# ###.*###\s*", "", render_python_code(found.upgrade_ops))
    revision = sha256(body.encode()).hexdigest()[:12]
    return revision, TEXT.format(revision=revision, body=body)


def main() -> None:
    revision, text = render(tables())
    BASELINE.write_text(text)
    HEAD.write_text(f'"""The revision that this version of hoyhoy works with."""\n\nHEAD = "{revision}"\n')
    print(f"baseline {revision}")


if __name__ == "__main__":
    main()
