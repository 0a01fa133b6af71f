"""The address that asked for a sale, to count declined cards by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DECLINED = sa.text("cancel_reason IN ('declined', 'refused')")


def upgrade() -> None:
    op.add_column("sale", sa.Column("client_address", sa.String(length=45), nullable=True))
    op.create_index(
        "ix_sale_declined_address",
        "sale",
        ["client_address", "created_at"],
        sqlite_where=DECLINED,
        postgresql_where=DECLINED,
    )


def downgrade() -> None:
    op.drop_index("ix_sale_declined_address", table_name="sale")
    with op.batch_alter_table("sale") as batch_op:
        batch_op.drop_column("client_address")
