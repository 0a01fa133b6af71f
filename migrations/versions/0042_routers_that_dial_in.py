"""Places in the tunnel by which routers dial in, and which routers do"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KINDS = "IN ('wireguard', 'l2tp')"


def upgrade() -> None:
    with op.batch_alter_table("router") as batch_op:
        batch_op.add_column(sa.Column("dial_in", sa.String(10), nullable=True))
        batch_op.create_check_constraint(op.f("ck_router_dial_in"), f"dial_in {KINDS}")
    op.create_table(
        "tunnel",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("address", sa.String(15), nullable=False),
        sa.Column("company_id", sa.String(14), nullable=False),
        sa.Column("router_id", sa.String(12), nullable=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("public_key", sa.String(44), nullable=True),
        sa.Column("key_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_from", sa.String(45), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("token_digest", sa.String(64), nullable=True),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind {KINDS}", name=op.f("ck_tunnel_kind")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_tunnel_company_id"),
        sa.ForeignKeyConstraint(
            ["router_id"], ["router.id"], name="fk_tunnel_router_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_tunnel"),
        *(
            sa.UniqueConstraint(name, name=f"uq_tunnel_{name}")
            for name in ("address", "router_id", "public_key", "token_digest")
        ),
    )
    op.create_index("ix_tunnel_company_id", "tunnel", ["company_id"])


def downgrade() -> None:
    op.drop_index("ix_tunnel_company_id", table_name="tunnel")
    op.drop_table("tunnel")
    with op.batch_alter_table("router") as batch_op:
        batch_op.drop_constraint(op.f("ck_router_dial_in"), type_="check")
        batch_op.drop_column("dial_in")
