"""Tell whether a database has all the tables and columns that this version works with."""

from __future__ import annotations

from functools import cache

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
