"""When each router last answered, and indexes by which customers are found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SEARCHED = (("sale", "customer_email"), ("sale", "mac"), ("access", "mac"))


def upgrade() -> None:
    op.create_table(
        "router_contact",
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_router_contact_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["router_id"],
            ["router.id"],
            name=op.f("fk_router_contact_router_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("router_id", name=op.f("pk_router_contact")),
    )
    op.create_index(op.f("ix_router_contact_company_id"), "router_contact", ["company_id"])
    for table, column in SEARCHED:
        op.create_index(f"ix_{table}_company_id_{column}", table, ["company_id", column])


def downgrade() -> None:
    for table, column in SEARCHED:
        op.drop_index(f"ix_{table}_company_id_{column}", table_name=table)
    op.drop_table("router_contact")
