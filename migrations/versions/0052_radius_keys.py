"""Keys of RADIUS, of which one replaces another while both are good"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from portal.core.schema.giving_way import lock_tables

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "sql"
BEFORE = ("0041_radius.sql", "0046_radius_grants.sql")
FIRST = "radius"
REPLACED = (
    "La clave de RADIUS se cambió, y la versión anterior solo conoce la primera: haría otra y nadie "
    "que pagó podría entrar. Quédese en esta versión."
)
# Who may call the server's functions, which are made anew on the way back.
ALLOWED = """
    SELECT DISTINCT quote_ident(grantee::regrole::text), oid::regprocedure::text
    FROM pg_proc, aclexplode(proacl) WHERE pronamespace = 'portal_radius'::regnamespace
    AND grantee <> 0 AND grantee <> proowner"""


def upgrade() -> None:
    # The RADIUS server goes on to write to them.
    lock_tables("deployment_secret", "radius_session", "radius_user")
    op.create_table(
        "radius_key",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_use_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["deployment_secret.id"], name="fk_radius_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_radius_key"),
        sa.UniqueConstraint("slot", name="uq_radius_key_slot"),
    )
    op.execute(
        "INSERT INTO radius_key (id, slot, created_at, in_use_since)"
        " SELECT id, 0, created_at, created_at FROM deployment_secret WHERE id = 'radius'"
    )
    key_id = sa.Column("key_id", sa.String(20), nullable=False, server_default=FIRST)
    with op.batch_alter_table("radius_user") as batch_op:
        batch_op.add_column(key_id)
        batch_op.create_foreign_key("fk_radius_user_key_id", "radius_key", ["key_id"], ["id"])
    with op.batch_alter_table("radius_user") as batch_op:
        batch_op.alter_column("key_id", server_default=None)
    op.add_column("radius_session", sa.Column("class_tags", sa.String(41), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _run("0052_radius_keys.sql")


def _run(name: str) -> None:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    functions = (FOLDER / name).read_text(encoding="utf-8").replace("{schema}", schema)
    # As the driver's own, which takes no colon for a parameter.
    op.get_bind().exec_driver_sql(functions.replace("%", "%%"))


def downgrade() -> None:
    keys = op.get_bind().scalars(sa.text("SELECT id FROM radius_key"))
    if any(key != FIRST for key in keys):
        raise CommandError(REPLACED)
    if op.get_bind().dialect.name == "postgresql":
        allowed = op.get_bind().execute(sa.text(ALLOWED)).all()
        op.execute("DROP SCHEMA portal_radius CASCADE")
        for name in BEFORE:
            _run(name)
        for role, function in allowed:
            op.execute(f"GRANT USAGE ON SCHEMA portal_radius TO {role}")
            op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")
    with op.batch_alter_table("radius_user") as batch_op:
        batch_op.drop_constraint("fk_radius_user_key_id", type_="foreignkey")
        batch_op.drop_column("key_id")
    with op.batch_alter_table("radius_session") as batch_op:
        batch_op.drop_column("class_tags")
    op.drop_table("radius_key")
