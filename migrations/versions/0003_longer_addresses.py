"""Longer addresses of what a buyer has to confirm"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.alter_column(
            "action_url", existing_type=sa.String(length=500), type_=sa.String(length=2048)
        )


def downgrade() -> None:
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.alter_column(
            "action_url",
            existing_type=sa.String(length=2048),
            type_=sa.String(length=500),
            postgresql_using="substr(action_url, 1, 500)",
        )
