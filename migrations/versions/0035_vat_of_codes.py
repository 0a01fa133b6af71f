"""The tax within the price of a code, as it was when it was sold"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("voucher") as batch_op:
        batch_op.add_column(
            sa.Column("vat_rate", sa.Integer(), server_default="1600", nullable=False)
        )
        batch_op.create_check_constraint(
            op.f("ck_voucher_vat_rate"), "vat_rate BETWEEN 0 AND 10000"
        )
    # Of codes sold so far nothing else is known than what they were accounted with.
    op.execute(
        "UPDATE voucher SET vat_rate ="
        " (SELECT company.vat_rate FROM company WHERE company.id = voucher.company_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("voucher") as batch_op:
        batch_op.drop_constraint(op.f("ck_voucher_vat_rate"), type_="check")
        batch_op.drop_column("vat_rate")
