"""The visit that a sale came from, and the language that its buyer chose"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sale", sa.Column("language", sa.String(length=2), nullable=True))
    op.create_table(
        "sale_visit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("visit_id", sa.String(length=32), nullable=True),
        sa.Column("visit_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sent_to_bank_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_sale_visit_company_id"),
        sa.ForeignKeyConstraint(["id"], ["sale.id"], name="fk_sale_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sale_visit"),
    )
    op.create_index("ix_sale_visit_company_id", "sale_visit", ["company_id"])
    op.create_index("ix_sale_visit_visit_id", "sale_visit", ["visit_id"])


def downgrade() -> None:
    op.drop_table("sale_visit")
    with op.batch_alter_table("sale") as batch_op:
        batch_op.drop_column("language")
