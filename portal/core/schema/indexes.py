"""Change indexes of tables that may be big, while others sell."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


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
