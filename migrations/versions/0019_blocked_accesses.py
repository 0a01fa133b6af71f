"""Since when a router has an access enabled, and when somebody else was found to have disabled it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("enabled_at", "blocked_at")


def upgrade() -> None:
    with op.batch_alter_table("access") as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE access SET enabled_at = started_at WHERE actual = 'enabled'")


def downgrade() -> None:
    with op.batch_alter_table("access") as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
