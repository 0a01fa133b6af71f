"""Where a company's alerts go, what is told by each way, and what waits to be sent"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# As a channel begins whose operator has not chosen: everything but each sale.
EVENTS = (
    *("daily_summary", "router_away", "router_back", "undecided", "parked", "refund"),
    *("chargeback", "card_testing", "key_expiring", "no_worker", "other"),
)


def upgrade() -> None:
    _make_channels()
    _make_subscriptions()
    _make_messages()
    op.create_table(
        "alert_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sale_move_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_alert_cursor_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_cursor")),
    )
    op.execute(
        "INSERT INTO alert_cursor (id, sale_move_id) SELECT 1, COALESCE(MAX(id), 0) FROM sale_move"
    )
    with op.batch_alter_table("alert") as batch_op:
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    _subscribe_telegram()


def downgrade() -> None:
    with op.batch_alter_table("alert") as batch_op:
        batch_op.drop_column("told_at")
    op.drop_table("alert_cursor")
    op.drop_table("alert_message")
    op.drop_table("alert_subscription")
    op.drop_table("alert_channel")


def _make_channels() -> None:
    op.create_table(
        "alert_channel",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('telegram', 'email', 'webhook')", name=op.f("ck_alert_channel_kind")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_alert_channel_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_channel")),
        sa.UniqueConstraint("company_id", "kind", name=op.f("uq_alert_channel_company_id_kind")),
    )


def _make_subscriptions() -> None:
    op.create_table(
        "alert_subscription",
        sa.Column("channel_id", sa.String(length=16), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["alert_channel.id"],
            name=op.f("fk_alert_subscription_channel_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_alert_subscription_company_id")
        ),
        sa.PrimaryKeyConstraint("channel_id", "event", name=op.f("pk_alert_subscription")),
    )
    op.create_index("ix_alert_subscription_event", "alert_subscription", ["event", "company_id"])


def _make_messages() -> None:
    op.create_table(
        "alert_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("channel_id", sa.String(length=16), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("once", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["alert_channel.id"],
            name=op.f("fk_alert_message_channel_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_alert_message_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
        sa.UniqueConstraint("channel_id", "once", name=op.f("uq_alert_message_channel_id_once")),
    )
    op.create_index(op.f("ix_alert_message_company_id"), "alert_message", ["company_id"])
    waiting = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_alert_message_waiting",
        "alert_message",
        ["channel_id", "due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_alert_message_sent", "alert_message", ["channel_id", "event", "sent_at"])


def _subscribe_telegram() -> None:
    """Let those hear who entered their bot when nothing was ever sent by it."""
    connection, now = op.get_bind(), datetime.now(UTC)
    companies = connection.execute(
        sa.text(
            "SELECT id FROM company WHERE telegram_notifications"
            " AND telegram_bot_token_sealed IS NOT NULL AND telegram_chat_id IS NOT NULL"
        )
    ).scalars()
    for company_id in companies.all():
        channel_id = "ach_" + secrets.token_hex(6)
        row = {"id": channel_id, "company_id": company_id, "kind": "telegram", "active": True}
        moments = {"next_attempt_at": now, "created_at": now, "attempts": 0}
        op.bulk_insert(CHANNEL, [row | moments])
        told = {"channel_id": channel_id, "company_id": company_id, "created_at": now}
        op.bulk_insert(SUBSCRIPTION, [told | {"event": event} for event in EVENTS])


CHANNEL = sa.table(
    "alert_channel",
    *(sa.column(name) for name in ("id", "company_id", "kind", "active", "attempts")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("next_attempt_at", "created_at")),
)
SUBSCRIPTION = sa.table(
    "alert_subscription",
    *(sa.column(name) for name in ("channel_id", "company_id", "event")),
    sa.column("created_at", sa.DateTime(timezone=True)),
)
