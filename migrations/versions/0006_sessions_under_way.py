"""What the sessions under way had used when a router was read last"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTERS = ("session_seconds", "session_bytes")


def upgrade() -> None:
    # With defaults of the database's own, so that neither has to write the filled table anew.
    for name in COUNTERS:
        op.add_column(
            "access", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        )
    op.add_column(
        "access",
        sa.Column("sessions_apart", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    for name in ("sessions_apart", *COUNTERS):
        op.drop_column("access", name)
