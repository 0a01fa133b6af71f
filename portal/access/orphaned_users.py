"""Remove from a router users of this deployment that nobody should have any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal import ports
from portal.access.desired_state import hold_access, release_access
from portal.access.payment_pass.marks import standing_marks
from portal.access.provisioning import mark_of, mark_prefix
from portal.access.rounds.ends import UsageSync
from portal.access.router_users import mark_among, reading_seconds, sold_on, together
from portal.alerts.router_alerts import tell_of_changed_users
from portal.core.database import reading, writing
from portal.core.logs import log
from portal.hotspot.deadline import Deadline
from portal.hotspot.provisioning import HotspotUser, Provisioner, UserFound
from portal.models import Access, Router
from portal.models.access import AccessState

# Accesses asked after at once; SQLite binds at most 32,766 values.
BATCH = 1_000


def remove_orphaned_users(router_id: str) -> UsageSync:
    """Remove users of this deployment that no access wants any more. Raises RouterError.

    What carries no mark of ours, or another deployment's, is not even looked at. What was sold
    by another record of the same router, whoever's, stays.
    """
    with reading() as session:
        router = session.get_one(Router, router_id)
        standing = len(_wanted(session, Access.router_id == router_id))
    sold, deadline = sold_on(router_id), Deadline(reading_seconds(standing))
    provisioner, prefix = ports.provisioner_of(router), mark_prefix()
    users = provisioner.users_marked(prefix, deadline.remaining(), sold=sold)
    leftovers = _unwanted(router_id, users, prefix)
    removed = list(_remove(provisioner, leftovers, prefix, deadline))
    log().info(
        "orphaned_users",
        router=router_id,
        users=len(users),
        removed=len(removed),
        of=len(leftovers),
    )
    tell_of_changed_users(router, replace(together(removed), bound=False))
    return UsageSync(users=len(users), removed=len(removed))


def _unwanted(router_id: str, users: Sequence[HotspotUser], prefix: str) -> list[HotspotUser]:
    """Choose those whose access should be on no router."""
    marks = {mark_among(user, prefix) for user in users}
    with reading() as session:
        wanted = _wanted(session, Access.router_id == router_id)
        others = [mark.removeprefix(prefix) for mark in marks - wanted]
        for start in range(0, len(others), BATCH):
            some = others[start : start + BATCH]
            wanted |= _wanted(session, Access.id.in_(some)) | standing_marks(session, some)
    return [user for user in users if mark_among(user, prefix) not in wanted]


def _remove(
    provisioner: Provisioner, leftovers: Sequence[HotspotUser], prefix: str, deadline: Deadline
) -> Iterator[UserFound]:
    """Remove users until the job's time is over; the rest goes with the next one."""
    for user in leftovers:
        if deadline.passed:
            return
        mark, timeout = mark_among(user, prefix), ports.settings().router_timeout
        with _kept_away(mark.removeprefix(prefix)) as is_left_over:
            if is_left_over:
                yield provisioner.remove_user(user.name, mark, timeout)


@contextmanager
def _kept_away(access_id: str) -> Iterator[bool]:
    """Hold the access, so that nobody lets it in meanwhile; tell whether it is still to be gone.

    What was chosen may have been paid for since, or have somebody working on it.
    """
    with writing() as session:
        access = session.get(Access, access_id)
        is_held = access is not None and hold_access(session, access)
        if access is not None:
            session.refresh(access, ["wanted"])
    is_unwanted = access is None or (is_held and access.wanted == AccessState.ABSENT)
    try:
        yield is_unwanted
    finally:
        if access is not None and is_held:
            release_access(access)


def _wanted(session: Session, which: ColumnElement[bool]) -> set[str]:
    """Give the marks of those that should be on a router."""
    found = session.scalars(select(Access.id).where(which, Access.wanted != AccessState.ABSENT))
    return {mark_of(access_id) for access_id in found}
