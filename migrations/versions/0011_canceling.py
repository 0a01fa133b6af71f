"""One spelling of the state in which a sale is being canceled"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('opened', 'prepared', 'charging', 'pending', 'paid', 'delivered', '{}', "
    "'canceled', 'refunding', 'refunded', 'charged_back')"
)
OLD, NEW = "cancelling", "canceling"
COLUMNS = (("sale", "state"), ("sale_move", "from_state"), ("sale_move", "to_state"))


def upgrade() -> None:
    _respell(OLD, NEW)


def downgrade() -> None:
    _respell(NEW, OLD)


def _respell(old: str, new: str) -> None:
    # In between no spelling is checked: rows in flight have the one or the other.
    with op.batch_alter_table("sale") as batch_op:
        batch_op.drop_constraint(op.f("ck_sale_state"), type_="check")
    for table, column in COLUMNS:
        name: sa.ColumnClause[str] = sa.column(column)
        where = sa.table(table, name)
        op.execute(where.update().where(name == old).values({column: new}))
    with op.batch_alter_table("sale") as batch_op:
        batch_op.create_check_constraint(op.f("ck_sale_state"), STATES.format(new))
