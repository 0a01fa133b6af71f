"""Accounts with whoever issues invoices, and the receipts registered there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STANDING = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "invoice_account",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_invoice_account_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_account")),
        sa.UniqueConstraint("company_id", name=op.f("uq_invoice_account_company_id")),
    )
    op.create_table(
        "invoice_receipt",
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_invoice_receipt_sale_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_invoice_receipt_company_id")
        ),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_invoice_receipt")),
    )
    op.create_index(
        "ix_invoice_receipt_standing",
        "invoice_receipt",
        ["company_id"],
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_table("invoice_receipt")
    op.drop_table("invoice_account")
