"""Which gateway a company prefers, and the secret by which one of them signs its notices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("gateway_account") as batch_op:
        batch_op.add_column(sa.Column("webhook_secret_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(
            sa.Column("preferred", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("gateway_account") as batch_op:
        batch_op.alter_column("preferred", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("gateway_account") as batch_op:
        batch_op.drop_column("preferred")
        batch_op.drop_column("webhook_secret_sealed")
