"""When a sale was opened, beside the words it is found by; declined and canceled sales in order"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ENDS = {
    "ix_sale_declined_company": sa.text("cancel_reason IN ('declined', 'refused')"),
    "ix_sale_given_up": sa.text(
        "state IN ('canceling', 'canceled')"
        " AND (cancel_reason IS NULL OR cancel_reason NOT IN ('declined', 'refused'))"
    ),
}


def upgrade() -> None:
    _forget_words()
    with op.batch_alter_table("sale_words") as batch_op:
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=False))
    for name, where in ENDS.items():
        op.create_index(
            name,
            "sale",
            ["company_id", "created_at", "id"],
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    for name in ENDS:
        op.drop_index(name, table_name="sale")
    with op.batch_alter_table("sale_words") as batch_op:
        batch_op.drop_column("created_at")
    _forget_words()


def _forget_words() -> None:
    """Have the worker write them again: it takes them from the sales."""
    op.execute("DELETE FROM sale_words")
    op.execute("UPDATE sale_words_cursor SET sale_move_id = 0")
