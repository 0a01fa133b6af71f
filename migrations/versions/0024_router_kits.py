"""The kit's password and links, for which address a password was entered, how a check went"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = (
    ("kit_password_sealed", sa.LargeBinary()),
    ("password_place", sa.String(length=400)),
    ("setup_checked_at", sa.DateTime(timezone=True)),
    ("setup_missing", sa.Integer()),
)


def upgrade() -> None:
    with op.batch_alter_table("router") as batch_op:
        for name, kind in COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("gateway_account") as batch_op:
        batch_op.add_column(sa.Column("answers_live", sa.Boolean(), nullable=True))
    op.create_table(
        "kit_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_from", sa.String(length=45), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_kit_link_company_id")
        ),
        sa.ForeignKeyConstraint(["router_id"], ["router.id"], name=op.f("fk_kit_link_router_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_kit_link_token_digest")),
    )
    op.create_index(op.f("ix_kit_link_router_id"), "kit_link", ["router_id"])


def downgrade() -> None:
    op.drop_table("kit_link")
    with op.batch_alter_table("gateway_account") as batch_op:
        batch_op.drop_column("answers_live")
    with op.batch_alter_table("router") as batch_op:
        for name, _kind in COLUMNS:
            batch_op.drop_column(name)
