"""Second factors with their recovery codes, forgotten passwords, and when sessions were used"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("admin_session") as batch_op:
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE admin_session SET seen_at = created_at")
    with op.batch_alter_table("admin_session") as batch_op:
        batch_op.alter_column("seen_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    _make_factors()
    _make_requests()


def downgrade() -> None:
    op.drop_table("password_request")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    with op.batch_alter_table("admin_session") as batch_op:
        batch_op.drop_column("seen_at")


def _make_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["admin_user.id"], name=op.f("fk_second_factor_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factor_user_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("factor_id", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["factor_id"],
            ["second_factor.id"],
            name=op.f("fk_recovery_code_factor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("factor_id", "digest", name=op.f("pk_recovery_code")),
    )


def _make_requests() -> None:
    op.create_table(
        "password_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_request")),
    )
    op.create_index(op.f("ix_password_request_email"), "password_request", ["email"])
    op.create_index(op.f("ix_password_request_network"), "password_request", ["network"])
    waiting = sa.text("done_at IS NULL")
    op.create_index(
        "ix_password_request_waiting",
        "password_request",
        ["asked_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
