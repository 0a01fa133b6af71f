"""Indexes by which lists, the trail and retention are read where there are a million sales"""

from __future__ import annotations

from portal.core.schema.indexes import build_index, drop_index

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

Indexes = tuple[tuple[str, str, list[str], str | None], ...]
MONEY_CAME = "paid_at IS NOT NULL"
LATEST_CODES = ["company_id", "created_at"]
INDEXES: Indexes = (
    ("ix_access_company_id_created_at", "access", ["company_id", "created_at", "id"], None),
    ("ix_alert_company_id_last_at", "alert", ["company_id", "last_at", "id"], None),
    ("ix_audit_entry_chain_at", "audit_entry", ["chain", "at"], None),
    ("ix_audit_entry_chain_actor", "audit_entry", ["chain", "actor", "position"], None),
    ("ix_audit_entry_chain_action", "audit_entry", ["chain", "action", "position"], None),
    ("ix_audit_entry_chain_target", "audit_entry", ["chain", "target", "position"], None),
    ("ix_sale_money_came", "sale", ["company_id", "paid_at", "id"], MONEY_CAME),
    ("ix_voucher_sold_at", "voucher", ["company_id", "sold_at", "id"], None),
    ("ix_voucher_used", "voucher", LATEST_CODES, "used_at IS NOT NULL AND voided_at IS NULL"),
    ("ix_voucher_expired", "voucher", LATEST_CODES, "expired_at IS NOT NULL"),
    ("ix_voucher_voided", "voucher", LATEST_CODES, "voided_at IS NOT NULL"),
    (
        "ix_webhook_event_names_buyer",
        "webhook_event",
        ["company_id", "received_at", "id"],
        "body != '(eliminado)'",
    ),
)
# What one of those above does as well, or nothing asks for.
REPLACED: Indexes = (
    ("ix_access_company_id", "access", ["company_id"], None),
    ("ix_alert_company_id", "alert", ["company_id"], None),
    ("ix_audit_entry_at", "audit_entry", ["at"], None),
    ("ix_audit_entry_company_id", "audit_entry", ["company_id"], None),
    ("ix_sale_created_at", "sale", ["created_at"], None),
    ("ix_sale_company_id_paid_at", "sale", ["company_id", "paid_at"], MONEY_CAME),
    ("ix_voucher_sold", "voucher", ["company_id", "sold_at"], None),
)


def upgrade() -> None:
    _exchange(INDEXES, REPLACED)


def downgrade() -> None:
    _exchange(REPLACED, INDEXES)


def _exchange(new: Indexes, old: Indexes) -> None:
    for name, table, columns, where in new:
        build_index(name, table, columns, where)
    for name, table, _, _ in old:
        drop_index(name, table)
