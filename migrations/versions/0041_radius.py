"""What the RADIUS server reads and writes, and on PostgreSQL the functions that it calls"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

FUNCTIONS = Path(__file__).parents[1] / "sql" / "0041_radius.sql"
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "deployment_secret",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deployment_secret"),
    )
    _create_routers()
    _create_users()
    _create_sessions()
    if op.get_bind().dialect.name == "postgresql":
        _create_functions()


def _create_routers() -> None:
    op.create_table(
        "radius_router",
        sa.Column("router_id", sa.String(12), nullable=False),
        sa.Column("company_id", sa.String(14), nullable=False),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("secret_generation", sa.Integer(), nullable=False),
        sa.Column("boots", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_from", sa.String(45), nullable=True),
        _foreign_key("radius_router", "router_id", "router.id", ondelete="CASCADE"),
        _foreign_key("radius_router", "company_id", "company.id"),
        sa.PrimaryKeyConstraint("router_id", name="pk_radius_router"),
    )
    _index("radius_router", "company_id")


def _create_users() -> None:
    op.create_table(
        "radius_user",
        sa.Column("access_id", sa.String(24), nullable=False),
        sa.Column("company_id", sa.String(14), nullable=False),
        sa.Column("router_id", sa.String(12), nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("name_digest", sa.LargeBinary(), nullable=False),
        sa.Column("password_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("profile", sa.String(100), nullable=False),
        sa.Column("rate_limit", sa.String(100), nullable=True),
        sa.Column("max_devices", sa.Integer(), nullable=True),
        sa.Column("limit_seconds", sa.BigInteger(), nullable=True),
        sa.Column("limit_bytes", sa.BigInteger(), nullable=True),
        sa.Column("first_use_seconds", sa.BigInteger(), nullable=True),
        sa.Column("first_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_seconds", sa.BigInteger(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _foreign_key("radius_user", "access_id", "access.id", ondelete="CASCADE"),
        _foreign_key("radius_user", "company_id", "company.id"),
        _foreign_key("radius_user", "router_id", "router.id"),
        sa.PrimaryKeyConstraint("access_id", name="pk_radius_user"),
    )
    op.create_index(
        "uq_radius_user_name_digest_router_id",
        "radius_user",
        ["name_digest", "router_id"],
        unique=True,
    )
    _index("radius_user", "router_id")


def _create_sessions() -> None:
    op.create_table(
        "radius_session",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("company_id", sa.String(14), nullable=False),
        sa.Column("router_id", sa.String(12), nullable=False),
        sa.Column("access_id", sa.String(24), nullable=True),
        sa.Column("acct_session_id", sa.String(64), nullable=False),
        sa.Column("login", sa.String(48), nullable=False),
        sa.Column("mac", sa.String(17), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(40), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("bytes_in", sa.BigInteger(), nullable=False),
        sa.Column("bytes_out", sa.BigInteger(), nullable=False),
        _foreign_key("radius_session", "company_id", "company.id"),
        _foreign_key("radius_session", "router_id", "router.id", ondelete="CASCADE"),
        _foreign_key("radius_session", "access_id", "access.id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_radius_session"),
        sa.UniqueConstraint(
            "router_id",
            "acct_session_id",
            "login",
            name="uq_radius_session_router_id_acct_session_id_login",
        ),
    )
    _index("radius_session", "access_id")
    _index("radius_session", "ended_at")
    op.create_index(
        "ix_radius_session_open",
        "radius_session",
        ["router_id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _foreign_key(table: str, column: str, target: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", **options)


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def _create_functions() -> None:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    functions = FUNCTIONS.read_text(encoding="utf-8").replace("{schema}", schema)
    # As the driver's own, which takes no colon for a parameter.
    op.get_bind().exec_driver_sql(functions.replace("%", "%%"))
    # Each accounting packet changes its rows in place, where the page has room for that.
    for table in ("radius_user", "radius_session"):
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 85)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA portal_radius CASCADE")
    for table in ("radius_session", "radius_user", "radius_router", "deployment_secret"):
        op.drop_table(table)
