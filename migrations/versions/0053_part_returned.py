"""How much of too little went back by hand, so that what comes after it is told from it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.schema.giving_way import lock_tables

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# As it was reckoned until now: all that had come.
KNOWN = """
    UPDATE sale SET amount_returned = amount_received
    WHERE state IN ('canceling', 'canceled') AND cancel_reason = 'returned' AND paid_at IS NULL"""


def upgrade() -> None:
    lock_tables("sale")
    op.add_column("sale", sa.Column("amount_returned", sa.BigInteger(), nullable=True))
    op.execute(KNOWN)


def downgrade() -> None:
    op.drop_column("sale", "amount_returned")
