"""Why a card was refused, beside what the gateway says of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sale", sa.Column("decline_reason", sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sale") as batch_op:
        batch_op.drop_column("decline_reason")
