"""Sums of an hour hold all that those of a day do, so that a year is summed from few rows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COLUMNS = (
    ("charged_vat", sa.BigInteger()),
    ("refunded_vat", sa.BigInteger()),
    ("fees", sa.BigInteger()),
    ("fees_told", sa.Integer()),
)


def upgrade() -> None:
    _sum_again()
    with op.batch_alter_table("takings_hour") as batch_op:
        for name, kind in COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("takings_hour") as batch_op:
        for name, _ in reversed(COLUMNS):
            batch_op.drop_column(name)
    _sum_again()


def _sum_again() -> None:
    """Have the worker sum all days anew, from the sales themselves."""
    for table in ("takings_state", "takings_hour", "takings_day"):
        op.execute(sa.delete(sa.table(table)))
