"""Wrong passwords by origin, the length of PINs, and tries at cards that are under way"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TRYING = sa.text("state IN ('opened', 'prepared', 'charging')")
SIX_DIGITS = "UPDATE access SET pin_digits = 6 WHERE kind = 'pin'"


def upgrade() -> None:
    op.create_table(
        "login_failure",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["admin_user.id"], name=op.f("fk_login_failure_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "origin", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("admin_user") as batch_op:
        batch_op.drop_column("failed_logins")
        batch_op.drop_column("locked_until")
    with op.batch_alter_table("company") as batch_op:
        batch_op.add_column(
            sa.Column("pin_digits", sa.Integer(), nullable=False, server_default="6")
        )
        batch_op.create_check_constraint(
            op.f("ck_company_pin_digits"), "pin_digits BETWEEN 6 AND 8"
        )
    with op.batch_alter_table("company") as batch_op:
        batch_op.alter_column("pin_digits", server_default=None)
    op.add_column("access", sa.Column("pin_digits", sa.Integer(), nullable=True))
    op.execute(SIX_DIGITS)
    op.create_index(
        "ix_sale_trying_address",
        "sale",
        ["client_address"],
        sqlite_where=TRYING,
        postgresql_where=TRYING,
    )


def downgrade() -> None:
    op.drop_index("ix_sale_trying_address", table_name="sale")
    with op.batch_alter_table("access") as batch_op:
        batch_op.drop_column("pin_digits")
    with op.batch_alter_table("company") as batch_op:
        batch_op.drop_constraint(op.f("ck_company_pin_digits"), type_="check")
        batch_op.drop_column("pin_digits")
    with op.batch_alter_table("admin_user") as batch_op:
        batch_op.add_column(
            sa.Column("failed_logins", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("admin_user") as batch_op:
        batch_op.alter_column("failed_logins", server_default=None)
    op.drop_table("login_failure")
