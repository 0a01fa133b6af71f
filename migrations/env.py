"""Runs migrations on the application's own database."""

from typing import Any

from alembic import context
from sqlalchemy import DateTime

from portal.core.extensions import db
from portal.core.records import Base, UtcDateTime


def render_type(kind: str, item: Any, _autogen: Any) -> str | bool:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(
    _context: Any, _inspected: Any, _meta: Any, found: Any, wanted: Any
) -> bool | None:
    if isinstance(wanted, UtcDateTime):
        return not isinstance(found, DateTime)
    return None


# Alembic rebuilds a table on SQLite by copying and dropping it, which a foreign key forbids.
with db.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_type,
        compare_type=compare_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
