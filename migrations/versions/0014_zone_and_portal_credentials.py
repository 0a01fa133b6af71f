"""The time zone of a company, and what its pages sell: a PIN, or user and password"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("company") as batch_op:
        batch_op.add_column(sa.Column("time_zone", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column(
                "portal_credentials", sa.String(length=16), nullable=False, server_default="pin"
            )
        )
        batch_op.create_check_constraint(
            op.f("ck_company_portal_credentials"),
            "portal_credentials IN ('pin', 'user_password')",
        )
    with op.batch_alter_table("company") as batch_op:
        batch_op.alter_column("portal_credentials", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("company") as batch_op:
        batch_op.drop_constraint(op.f("ck_company_portal_credentials"), type_="check")
        batch_op.drop_column("portal_credentials")
        batch_op.drop_column("time_zone")
