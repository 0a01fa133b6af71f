"""Jobs of routers that are away wait apart; what is due rings for the workers (PostgreSQL)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

WAITING = "next_attempt_at IS NOT NULL"
HOME, AWAY = f"{WAITING} AND NOT away", f"{WAITING} AND away"
# What is due by then rings: a worker that is rung for asks how long there is still to wait.
SOON = "statement_timestamp() + interval '5 seconds'"
UNPARKED = "NEW.parked_reason IS NULL"
# Which lane of a worker looks after what is due in each table, and what else must hold of a row.
LANES = {
    "sale": ("money", UNPARKED),
    "access": ("money", UNPARKED),
    "webhook_event": ("money", "TRUE"),
    "job": ("jobs", "NOT NEW.away"),
    "voucher_batch": ("vouchers", "TRUE"),
}
RING = """CREATE FUNCTION portal_ring() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_notify('portal_work', TG_ARGV[0]); RETURN NULL; END $$"""


def upgrade() -> None:
    with op.batch_alter_table("job") as batch_op:
        batch_op.add_column(
            sa.Column("away", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("router_contact") as batch_op:
        batch_op.add_column(sa.Column("users_read_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_job_due", table_name="job")
    _index("ix_job_due", HOME)
    _index("ix_job_away", AWAY)
    if op.get_bind().dialect.name == "postgresql":
        _hang_bells()


def _index(name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "job", ["next_attempt_at"], sqlite_where=where, postgresql_where=where)


def _hang_bells() -> None:
    op.execute(RING)
    for table, (lane, condition) in LANES.items():
        # Who holds a lease works on the row; it rings when that is given back, if still due.
        due = f"NEW.lease IS NULL AND {condition} AND NEW.next_attempt_at <= {SOON}"
        _ring(f"{table}_is_due", table, "next_attempt_at, lease", due, lane)
    due = f"NEW.due_at <= {SOON}"
    _ring("alert_message_is_due", "alert_message", "due_at", due, "alerts")
    # Each round changes its rows in place, where the page has room for that.
    op.execute("ALTER TABLE access SET (fillfactor = 85)")


def _ring(name: str, table: str, columns: str, condition: str, lane: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OF {columns} ON {table}"
        f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION portal_ring('{lane}')"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in (*LANES, "alert_message"):
            op.execute(f"DROP TRIGGER {table}_is_due ON {table}")
        op.execute("DROP FUNCTION portal_ring()")
        op.execute("ALTER TABLE access RESET (fillfactor)")
    op.drop_index("ix_job_away", table_name="job")
    op.drop_index("ix_job_due", table_name="job")
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_column("away")
    with op.batch_alter_table("router_contact") as batch_op:
        batch_op.drop_column("users_read_at")
    _index("ix_job_due", WAITING)
