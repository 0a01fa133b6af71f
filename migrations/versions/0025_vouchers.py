"""Codes sold for cash: their sellers, batches, and the cash handed over"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
UNUSED = "used_at IS NULL AND expired_at IS NULL AND voided_at IS NULL"
CASH_HELD = "sold_at IS NOT NULL AND voided_at IS NULL AND handover_id IS NULL"
CASH_OWED_BACK = "voided_at IS NOT NULL AND handover_id IS NOT NULL AND returned_in_id IS NULL"
CURRENCIES = "currency IN ('MXN', 'USD')"


def upgrade() -> None:
    _make_sellers()
    _make_handovers()
    _make_batches()
    _make_vouchers()


def downgrade() -> None:
    for table in ("voucher", "voucher_batch", "cash_handover", "voucher_seller"):
        op.drop_table(table)


def _column(name: str, kind: sa.types.TypeEngine[object], *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    clause = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=clause, postgresql_where=clause)


def _make_sellers() -> None:
    table = "voucher_seller"
    op.create_table(
        table,
        _column("id", sa.Integer()),
        _column("company_id", sa.String(14)),
        _column("user_id", sa.Integer(), nullable=True),
        _column("name", sa.String(100)),
        _column("created_at", MOMENT),
        _refers(table, "company_id", "company"),
        _refers(table, "user_id", "admin_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_seller")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_voucher_seller_company_id_name")),
        sa.UniqueConstraint(
            "company_id", "user_id", name=op.f("uq_voucher_seller_company_id_user_id")
        ),
    )


def _make_handovers() -> None:
    table = "cash_handover"
    op.create_table(
        table,
        _column("id", sa.Integer()),
        _column("company_id", sa.String(14)),
        _column("seller_id", sa.Integer()),
        _column("amount", sa.BigInteger()),
        _column("currency", sa.String(3)),
        _column("vouchers", sa.Integer()),
        _column("returned", sa.Integer()),
        _column("created_by", sa.String(254)),
        _column("created_at", MOMENT),
        sa.CheckConstraint(CURRENCIES, name=op.f("ck_cash_handover_currency")),
        _refers(table, "company_id", "company"),
        _refers(table, "seller_id", "voucher_seller"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_handover")),
    )
    op.create_index("ix_cash_handover_company_id", table, ["company_id", "created_at"])
    op.create_index("ix_cash_handover_seller_id", table, ["seller_id"])


def _make_batches() -> None:
    table = "voucher_batch"
    op.create_table(
        table,
        _column("id", sa.String(16)),
        _column("company_id", sa.String(14)),
        _column("router_id", sa.String(12)),
        _column("plan_id", sa.Integer(), nullable=True),
        _column("seller_id", sa.Integer()),
        _column("origin", sa.String(8)),
        _column("request_key", sa.String(64), nullable=True),
        _column("prefix", sa.String(3), nullable=True),
        _column("kind", sa.String(16)),
        _column("pin_digits", sa.Integer(), nullable=True),
        _column("number", sa.Integer()),
        _column("drawn", sa.Integer()),
        _column("made", sa.Integer()),
        *_terms(),
        _column("use_before", MOMENT, nullable=True),
        _column("created_by", sa.String(254)),
        _column("problem", sa.String(300), nullable=True),
        _column("next_attempt_at", MOMENT, nullable=True),
        _column("attempts", sa.Integer()),
        _column("lease", sa.String(32), nullable=True),
        _column("lease_until", MOMENT, nullable=True),
        _column("voided_at", MOMENT, nullable=True),
        _column("created_at", MOMENT),
        _column("updated_at", MOMENT),
        sa.CheckConstraint("number > 0", name=op.f("ck_voucher_batch_number")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_voucher_batch_amount")),
        sa.CheckConstraint(CURRENCIES, name=op.f("ck_voucher_batch_currency")),
        sa.CheckConstraint("kind IN ('user_password', 'pin')", name=op.f("ck_voucher_batch_kind")),
        sa.CheckConstraint("origin IN ('batch', 'import')", name=op.f("ck_voucher_batch_origin")),
        _refers(table, "company_id", "company"),
        _refers(table, "router_id", "router"),
        _refers(table, "plan_id", "plan"),
        _refers(table, "seller_id", "voucher_seller"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_batch")),
        sa.UniqueConstraint(
            "company_id", "request_key", name=op.f("uq_voucher_batch_company_id_request_key")
        ),
    )
    op.create_index("ix_voucher_batch_company_id", table, ["company_id", "created_at"])
    _partial("ix_voucher_batch_due", table, ["next_attempt_at"], "next_attempt_at IS NOT NULL")


def _terms() -> tuple[sa.Column, ...]:
    return (
        _column("plan_name", sa.String(100)),
        _column("amount", sa.BigInteger()),
        _column("currency", sa.String(3)),
        _column("profile_name", sa.String(100)),
        _column("duration_seconds", sa.BigInteger(), nullable=True),
        _column("duration_from", sa.String(10), nullable=True),
        _column("data_limit", sa.BigInteger(), nullable=True),
        _column("max_devices", sa.Integer(), nullable=True),
        _column("speed", sa.String(40), nullable=True),
    )


def _make_vouchers() -> None:
    table = "voucher"
    op.create_table(
        table,
        _column("id", sa.String(24)),
        _column("company_id", sa.String(14)),
        _column("router_id", sa.String(12)),
        _column("plan_id", sa.Integer(), nullable=True),
        _column("seller_id", sa.Integer()),
        _column("batch_id", sa.String(16), nullable=True),
        _column("access_id", sa.String(24)),
        _column("origin", sa.String(8)),
        _column("number", sa.Integer(), nullable=True),
        _column("request_key", sa.String(64), nullable=True),
        _column("plan_name", sa.String(100)),
        _column("amount", sa.BigInteger()),
        _column("currency", sa.String(3)),
        *(
            _column(name, MOMENT, nullable=True)
            for name in ("use_before", "sold_at", "used_at", "expired_at", "voided_at")
        ),
        _column("void_reason", sa.String(200), nullable=True),
        _column("handover_id", sa.Integer(), nullable=True),
        _column("returned_in_id", sa.Integer(), nullable=True),
        _column("created_at", MOMENT),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_voucher_amount")),
        sa.CheckConstraint(CURRENCIES, name=op.f("ck_voucher_currency")),
        sa.CheckConstraint(
            "origin IN ('counter', 'batch', 'import')", name=op.f("ck_voucher_origin")
        ),
        _refers(table, "company_id", "company"),
        _refers(table, "router_id", "router"),
        _refers(table, "plan_id", "plan"),
        _refers(table, "seller_id", "voucher_seller"),
        _refers(table, "batch_id", "voucher_batch"),
        _refers(table, "access_id", "access"),
        _refers(table, "handover_id", "cash_handover"),
        _refers(table, "returned_in_id", "cash_handover"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("access_id", name=op.f("uq_voucher_access_id")),
        sa.UniqueConstraint(
            "company_id", "request_key", name=op.f("uq_voucher_company_id_request_key")
        ),
    )
    op.create_index("ix_voucher_company_id", table, ["company_id", "created_at"])
    op.create_index("ix_voucher_batch_id", table, ["batch_id", "number"])
    op.create_index("ix_voucher_sold", table, ["company_id", "sold_at"])
    op.create_index("ix_voucher_seller_id", table, ["seller_id"])
    _partial("ix_voucher_unused", table, ["company_id", "use_before"], UNUSED)
    _partial("ix_voucher_cash", table, ["seller_id"], CASH_HELD)
    _partial("ix_voucher_owed_back", table, ["seller_id"], CASH_OWED_BACK)
