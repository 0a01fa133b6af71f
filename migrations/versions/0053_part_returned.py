"""How much of too little went back by hand, so that what comes after it is told from it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.schema.giving_way import lock_tables

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# All that had come, as it was reckoned until now. Where more came since, which waits for a person, it
# is known alone that the rest did not do: what was kept of it must not be taken for gone.
KNOWN = """
    UPDATE sale SET amount_returned = CASE
        WHEN parked_reason IS NULL OR parked_reason <> 'amount_mismatch' THEN amount_received
        WHEN amount_received >= amount THEN amount_received - amount + 1
    END
    WHERE state IN ('canceling', 'canceled') AND cancel_reason = 'returned' AND paid_at IS NULL"""


def upgrade() -> None:
    lock_tables("sale")
    op.add_column("sale", sa.Column("amount_returned", sa.BigInteger(), nullable=True))
    op.execute(KNOWN)


def downgrade() -> None:
    op.drop_column("sale", "amount_returned")
