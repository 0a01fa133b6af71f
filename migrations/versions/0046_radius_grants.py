"""What RADIUS let in and is not told of yet: devices counted as they come, time without reports"""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0042"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "sql"
REPLACED = re.compile(
    r"^CREATE FUNCTION portal_radius\.(?:authorize|account)\(.*?^END \$\$;$", re.M | re.S
)
GRANTED = "portal_radius.granted(text, text, text, text, integer)"


def upgrade() -> None:
    op.create_table(
        "radius_grant",
        sa.Column("access_id", sa.String(24), nullable=False),
        sa.Column("mac", sa.String(17), nullable=False),
        sa.Column("router_id", sa.String(12), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        _foreign_key("access_id", "access.id"),
        _foreign_key("router_id", "router.id"),
        sa.PrimaryKeyConstraint("access_id", "mac", name="pk_radius_grant"),
    )
    op.create_index("ix_radius_grant_granted_at", "radius_grant", ["granted_at"])
    if op.get_bind().dialect.name == "postgresql":
        _run((FOLDER / "0046_radius_grants.sql").read_text(encoding="utf-8"))


def _foreign_key(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_radius_grant_{column}"
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete="CASCADE")


def _run(functions: str) -> None:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    # As the driver's own, which takes no colon for a parameter.
    op.get_bind().exec_driver_sql(functions.replace("{schema}", schema).replace("%", "%%"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        before = (FOLDER / "0041_radius.sql").read_text(encoding="utf-8")
        for function in REPLACED.findall(before):
            _run(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
        op.execute(f"DROP FUNCTION {GRANTED}")
        op.execute("DROP FUNCTION portal_radius.presumed(radius_user)")
        op.execute("DROP FUNCTION portal_radius.is_counted(radius_user)")
        op.execute("DROP FUNCTION portal_radius.unheard_since(text)")
    op.drop_table("radius_grant")
