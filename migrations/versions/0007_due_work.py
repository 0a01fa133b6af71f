"""What is due found by one index read, and whose each job is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITING = "next_attempt_at IS NOT NULL"
UNPARKED = f"{WAITING} AND parked_reason IS NULL"
DUE = {
    "ix_access_due": ("access", UNPARKED),
    "ix_job_due": ("job", WAITING),
    "ix_sale_due": ("sale", UNPARKED),
    "ix_sale_paid_due": ("sale", f"state = 'paid' AND {UNPARKED}"),
    "ix_webhook_event_due": ("webhook_event", WAITING),
}
TABLES = ("access", "job", "sale", "webhook_event")
JOB = sa.table("job", sa.column("id", sa.String), sa.column("company_id", sa.String))
# Where it stands whose each kind of job is; its id is the kind, a colon, and the id there.
OWNERS = {
    "round": ("router", "company_id"),
    "sweep": ("router", "company_id"),
    "strays": ("gateway_account", "company_id"),
    "erase": ("company", "id"),
    "receipts": ("company", "id"),
}


def upgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_next_attempt_at", table_name=table)
    with op.batch_alter_table("job") as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.String(length=14), nullable=True))
        batch_op.create_foreign_key(op.f("fk_job_company_id"), "company", ["company_id"], ["id"])
    for kind in OWNERS:
        op.execute(_given_to_its_owner(kind))
    for name, (table, condition) in DUE.items():
        where = sa.text(condition)
        op.create_index(
            name, table, ["next_attempt_at"], sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_sale_order_id", "sale", ["order_id"])
    op.create_index(
        "ix_webhook_event_company_id_reference", "webhook_event", ["company_id", "reference"]
    )


def _given_to_its_owner(kind: str) -> sa.Update:
    table, company = OWNERS[kind]
    subjects = sa.table(table, *(sa.column(name, sa.String) for name in {"id", company}))
    subject = sa.func.substr(JOB.c.id, len(kind) + 2)
    owner = sa.select(subjects.c[company]).where(subjects.c.id == subject).scalar_subquery()
    return sa.update(JOB).where(JOB.c.id.startswith(f"{kind}:")).values(company_id=owner)


def downgrade() -> None:
    op.drop_index("ix_webhook_event_company_id_reference", table_name="webhook_event")
    op.drop_index("ix_sale_order_id", table_name="sale")
    for name, (table, _) in DUE.items():
        op.drop_index(name, table_name=table)
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_constraint(op.f("fk_job_company_id"), type_="foreignkey")
        batch_op.drop_column("company_id")
    for table in TABLES:
        op.create_index(f"ix_{table}_next_attempt_at", table, ["next_attempt_at"])
