"""Read all that stands in a database, and in the files that keep it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.core.extensions import db


def cells() -> list[str]:
    """Everything that stands in the database, a value a text; moments left out.

    Six digits of a moment's microseconds would look like a PIN now and then.
    """
    tables = sa.MetaData()
    with db.engine.connect() as connection:
        tables.reflect(connection)
        rows = [row for table in tables.sorted_tables for row in connection.execute(table.select())]
    return [_as_text(value) for row in rows for value in row if not isinstance(value, datetime)]


def files(folder: Path) -> bytes:
    """What SQLite keeps in its files there."""
    return b"".join(path.read_bytes() for path in folder.glob("portal.db*"))


def holds(word: str, texts: list[str]) -> list[str]:
    """The texts in which the word stands by itself, not as a part of another."""
    alone = re.compile(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])")
    return [text for text in texts if alone.search(text)]


def _as_text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
