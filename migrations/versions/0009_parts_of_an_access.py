"""The speed that an access was sold with, and what a refund has taken back of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Until now a refund took all that a sale had bought, used or not.
ALL_WAS_TAKEN = sa.text(
    "UPDATE sale SET taken_seconds = duration_seconds, taken_data = data_limit "
    "WHERE paid_at IS NOT NULL AND state IN ('refunding', 'refunded', 'charged_back')"
)
SPEED_OF_ITS_PLAN = sa.text(
    "UPDATE access SET speed = (SELECT plan.speed FROM sale JOIN plan ON plan.id = sale.plan_id "
    "WHERE sale.access_id = access.id AND NOT sale.extends "
    "ORDER BY sale.created_at LIMIT 1)"
)


def upgrade() -> None:
    op.add_column("access", sa.Column("speed", sa.String(length=40), nullable=True))
    for name in ("taken_seconds", "taken_data"):
        op.add_column("sale", sa.Column(name, sa.BigInteger(), nullable=True))
    op.execute(ALL_WAS_TAKEN)
    op.execute(SPEED_OF_ITS_PLAN)


def downgrade() -> None:
    with op.batch_alter_table("sale") as batch_op:
        batch_op.drop_column("taken_data")
        batch_op.drop_column("taken_seconds")
    with op.batch_alter_table("access") as batch_op:
        batch_op.drop_column("speed")
