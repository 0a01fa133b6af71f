"""Routers that ask us at a login, and codes that open at each of a company's"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SOLD = ("plan", "sale", "voucher_batch", "access")


def upgrade() -> None:
    with op.batch_alter_table("router") as batch_op:
        batch_op.alter_column("host", existing_type=sa.String(253), nullable=True)
        batch_op.add_column(
            sa.Column("coa_port", sa.Integer(), nullable=False, server_default="3799")
        )
        batch_op.create_check_constraint("delivery", "delivery IN ('api', 'radius')")
        batch_op.create_check_constraint("coa_port", "coa_port BETWEEN 1 AND 65535")
    for table in SOLD:
        op.add_column(
            table, sa.Column("all_sites", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    for table in SOLD:
        op.drop_column(table, "all_sites")
    op.execute("UPDATE router SET host = '' WHERE host IS NULL")
    op.execute("UPDATE router SET delivery = 'api'")
    with op.batch_alter_table("router") as batch_op:
        batch_op.drop_constraint("coa_port", type_="check")
        batch_op.drop_constraint("delivery", type_="check")
        batch_op.drop_column("coa_port")
        batch_op.alter_column("host", existing_type=sa.String(253), nullable=False)
