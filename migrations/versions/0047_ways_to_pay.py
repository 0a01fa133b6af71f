"""Sales that are paid later and elsewhere, and how a company wants to be paid"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.schema.giving_way import lock_tables

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

METHODS = "method IN ('card', 'spei', 'cash')"
REASONS = ("declined", "refused", "failed", "abandoned", "expired")
NEW_REASONS = (*REASONS, "replaced", "returned")
BACK = ("refund", "outside", "chargeback")
NEW_BACK = (*BACK, "by_hand")


def upgrade() -> None:
    lock_tables("company", "money_back", "sale")
    with op.batch_alter_table("sale") as batch_op:
        batch_op.add_column(
            sa.Column("method", sa.String(8), nullable=False, server_default="card")
        )
        batch_op.add_column(sa.Column("payable_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("instructions", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("instructions_sent_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("amount_received", sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_sale_method"), METHODS)
        _listed(batch_op, "ck_sale_cancel_reason", "cancel_reason", NEW_REASONS)
    with op.batch_alter_table("money_back") as batch_op:
        _listed(batch_op, "ck_money_back_kind", "kind", NEW_BACK)
    with op.batch_alter_table("company") as batch_op:
        batch_op.add_column(
            sa.Column("payment_methods", sa.String(40), nullable=False, server_default="card")
        )
        batch_op.add_column(
            sa.Column("hours_to_pay", sa.Integer(), nullable=False, server_default="24")
        )
        batch_op.create_check_constraint(
            op.f("ck_company_hours_to_pay"), "hours_to_pay BETWEEN 1 AND 720"
        )


def downgrade() -> None:
    with op.batch_alter_table("company") as batch_op:
        batch_op.drop_constraint(op.f("ck_company_hours_to_pay"), type_="check")
        batch_op.drop_column("hours_to_pay")
        batch_op.drop_column("payment_methods")
    # What the older schema has no word for becomes the nearest that it has.
    op.execute("UPDATE money_back SET kind = 'outside' WHERE kind = 'by_hand'")
    op.execute(
        "UPDATE sale SET cancel_reason = 'expired' WHERE cancel_reason IN ('replaced', 'returned')"
    )
    with op.batch_alter_table("money_back") as batch_op:
        _listed(batch_op, "ck_money_back_kind", "kind", BACK)
    with op.batch_alter_table("sale") as batch_op:
        _listed(batch_op, "ck_sale_cancel_reason", "cancel_reason", REASONS)
        batch_op.drop_constraint(op.f("ck_sale_method"), type_="check")
        for name in (
            "amount_received",
            "instructions_sent_at",
            "instructions",
            "payable_until",
            "method",
        ):
            batch_op.drop_column(name)


def _listed(batch_op: sa.Any, name: str, column: str, words: tuple[str, ...]) -> None:
    """Let the column hold these words alone."""
    batch_op.drop_constraint(op.f(name), type_="check")
    listed = ", ".join(f"'{word}'" for word in words)
    batch_op.create_check_constraint(op.f(name), f"{column} IN ({listed})")
