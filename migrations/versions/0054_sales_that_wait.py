"""Index by which it is found whose time to pay is over, among all sales that wait for their buyers"""

from __future__ import annotations

from portal.core.schema.indexes import build_index, drop_index

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

INDEX, TABLE = "ix_sale_waiting_until", "sale"


def upgrade() -> None:
    build_index(INDEX, TABLE, ["payable_until"], "state = 'pending'")


def downgrade() -> None:
    drop_index(INDEX, TABLE)
