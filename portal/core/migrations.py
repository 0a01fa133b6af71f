"""Tell whether a database is as this version needs it, and change indexes while others sell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sqlalchemy as sa
from alembic import op
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session

from config import ROOT


def is_behind(session: Session) -> bool:
    """Tell whether migrations are missing, or were made by another version."""
    found = MigrationContext.configure(session.connection()).get_current_heads()
    return set(found) != _heads()


@cache
def _heads() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def build_index(name: str, table: str, columns: Sequence[str], where: str | None = None) -> None:
    """Build an index; on PostgreSQL nobody who writes to the table waits for it."""
    limit = None if where is None else sa.text(where)
    if not _is_postgresql():
        op.create_index(name, table, columns, sqlite_where=limit)
        return
    with op.get_context().autocommit_block():
        # One whose building was cut off is still there, and serves nobody.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index(name, table, columns, postgresql_where=limit, postgresql_concurrently=True)


def drop_index(name: str, table: str) -> None:
    """Drop an index; on PostgreSQL nobody who works with the table waits for it."""
    if not _is_postgresql():
        op.drop_index(name, table_name=table)
        return
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"
