"""What is due found by one index read, and whose each job is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
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
# A job's id is its kind, a colon, and the id of what it is about.
OWNERS = {
    "round": "SELECT company_id FROM router WHERE router.id = substr(job.id, 7)",
    "sweep": "SELECT company_id FROM router WHERE router.id = substr(job.id, 7)",
    "strays": "SELECT company_id FROM gateway_account g WHERE g.id = substr(job.id, 8)",
    "erase": "SELECT company.id FROM company WHERE company.id = substr(job.id, 7)",
    "receipts": "SELECT company.id FROM company WHERE company.id = substr(job.id, 10)",
}


def upgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_next_attempt_at", table_name=table)
    with op.batch_alter_table("job") as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.String(length=14), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_job_company_id"), "company", ["company_id"], ["id"]
        )
    for kind, owner in OWNERS.items():
        op.execute(f"UPDATE job SET company_id = ({owner}) WHERE id LIKE '{kind}:%'")
    for name, (table, condition) in DUE.items():
        where = sa.text(condition)
        op.create_index(
            name, table, ["next_attempt_at"], sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_sale_order_id", "sale", ["order_id"])
    op.create_index(
        "ix_webhook_event_company_id_reference", "webhook_event", ["company_id", "reference"]
    )


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
