"""Index by which a check of a router finds who was let in there and is not told of"""

from __future__ import annotations

from portal.core.schema.indexes import build_index, drop_index

revision = "0051"
down_revision = "0049"
branch_labels = None
depends_on = None

INDEX, TABLE = "ix_radius_grant_router_id", "radius_grant"


def upgrade() -> None:
    build_index(INDEX, TABLE, ["router_id", "granted_at"])


def downgrade() -> None:
    drop_index(INDEX, TABLE)
