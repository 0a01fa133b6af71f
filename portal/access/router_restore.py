"""Make a router that was reset, replaced or put back what our records say, at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.access.desired_state import claim_one_access
from portal.access.orphaned_users import remove_orphaned_users
from portal.access.reconciler import reconcile_access
from portal.access.usage_sync import sync_usage
from portal.core.database import reading
from portal.core.leases import LostRace
from portal.core.records import from_now
from portal.models import Access


@dataclass(frozen=True)
class Restored:
    """Count accesses that the router had lost, users that it should not have had, accesses that
    were brought to what is wanted, and accesses still to be: the worker goes on with them.
    """

    lost: int
    removed: int
    done: int
    left: int


def restore_router(router_id: str) -> Restored:
    """Look at the router's users, remove leftovers, put back what is lost. Raises RouterError."""
    lost = sync_usage(router_id).lost
    removed = remove_orphaned_users(router_id).removed
    due = _due_on(router_id)
    for access_id in due:
        if claim := claim_one_access(access_id):
            with suppress(LostRace):
                reconcile_access(claim)
    left = _behind(due)
    return Restored(lost, removed, done=len(due) - left, left=left)


def _due_on(router_id: str) -> Sequence[str]:
    query = select(Access.id).where(
        Access.router_id == router_id,
        Access.parked_reason.is_(None),
        Access.next_attempt_at <= from_now(),
    )
    with reading() as session:
        return session.scalars(query.order_by(Access.next_attempt_at)).all()


def _behind(access_ids: Sequence[str]) -> int:
    """Tell how many of them the router does not have as wanted, as far as we know."""
    is_behind = (Access.actual != Access.wanted) & Access.blocked_at.is_(None)
    query = select(func.count()).where(Access.id.in_(access_ids), is_behind)
    with reading() as session:
        return session.scalars(query).one()
