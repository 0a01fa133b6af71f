"""Hotspot names sealed: a PIN is its own password"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

from portal.core.vault import Vault

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BATCH = 1000
STANDING = sa.text("wanted != 'absent' OR actual != 'absent'")
ACCESS = sa.table(
    "access",
    sa.column("id", sa.String),
    sa.column("router_id", sa.String),
    sa.column("name", sa.String),
    sa.column("name_sealed", sa.LargeBinary),
    sa.column("name_digest", sa.String),
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # What stood in the clear would otherwise stay in the pages that the old table leaves.
        op.execute("PRAGMA secure_delete=ON")
    _drop_indexes("name")
    with op.batch_alter_table("access") as batch_op:
        batch_op.add_column(sa.Column("name_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("name_digest", sa.String(length=64), nullable=True))
    _change_rows(_sealed)
    with op.batch_alter_table("access") as batch_op:
        batch_op.drop_column("name")
        batch_op.alter_column("name_sealed", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.alter_column("name_digest", existing_type=sa.String(length=64), nullable=False)
    _create_indexes("name_digest")


def downgrade() -> None:
    _drop_indexes("name_digest")
    with op.batch_alter_table("access") as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=64), nullable=True))
    _change_rows(_opened)
    with op.batch_alter_table("access") as batch_op:
        batch_op.drop_column("name_digest")
        batch_op.drop_column("name_sealed")
        batch_op.alter_column("name", existing_type=sa.String(length=64), nullable=False)
    _create_indexes("name")


def _drop_indexes(column: str) -> None:
    for kind in ("uq", "ix"):
        op.drop_index(f"{kind}_access_router_id_{column}", table_name="access")


def _create_indexes(column: str) -> None:
    columns = ["router_id", column]
    op.create_index(f"ix_access_router_id_{column}", "access", columns)
    op.create_index(
        f"uq_access_router_id_{column}",
        "access",
        columns,
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def _change_rows(changed: Callable[[Vault, sa.Row[Any]], dict[str, Any]]) -> None:
    connection, vault, last = op.get_bind(), current_app.extensions["vault"], ""
    while rows := connection.execute(_following(last)).all():
        values = [changed(vault, row) | {"of_row": row.id} for row in rows]
        one = sa.update(ACCESS).where(ACCESS.c.id == sa.bindparam("of_row"))
        connection.execute(one, values)
        last = rows[-1].id


def _following(access_id: str) -> sa.Select[Any]:
    return sa.select(ACCESS).where(ACCESS.c.id > access_id).order_by(ACCESS.c.id).limit(BATCH)


def _sealed(vault: Vault, row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "name_sealed": vault.seal(row.name, f"access:{row.id}:name"),
        "name_digest": vault.digests(row.name, f"access:{row.router_id}:name")[0],
        # PostgreSQL keeps the bytes of a column that was dropped.
        "name": "",
    }


def _opened(vault: Vault, row: sa.Row[Any]) -> dict[str, Any]:
    return {"name": vault.open(row.name_sealed, f"access:{row.id}:name")}
