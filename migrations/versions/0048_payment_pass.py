"""Passes by which a device goes online to pay, and how many of them a company gives"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.core.schema.giving_way import lock_tables

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

STANDS = sa.text("removed_at IS NULL")
LIMITS = {"passes_per_device": "2", "passes_per_router": "12"}
# What is due by then rings for the workers' lane of sales and accesses.
DUE = "NEW.lease IS NULL AND NEW.next_attempt_at <= statement_timestamp() + interval '5 seconds'"


def upgrade() -> None:
    # The new table refers to the two others.
    lock_tables("company", "router", "sale")
    with op.batch_alter_table("company") as batch_op:
        for name, usual in LIMITS.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=usual))
            batch_op.create_check_constraint(op.f(f"ck_company_{name}"), f"{name} >= 0")
    op.create_table(
        "payment_pass",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("company_id", sa.String(14), nullable=False),
        sa.Column("router_id", sa.String(12), nullable=False),
        sa.Column("sale_id", sa.String(36), nullable=False),
        sa.Column("mac", sa.String(17), nullable=False),
        sa.Column("name", sa.String(24), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("created_at", "expires_at")
        ),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("ended_at", "removed_at", "next_attempt_at", "lease_until")
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(32), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=f"fk_payment_pass_{name}_id"
            )
            for name in ("company", "router", "sale")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_pass"),
    )
    _index("uq_payment_pass_sale", "sale_id", unique=True, stands=True)
    _index("uq_payment_pass_device", "router_id", "mac", unique=True, stands=True)
    _index("ix_payment_pass_due", "next_attempt_at", stands=True)
    _index("ix_payment_pass_company_id_mac", "company_id", "mac", "created_at")
    _index("ix_payment_pass_router_id_created_at", "router_id", "created_at")
    _index("ix_payment_pass_company_id_created_at", "company_id", "created_at", "id")
    _index("ix_payment_pass_sale_id", "sale_id")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER payment_pass_is_due"
            " AFTER INSERT OR UPDATE OF next_attempt_at, lease ON payment_pass"
            f" FOR EACH ROW WHEN ({DUE}) EXECUTE FUNCTION portal_ring('money')"
        )


def _index(name: str, *columns: str, unique: bool = False, stands: bool = False) -> None:
    where = {"sqlite_where": STANDS, "postgresql_where": STANDS} if stands else {}
    op.create_index(name, "payment_pass", list(columns), unique=unique, **where)


def downgrade() -> None:
    op.drop_table("payment_pass")
    with op.batch_alter_table("company") as batch_op:
        for name in reversed(LIMITS):
            batch_op.drop_constraint(op.f(f"ck_company_{name}"), type_="check")
            batch_op.drop_column(name)
