"""Runs migrations on the application's own database."""

from typing import Any

from alembic import context
from alembic.util import CommandError
from sqlalchemy import DateTime
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from portal.cli.refusals import AWAY, BUSY
from portal.core.database import named, reason
from portal.core.extensions import db
from portal.core.records import Base, UtcDateTime
from portal.core.schema.giving_way import NeverItsTurn


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


def connect() -> Connection:
    try:
        return db.engine.connect()
    except OperationalError as error:
        said = AWAY.format(named(db.engine.url), reason(error))
        raise CommandError(said) from None


# Alembic rebuilds a table on SQLite by copying and dropping it, which a foreign key forbids.
with connect() as connection:
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
    try:
        with context.begin_transaction():
            context.run_migrations()
    except NeverItsTurn:
        raise CommandError(BUSY.format(named(db.engine.url))) from None
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
