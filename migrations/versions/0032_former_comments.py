"""What stood in the comment of a user that another tool had made, so that nothing of it is lost"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("voucher") as batch_op:
        batch_op.add_column(sa.Column("former_comment", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("voucher") as batch_op:
        batch_op.drop_column("former_comment")
