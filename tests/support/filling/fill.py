"""Fill the tables of companies that stand, in seconds for a hundred thousand sales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any

import psycopg2

from tests.support.filling.indexes import without_indexes
from tests.support.filling.trade import FILLINGS, Filling

# Where everything of a company is found while tables are filled.
PLACES = """
    CREATE TEMP TABLE place AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS number, c.id AS company_id,
        (SELECT array_agg(r.id ORDER BY r.name) FROM router r WHERE r.company_id = c.id) AS routers,
        (SELECT array_agg(l.id ORDER BY l.id) FROM plan l WHERE l.company_id = c.id) AS plans,
        (SELECT min(g.id) FROM gateway_account g WHERE g.company_id = c.id) AS account_id,
        NULL::int[] AS sellers, NULL::int[] AS handovers
    FROM company c WHERE c.id = ANY(%s)"""
# What is known of a place only once it is filled.
LEARNT = {
    "voucher_seller": "UPDATE place p SET sellers = (SELECT array_agg(v.id ORDER BY v.id)"
    " FROM voucher_seller v WHERE v.company_id = p.company_id)",
    "cash_handover": "UPDATE place p SET handovers = (SELECT array_agg(h.id ORDER BY h.id)"
    " FROM cash_handover h WHERE h.company_id = p.company_id)",
}
# The companies' own, unless they say otherwise.
ZONE = "America/Mexico_City"
COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
AFTERWARDS = {
    "sale_words_cursor": "UPDATE sale_words_cursor SET sale_move_id ="
    " (SELECT max(id) FROM sale_move)",
    "alert_cursor": "INSERT INTO alert_cursor SELECT 1, max(id) FROM sale_move"
    " ON CONFLICT (id) DO UPDATE SET sale_move_id = excluded.sale_move_id",
    "audit_chain": "UPDATE audit_chain a SET position ="
    " (SELECT max(position) FROM audit_entry e WHERE e.chain = a.id)",
}


@dataclass(frozen=True)
class Size:
    """How much there is of each, in all companies; the last `open` sales are not over yet."""

    sales: int
    codes: int = 500
    events: int = 500
    entries: int = 500
    alerts: int = 100
    passes: int = 400
    grants: int = 100
    days: int = 365
    open: int = 300


def fill(
    url: str, company_ids: Sequence[str], size: Size, told: Callable[[str], None] | None = None
) -> None:
    """Fill them, each with as much as the next; tables that the database lacks are passed over.

    `told` hears what was just filled.
    """
    if size.sales % len(company_ids):
        raise ValueError("each company needs as many sales as the next")
    values = asdict(size) | {"companies": len(company_ids), "zone": ZONE}
    values |= {"accesses": size.sales + size.codes}
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        # Each row is right by how it is made; to check millions of foreign keys takes minutes.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(PLACES, (list(company_ids),))
        standing = [filling for filling in FILLINGS if _columns(cursor, filling.table)]
        with without_indexes(cursor, [filling.table for filling in standing]):
            for filling in standing:
                _insert(cursor, filling, values)
                if told is not None:
                    told(filling.table)
        for table, statement in AFTERWARDS.items():
            if _columns(cursor, table):
                cursor.execute(statement)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")


def _insert(cursor: Any, filling: Filling, values: dict[str, Any]) -> None:
    known = _columns(cursor, filling.table)
    columns = {name: how for name, how in filling.columns.items() if name in known}
    cursor.execute(
        f"INSERT INTO {filling.table} ({', '.join(columns)})"
        f" SELECT {', '.join(columns.values())} FROM {filling.source}",
        values,
    )
    if filling.table in LEARNT:
        cursor.execute(LEARNT[filling.table])


def _columns(cursor: Any, table: str) -> set[str]:
    cursor.execute(COLUMNS, (table,))
    return {name for (name,) in cursor.fetchall()}
