"""Cards charged in the gateway's own frame"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.schema.giving_way import lock_tables

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    lock_tables("sale")
    op.add_column("sale", sa.Column("checkout_id", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sale") as batch_op:
        batch_op.drop_column("checkout_id")
