"""Count what an operator tries at routers, so that nobody's password is guessed through us."""

from __future__ import annotations

from portal.models.admin_user import Role
from portal.operators.targets import count_try
from portal.panel.request import administrator


def count_change() -> None:
    """Count a change of what a router is entered with. Raises TooManyRequests."""
    if administrator().role != Role.SUPER_ADMIN:
        count_try(administrator().user_id)
