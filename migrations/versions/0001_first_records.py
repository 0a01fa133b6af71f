"""First records"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("contact_phone", sa.String(length=32), nullable=True),
        sa.Column("color", sa.String(length=7), nullable=True),
        sa.Column("logo_url", sa.String(length=500), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("refund_after_minutes", sa.Integer(), nullable=False),
        sa.Column("privacy_notice", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("refund_policy", sa.Text(), nullable=True),
        sa.Column("keep_personal_days", sa.Integer(), nullable=False),
        sa.Column("telegram_chat_id", sa.String(length=64), nullable=True),
        sa.Column("telegram_notifications", sa.Boolean(), nullable=False),
        sa.Column("telegram_bot_token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("keep_personal_days > 0", name=op.f("ck_company_keep_personal_days")),
        sa.CheckConstraint(
            "refund_after_minutes > 0", name=op.f("ck_company_refund_after_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_deployment_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_job_next_attempt_at"), ["next_attempt_at"], unique=False
        )

    op.create_table(
        "worker_heartbeat",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_heartbeat")),
    )
    op.create_table(
        "admin_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role = 'super_admin') = (company_id IS NULL)", name=op.f("ck_admin_user_role_company")
        ),
        sa.CheckConstraint(
            "role IN ('super_admin', 'cliente_admin')", name=op.f("ck_admin_user_role")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_admin_user_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_user")),
        sa.UniqueConstraint("email", name=op.f("uq_admin_user_email")),
    )
    with op.batch_alter_table("admin_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_user_company_id"), ["company_id"], unique=False)

    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_alert_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_company_id"), ["company_id"], unique=False)
        batch_op.create_index(
            "uq_alert_unresolved",
            ["company_id", "kind", "subject"],
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("ip", sa.String(length=45), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_audit_entry_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_company_id"), ["company_id"], unique=False)

    op.create_table(
        "gateway_account",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(length=4), nullable=False),
        sa.Column("public_key", sa.String(length=200), nullable=True),
        sa.Column("private_key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("webhook_public_key", sa.Text(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('test', 'live')", name=op.f("ck_gateway_account_mode")),
        sa.CheckConstraint("version > 0", name=op.f("ck_gateway_account_version")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_gateway_account_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_account")),
        sa.UniqueConstraint(
            "company_id",
            "provider",
            "version",
            name=op.f("uq_gateway_account_company_id_provider_version"),
        ),
    )
    with op.batch_alter_table("gateway_account", schema=None) as batch_op:
        batch_op.create_index(
            "uq_gateway_account_current",
            ["company_id", "provider"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "image",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("mimetype", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('logo', 'plan')", name=op.f("ck_image_purpose")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_image_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
    )
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_image_company_id"), ["company_id"], unique=False)

    op.create_table(
        "router",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("password_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("tls", sa.String(length=10), nullable=False),
        sa.Column("tls_fingerprint", sa.String(length=95), nullable=True),
        sa.Column("login_hosts", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "tls IN ('none', 'verified', 'pinned', 'anonymous')", name=op.f("ck_router_tls")
        ),
        sa.CheckConstraint("port BETWEEN 1 AND 65535", name=op.f("ck_router_port")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_router_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_router")),
    )
    with op.batch_alter_table("router", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_router_company_id"), ["company_id"], unique=False)

    op.create_table(
        "webhook_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_webhook_event_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint(
            "company_id", "event_id", name=op.f("uq_webhook_event_company_id_event_id")
        ),
    )
    with op.batch_alter_table("webhook_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webhook_event_next_attempt_at"), ["next_attempt_at"], unique=False
        )

    op.create_table(
        "access",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wanted", sa.String(length=8), nullable=False),
        sa.Column("actual", sa.String(length=8), nullable=False),
        sa.Column("profile_name", sa.String(length=100), nullable=False),
        sa.Column("duration_seconds", sa.BigInteger(), nullable=True),
        sa.Column("duration_from", sa.String(length=10), nullable=True),
        sa.Column("data_limit", sa.BigInteger(), nullable=True),
        sa.Column("max_devices", sa.Integer(), nullable=True),
        sa.Column("mac", sa.String(length=17), nullable=True),
        sa.Column("used_seconds", sa.BigInteger(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.Column("seen_seconds", sa.BigInteger(), nullable=False),
        sa.Column("seen_bytes", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parked_reason", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "actual IN ('absent', 'disabled', 'enabled', 'unknown')", name=op.f("ck_access_actual")
        ),
        sa.CheckConstraint(
            "duration_from IN ('purchase', 'first_use', 'connected')",
            name=op.f("ck_access_duration_from"),
        ),
        sa.CheckConstraint("kind IN ('user_password', 'pin')", name=op.f("ck_access_kind")),
        sa.CheckConstraint(
            "wanted IN ('absent', 'disabled', 'enabled')", name=op.f("ck_access_wanted")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_access_company_id")),
        sa.ForeignKeyConstraint(["router_id"], ["router.id"], name=op.f("fk_access_router_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access")),
    )
    with op.batch_alter_table("access", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_access_next_attempt_at"), ["next_attempt_at"], unique=False
        )
        batch_op.create_index(
            "uq_access_router_id_name",
            ["router_id", "name"],
            unique=True,
            sqlite_where=sa.text("wanted != 'absent' OR actual != 'absent'"),
            postgresql_where=sa.text("wanted != 'absent' OR actual != 'absent'"),
        )

    op.create_table(
        "admin_session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ip", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["admin_user.id"], name=op.f("fk_admin_session_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_session")),
    )
    with op.batch_alter_table("admin_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "api_key",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["router_id"], ["router.id"], name=op.f("fk_api_key_router_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_api_key_token_digest")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_router_id"), ["router_id"], unique=False)

    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_outage_order")),
        sa.ForeignKeyConstraint(["router_id"], ["router.id"], name=op.f("fk_outage_router_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    with op.batch_alter_table("outage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outage_router_id"), ["router_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("profile_name", sa.String(length=100), nullable=False),
        sa.Column("profile_id", sa.String(length=20), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("image_url", sa.String(length=500), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("featured", sa.Boolean(), nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("duration_from", sa.String(length=10), nullable=True),
        sa.Column("data_limit", sa.BigInteger(), nullable=True),
        sa.Column("max_devices", sa.Integer(), nullable=True),
        sa.Column("speed", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("currency IN ('MXN', 'USD')", name=op.f("ck_plan_currency")),
        sa.CheckConstraint(
            "duration_from IN ('purchase', 'first_use', 'connected')",
            name=op.f("ck_plan_duration_from"),
        ),
        sa.CheckConstraint(
            "(duration_seconds IS NULL) = (duration_from IS NULL)",
            name=op.f("ck_plan_duration_complete"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_plan_amount")),
        sa.CheckConstraint("data_limit > 0", name=op.f("ck_plan_data_limit")),
        sa.CheckConstraint("duration_seconds > 0", name=op.f("ck_plan_duration_seconds")),
        sa.CheckConstraint("max_devices > 0", name=op.f("ck_plan_max_devices")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_plan_company_id")),
        sa.ForeignKeyConstraint(["router_id"], ["router.id"], name=op.f("fk_plan_router_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_router_id"), ["router_id"], unique=False)
        batch_op.create_index(
            "uq_plan_company_id_name",
            ["company_id", "name"],
            unique=True,
            sqlite_where=sa.text("active AND router_id IS NULL"),
            postgresql_where=sa.text("active AND router_id IS NULL"),
        )
        batch_op.create_index(
            "uq_plan_router_id_name",
            ["router_id", "name"],
            unique=True,
            sqlite_where=sa.text("active AND router_id IS NOT NULL"),
            postgresql_where=sa.text("active AND router_id IS NOT NULL"),
        )

    op.create_table(
        "wrong_code",
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("device", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["router_id"], ["router.id"], name=op.f("fk_wrong_code_router_id")),
        sa.PrimaryKeyConstraint("router_id", "device", "kind", name=op.f("pk_wrong_code")),
    )
    op.create_table(
        "sale",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=14), nullable=False),
        sa.Column("router_id", sa.String(length=12), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("gateway_account_id", sa.String(length=20), nullable=False),
        sa.Column("access_id", sa.String(length=24), nullable=False),
        sa.Column("idempotency_key", sa.String(length=80), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("card_token_digest", sa.String(length=64), nullable=True),
        sa.Column("device", sa.String(length=254), nullable=False),
        sa.Column("mac", sa.String(length=17), nullable=True),
        sa.Column("ip", sa.String(length=15), nullable=True),
        sa.Column("customer_name", sa.String(length=100), nullable=False),
        sa.Column("customer_email", sa.String(length=254), nullable=False),
        sa.Column("customer_phone", sa.String(length=20), nullable=True),
        sa.Column("device_info", sa.String(length=500), nullable=True),
        sa.Column("auto_connect", sa.Boolean(), nullable=False),
        sa.Column("extends", sa.Boolean(), nullable=False),
        sa.Column("plan_name", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("profile_name", sa.String(length=100), nullable=False),
        sa.Column("duration_seconds", sa.BigInteger(), nullable=True),
        sa.Column("duration_from", sa.String(length=10), nullable=True),
        sa.Column("data_limit", sa.BigInteger(), nullable=True),
        sa.Column("max_devices", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.Column("cancel_reason", sa.String(length=12), nullable=True),
        sa.Column("action_url", sa.String(length=500), nullable=True),
        sa.Column("buyer_message", sa.String(length=500), nullable=True),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("amount_refunded", sa.BigInteger(), nullable=False),
        sa.Column("parked_reason", sa.String(length=200), nullable=True),
        sa.Column("session_id", sa.String(length=64), nullable=True),
        sa.Column("session_ip", sa.String(length=15), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charging_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cancel_reason IN ('declined', 'refused', 'failed', 'abandoned', 'expired')",
            name=op.f("ck_sale_cancel_reason"),
        ),
        sa.CheckConstraint("currency IN ('MXN', 'USD')", name=op.f("ck_sale_currency")),
        sa.CheckConstraint(
            "state IN ('opened', 'prepared', 'charging', 'pending', 'paid', 'delivered', 'cancelling', 'canceled', 'refunding', 'refunded', 'charged_back')",
            name=op.f("ck_sale_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_sale_amount")),
        sa.CheckConstraint("amount_refunded >= 0", name=op.f("ck_sale_amount_refunded")),
        sa.ForeignKeyConstraint(["access_id"], ["access.id"], name=op.f("fk_sale_access_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_sale_company_id")),
        sa.ForeignKeyConstraint(
            ["gateway_account_id"], ["gateway_account.id"], name=op.f("fk_sale_gateway_account_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_sale_plan_id")),
        sa.ForeignKeyConstraint(["router_id"], ["router.id"], name=op.f("fk_sale_router_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
        sa.UniqueConstraint(
            "gateway_account_id", "order_id", name=op.f("uq_sale_gateway_account_id_order_id")
        ),
        sa.UniqueConstraint(
            "router_id", "idempotency_key", name=op.f("uq_sale_router_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_access_id"), ["access_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_created_at"), ["created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sale_next_attempt_at"), ["next_attempt_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sale_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(
            "uq_sale_undecided_device",
            ["router_id", "device"],
            unique=True,
            sqlite_where=sa.text("state IN ('opened', 'prepared', 'charging', 'pending')"),
            postgresql_where=sa.text("state IN ('opened', 'prepared', 'charging', 'pending')"),
        )

    op.create_table(
        "sale_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_move_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_move")),
    )
    with op.batch_alter_table("sale_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_move_sale_id"), ["sale_id"], unique=False)

    deployment = sa.table("deployment", sa.column("id"), sa.column("name"), sa.column("created_at"))
    op.execute(
        deployment.insert().values(id=1, name=secrets.token_hex(6), created_at=sa.func.now())
    )


def downgrade() -> None:
    with op.batch_alter_table("sale_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sale_move_sale_id"))

    op.drop_table("sale_move")
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_sale_undecided_device",
            sqlite_where=sa.text("state IN ('opened', 'prepared', 'charging', 'pending')"),
            postgresql_where=sa.text("state IN ('opened', 'prepared', 'charging', 'pending')"),
        )
        batch_op.drop_index(batch_op.f("ix_sale_plan_id"))
        batch_op.drop_index(batch_op.f("ix_sale_next_attempt_at"))
        batch_op.drop_index(batch_op.f("ix_sale_created_at"))
        batch_op.drop_index(batch_op.f("ix_sale_company_id"))
        batch_op.drop_index(batch_op.f("ix_sale_access_id"))

    op.drop_table("sale")
    op.drop_table("wrong_code")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_router_id_name",
            sqlite_where=sa.text("active AND router_id IS NOT NULL"),
            postgresql_where=sa.text("active AND router_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_plan_company_id_name",
            sqlite_where=sa.text("active AND router_id IS NULL"),
            postgresql_where=sa.text("active AND router_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plan_router_id"))
        batch_op.drop_index(batch_op.f("ix_plan_company_id"))

    op.drop_table("plan")
    with op.batch_alter_table("outage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outage_router_id"))

    op.drop_table("outage")
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_key_router_id"))

    op.drop_table("api_key")
    with op.batch_alter_table("admin_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_admin_session_user_id"))

    op.drop_table("admin_session")
    with op.batch_alter_table("access", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_access_router_id_name",
            sqlite_where=sa.text("wanted != 'absent' OR actual != 'absent'"),
            postgresql_where=sa.text("wanted != 'absent' OR actual != 'absent'"),
        )
        batch_op.drop_index(batch_op.f("ix_access_next_attempt_at"))
        batch_op.drop_index(batch_op.f("ix_access_expires_at"))
        batch_op.drop_index(batch_op.f("ix_access_company_id"))

    op.drop_table("access")
    with op.batch_alter_table("webhook_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_event_next_attempt_at"))

    op.drop_table("webhook_event")
    with op.batch_alter_table("router", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_router_company_id"))

    op.drop_table("router")
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_image_company_id"))

    op.drop_table("image")
    with op.batch_alter_table("gateway_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_gateway_account_current",
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.drop_table("gateway_account")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_company_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_alert_unresolved",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_alert_company_id"))

    op.drop_table("alert")
    with op.batch_alter_table("admin_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_admin_user_company_id"))

    op.drop_table("admin_user")
    op.drop_table("worker_heartbeat")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_next_attempt_at"))

    op.drop_table("job")
    op.drop_table("deployment")
    op.drop_table("company")
