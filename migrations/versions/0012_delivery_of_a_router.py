"""By what a router is served"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The server's default fills the rows that stand, and those of an older version still at work.
    op.add_column(
        "router",
        sa.Column("delivery", sa.String(length=10), server_default="api", nullable=False),
    )


def downgrade() -> None:
    with op.batch_alter_table("router") as batch_op:
        batch_op.drop_column("delivery")
