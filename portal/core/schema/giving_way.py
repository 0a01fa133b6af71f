"""Change tables that others trade with: a migration gives way to them until it has them all."""

from __future__ import annotations

import random
from time import monotonic, sleep

from alembic import op
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

# Whoever trades waits so long for a migration that waits itself. For four tables that is less than
# the second after which PostgreSQL looks for a deadlock, and ends a sale as likely as a migration.
BRIEFLY = "SET LOCAL lock_timeout = '200ms'"
AS_LONG_AS_BEFORE = "SET LOCAL lock_timeout TO DEFAULT"
PAUSE_SECONDS = (0.05, 0.5)
PATIENCE_SECONDS = 120.0
LOCK_NOT_AVAILABLE = "55P03"


class NeverItsTurn(Exception):
    """Say that others were in the way for as long as a migration waits."""


def lock_tables(*tables: str) -> None:
    """Lock all tables that a migration is to change, or refers to, before it changes any.

    To check the rows of one takes long: who waits for it meanwhile may hold what is locked next.
    Raises NeverItsTurn after two minutes. SQLite has one writer, and locks all there is.
    """
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(BRIEFLY)
    until = monotonic() + PATIENCE_SECONDS
    while not _are_locked(connection, tables):
        if monotonic() > until:
            raise NeverItsTurn
        sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311 - to be in step with nobody
    connection.exec_driver_sql(AS_LONG_AS_BEFORE)


def _are_locked(connection: Connection, tables: tuple[str, ...]) -> bool:
    """Lock them all, or let go of those that were locked."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True
