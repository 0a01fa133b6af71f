"""People who sell for a company and no more, and when a session's person gave the password"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OWNERS = "role IN ('super_admin', 'cliente_admin')"
ALL = "role IN ('super_admin', 'cliente_admin', 'cajero')"


def upgrade() -> None:
    _say_roles(ALL)
    with op.batch_alter_table("admin_session") as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE admin_session SET confirmed_at = created_at")
    with op.batch_alter_table("admin_session") as batch_op:
        batch_op.alter_column("confirmed_at", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("admin_session") as batch_op:
        batch_op.drop_column("confirmed_at")
    # A cashier would be an owner to what stands here then: they are locked out instead.
    op.execute("UPDATE admin_user SET active = false, role = 'cliente_admin' WHERE role = 'cajero'")
    _say_roles(OWNERS)


def _say_roles(roles: str) -> None:
    with op.batch_alter_table("admin_user") as batch_op:
        batch_op.drop_constraint(op.f("ck_admin_user_role"), type_="check")
        batch_op.create_check_constraint(op.f("ck_admin_user_role"), roles)
