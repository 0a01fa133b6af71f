"""The names of jobs, alerts and webhooks' outcomes, one word a thing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JOBS = {
    "round": "usage_sync",
    "sweep": "orphaned_users",
    "pins": "pin_density",
    "strays": "orphan_orders",
    "erase": "retention",
    "forget": "attempt_limits",
}
# The one job about the whole deployment was called after what it forgets.
SUBJECTS = {"forget:tries": "attempt_limits:all"}
ALERTS = {
    "stray_payment": "orphan_payment",
    "unread_notice": "unread_webhook",
    "notices_not_registered": "webhooks_not_registered",
}
OUTCOMES = {"not ours": "not_ours", "reread": "refreshed", "no answer": "unanswered"}

# A job that stands under both names was planned anew by who knew but one of them.
DOUBLE = "DELETE FROM job WHERE id = :old AND EXISTS (SELECT 1 FROM job j WHERE j.id = :new)"
DOUBLES = (
    "DELETE FROM job WHERE substr(id, 1, :length) = :old AND EXISTS "
    "(SELECT 1 FROM job j WHERE j.id = :new || substr(job.id, :length + 1))"
)
RENAME = "UPDATE job SET id = :new WHERE id = :old"
RENAME_KIND = (
    "UPDATE job SET id = :new || substr(id, :length + 1) WHERE substr(id, 1, :length) = :old"
)


def upgrade() -> None:
    for old, new in SUBJECTS.items():
        _run((DOUBLE, RENAME), old=old, new=new)
    for old, new in JOBS.items():
        _rename_kind(old, new)
    for old, new in ALERTS.items():
        _rename("alert", "kind", old, new)
    for old, new in OUTCOMES.items():
        _rename("webhook_event", "outcome", old, new)


def downgrade() -> None:
    for old, new in SUBJECTS.items():
        _run((DOUBLE, RENAME), old=new, new=old)
    for old, new in JOBS.items():
        _rename_kind(new, old)
    for old, new in ALERTS.items():
        _rename("alert", "kind", new, old)
    for old, new in OUTCOMES.items():
        _rename("webhook_event", "outcome", new, old)


def _rename_kind(old: str, new: str) -> None:
    _run((DOUBLES, RENAME_KIND), old=f"{old}:", new=f"{new}:", length=len(old) + 1)


def _rename(table: str, column: str, old: str, new: str) -> None:
    statement = f"UPDATE {table} SET {column} = :new WHERE {column} = :old"  # noqa: S608 - ours
    _run((statement,), old=old, new=new)


def _run(statements: tuple[str, ...], **values: object) -> None:
    for statement in statements:
        op.execute(_bound(statement, values))


def _bound(statement: str, values: dict[str, object]) -> sa.TextClause:
    typed = [
        sa.bindparam(name, value, sa.Integer() if isinstance(value, int) else sa.String())
        for name, value in values.items()
    ]
    return sa.text(statement).bindparams(*typed)
