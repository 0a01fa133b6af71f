"""Which batches came by one import, and that it was taken back"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("voucher_batch") as batch_op:
        batch_op.add_column(sa.Column("import_id", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("voucher_batch") as batch_op:
        batch_op.drop_column("undone_at")
        batch_op.drop_column("import_id")
