"""Build indexes after a table is filled, which takes a fraction of keeping them meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# But for primary keys, which others refer to.
INDEXES = """
    SELECT format('DROP INDEX %%I', c.relname), pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS
        (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)"""
UNIQUES = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
            pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype = 'u'"""


@contextmanager
def without_indexes(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """Drop the tables' indexes for the block, and build them again as they were."""
    found: list[tuple[str, str]] = []
    for query in (INDEXES, UNIQUES):
        cursor.execute(query, (list(tables),))
        found += cursor.fetchall()
    for drop, _ in found:
        cursor.execute(drop)
    yield
    cursor.execute("SET maintenance_work_mem = '256MB'")
    for _, build in found:
        cursor.execute(build)
