"""Who a company is before the law: legal name, RFC, address, VAT rate, how it takes complaints"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TEXTS = (
    ("legal_name", sa.String(length=200)),
    ("rfc", sa.String(length=13)),
    ("address", sa.String(length=300)),
    ("complaints", sa.Text()),
)


def upgrade() -> None:
    with op.batch_alter_table("company") as batch_op:
        for name, kind in TEXTS:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.add_column(
            sa.Column("vat_rate", sa.Integer(), nullable=False, server_default="1600")
        )
        batch_op.add_column(sa.Column("cash_minimum", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_company_vat_rate"), "vat_rate IN (0, 800, 1600)")
        batch_op.create_check_constraint(op.f("ck_company_cash_minimum"), "cash_minimum > 0")
    with op.batch_alter_table("company") as batch_op:
        batch_op.alter_column("vat_rate", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("company") as batch_op:
        batch_op.drop_constraint(op.f("ck_company_cash_minimum"), type_="check")
        batch_op.drop_constraint(op.f("ck_company_vat_rate"), type_="check")
        for name in ("cash_minimum", "vat_rate", *(name for name, _ in reversed(TEXTS))):
            batch_op.drop_column(name)
