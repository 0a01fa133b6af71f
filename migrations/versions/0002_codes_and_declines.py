"""Find an access by its code, and the cards that a device was declined with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DECLINED = sa.text("cancel_reason IN ('declined', 'refused')")


def upgrade() -> None:
    op.create_index("ix_access_router_id_name", "access", ["router_id", "name"])
    op.create_index(
        "ix_sale_declined",
        "sale",
        ["router_id", "created_at"],
        sqlite_where=DECLINED,
        postgresql_where=DECLINED,
    )


def downgrade() -> None:
    op.drop_index("ix_sale_declined", table_name="sale")
    op.drop_index("ix_access_router_id_name", table_name="access")
