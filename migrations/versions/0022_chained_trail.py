"""The trail chained by digests, with what was before and after, and no way to change it"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

DEPLOYMENT = "deployment"
REFUSAL = "audit_entry is append-only"
BATCH = 500
ENTRY = sa.table(
    "audit_entry",
    *(sa.column(name, sa.Integer()) for name in ("id", "position")),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name) for name in ("actor", "company_id", "action", "target")),
    *(sa.column(name, sa.JSON(none_as_null=True)) for name in ("details", "before", "after")),
    *(sa.column(name) for name in ("request_id", "ip", "chain", "digest")),
)
CHAIN = sa.table("audit_chain", *(sa.column(name) for name in ("id", "position", "digest")))


def upgrade() -> None:
    op.create_table(
        "audit_chain",
        sa.Column("id", sa.String(length=14), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_chain")),
    )
    with op.batch_alter_table("audit_entry") as batch_op:
        for name in ("before", "after"):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("chain", sa.String(length=14), nullable=True))
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=True))
    _chain_what_stands()
    with op.batch_alter_table("audit_entry") as batch_op:
        for name, length in (("chain", 14), ("digest", 64)):
            batch_op.alter_column(name, existing_type=sa.String(length=length), nullable=False)
        batch_op.alter_column("position", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint(
            op.f("uq_audit_entry_chain_position"), ["chain", "position"]
        )
    _refuse_changes()


def downgrade() -> None:
    _let_changes()
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.drop_constraint(op.f("uq_audit_entry_chain_position"), type_="unique")
        for name in ("digest", "position", "chain", "after", "before"):
            batch_op.drop_column(name)
    op.drop_table("audit_chain")


def _chain_what_stands() -> None:
    connection, last = op.get_bind(), 0
    ends: dict[str, tuple[int, str]] = {}
    while rows := _after(connection, last):
        for row in rows:
            chain = row["company_id"] or DEPLOYMENT
            position, previous = ends.get(chain, (0, ""))
            digest = _digest(previous, chain, position + 1, row)
            linked = {"chain": chain, "position": position + 1, "digest": digest}
            connection.execute(sa.update(ENTRY).where(ENTRY.c.id == row["id"]).values(linked))
            ends[chain] = (position + 1, digest)
        last = rows[-1]["id"]
    for chain, (position, digest) in ends.items():
        connection.execute(sa.insert(CHAIN).values(id=chain, position=position, digest=digest))


def _after(connection: sa.Connection, last: int) -> list[dict[str, Any]]:
    query = sa.select(ENTRY).where(ENTRY.c.id > last).order_by(ENTRY.c.id).limit(BATCH)
    return [dict(row) for row in connection.execute(query).mappings()]


def _digest(previous: str, chain: str, position: int, row: dict[str, Any]) -> str:
    """As `AuditEntry.digest_after` reads it."""
    at: datetime = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = (row["details"], None, None)
    place = (previous, chain, position, moment, row["actor"], row["company_id"])
    content = (*place, row["action"], row["target"], *said, row["request_id"], row["ip"])
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{verb} BEFORE {verb} ON audit_entry"
                f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    )


def _let_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER audit_entry_no_{verb}")
        return
    op.execute("DROP TRIGGER audit_entry_append_only ON audit_entry")
    op.execute("DROP FUNCTION audit_entry_refuse()")
