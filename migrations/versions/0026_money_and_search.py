"""What reports are made of: fee and tax of a sale, money back, sums by day, words to search by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ENDED = "state IN ('canceling', 'canceled', 'refunding', 'refunded', 'charged_back')"
INDEXES: tuple[tuple[str, list[str], str | None], ...] = (
    ("ix_sale_ended", ["company_id", "state", "created_at"], ENDED),
    ("ix_sale_parked", ["company_id"], "parked_reason IS NOT NULL"),
    ("ix_sale_company_id_created_at", ["company_id", "created_at", "id"], None),
    ("ix_sale_router_id_created_at", ["router_id", "created_at", "id"], None),
    ("ix_sale_plan_id_created_at", ["plan_id", "created_at", "id"], None),
    ("ix_sale_company_id_paid_at", ["company_id", "paid_at"], "paid_at IS NOT NULL"),
)
# Those that a longer one does as well.
REPLACED = ("company_id", "plan_id")
BIG = sa.BigInteger()


def upgrade() -> None:
    with op.batch_alter_table("sale") as batch_op:
        batch_op.add_column(sa.Column("fee", BIG, nullable=True))
        batch_op.add_column(
            sa.Column("vat_rate", sa.Integer(), server_default="1600", nullable=False)
        )
        batch_op.create_check_constraint(op.f("ck_sale_vat_rate"), "vat_rate BETWEEN 0 AND 10000")
    for column in REPLACED:
        op.drop_index(f"ix_sale_{column}", table_name="sale")
    for name, columns, where in INDEXES:
        limit = sa.text(where) if where else None
        op.create_index(name, "sale", columns, sqlite_where=limit, postgresql_where=limit)
    _make_money_back()
    _make_takings()
    _make_words()


def downgrade() -> None:
    for table in (
        *("sale_words_cursor", "sale_words", "takings_state", "takings_hour", "takings_day"),
        "money_back",
    ):
        op.drop_table(table)
    for name, _, _ in INDEXES:
        op.drop_index(name, table_name="sale")
    for column in REPLACED:
        op.create_index(f"ix_sale_{column}", "sale", [column])
    with op.batch_alter_table("sale") as batch_op:
        batch_op.drop_constraint(op.f("ck_sale_vat_rate"), type_="check")
        batch_op.drop_column("vat_rate")
        batch_op.drop_column("fee")


def _make_money_back() -> None:
    op.create_table(
        "money_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_money_back_amount")),
        sa.CheckConstraint(
            "kind IN ('refund', 'outside', 'chargeback')", name=op.f("ck_money_back_kind")
        ),
        *_owners("money_back", "sale", "company", "router"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_back")),
    )
    op.create_index(op.f("ix_money_back_sale_id"), "money_back", ["sale_id"])
    op.create_index("ix_money_back_company_id_at", "money_back", ["company_id", "at"])
    # The history says when money went back whole; of a part, only when its sale last changed.
    op.execute(
        "INSERT INTO money_back"
        " (sale_id, company_id, router_id, at, kind, amount, currency, vat_rate)"
        " SELECT sale.id, company_id, router_id, COALESCE((SELECT MAX(sale_move.at) FROM sale_move"
        "  WHERE sale_move.sale_id = sale.id AND to_state = state"
        "  AND to_state IN ('refunded', 'charged_back')), updated_at),"
        " CASE state WHEN 'charged_back' THEN 'chargeback' WHEN 'refunded' THEN 'refund'"
        "  ELSE 'outside' END,"
        " CASE WHEN state IN ('refunded', 'charged_back') THEN amount ELSE amount_refunded END,"
        " currency, 1600 FROM sale WHERE paid_at IS NOT NULL"
        " AND (state IN ('refunded', 'charged_back') OR amount_refunded > 0)"
    )


def _make_takings() -> None:
    op.create_table(
        "takings_day",
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("sales", sa.Integer(), nullable=False),
        sa.Column("charged", BIG, nullable=False),
        sa.Column("charged_vat", BIG, nullable=False),
        sa.Column("refunds", sa.Integer(), nullable=False),
        sa.Column("refunded", BIG, nullable=False),
        sa.Column("refunded_vat", BIG, nullable=False),
        sa.Column("fees", BIG, nullable=False),
        sa.Column("fees_told", sa.Integer(), nullable=False),
        *_owners("takings_day", "company", "router"),
        sa.PrimaryKeyConstraint(
            "company_id", "day", "router_id", "currency", name=op.f("pk_takings_day")
        ),
    )
    op.create_table(
        "takings_hour",
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("sales", sa.Integer(), nullable=False),
        sa.Column("charged", BIG, nullable=False),
        sa.Column("refunds", sa.Integer(), nullable=False),
        sa.Column("refunded", BIG, nullable=False),
        *_owners("takings_hour", "company"),
        sa.PrimaryKeyConstraint(
            "company_id", "day", "hour", "currency", name=op.f("pk_takings_hour")
        ),
    )
    op.create_table(
        "takings_state",
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        *_owners("takings_state", "company"),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_takings_state")),
    )


def _make_words() -> None:
    op.create_table(
        "sale_words",
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        *_owners("sale_words", "sale", "company"),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_sale_words")),
    )
    op.create_index("ix_sale_words_words", "sale_words", ["words"], postgresql_using="gin")
    op.create_table(
        "sale_words_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sale_move_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_sale_words_cursor_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_words_cursor")),
    )
    op.execute("INSERT INTO sale_words_cursor (id, sale_move_id) VALUES (1, 0)")


def _owners(table: str, *owners: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{owner}_id"], [f"{owner}.id"], name=op.f(f"fk_{table}_{owner}_id")
        )
        for owner in owners
    ]
