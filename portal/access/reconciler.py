"""Bring the router to what is wanted of an access, whatever the money does."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from sqlalchemy import Executable, Select, bindparam, select, update

from portal import ports
from portal.access.blocked import record_blocked
from portal.access.desired_state import put_actual, record_unknown, release_access
from portal.access.provisioning import NameLost, apply, told_of
from portal.access.rounds.away import ask_again, is_away, leave_alone
from portal.alerts.router_alerts import (
    tell_of_changed_users,
    tell_of_lost_name,
    tell_of_refusal,
    tell_of_user_left,
)
from portal.core.clock_guard import clock_is_trusted
from portal.core.database import writing
from portal.core.leases import Claim, LostRace
from portal.core.logs import log
from portal.core.records import UtcDateTime, from_now
from portal.core.rows.batch import RowBatch
from portal.core.rows.columns import columns_of, loaded, table_of
from portal.core.rows.prepared import execute_at_once, find
from portal.hotspot.errors import RouterError
from portal.models import Access, Router, utc_now
from portal.models.access import AccessState


def reconcile_access(claim: Claim) -> None:
    """Bring one access to what is wanted, under its lease. Raises LostRace."""
    access, router = _read(claim.id)
    if access.lease != claim.lease:
        raise LostRace
    if has_ended(access) and clock_is_trusted():
        _end(access)
    try:
        _bring(access, router)
    except LostRace:
        release_access(access)
        raise


def _bring(access: Access, router: Router) -> None:
    tries = access.attempts
    try:
        provisioner, timeout = ports.provisioner_of(router), ports.settings().router_timeout
        found = apply(provisioner, access, timeout, limits=True)
    except RouterError as error:
        _wait(access, router, error)
    else:
        _record(access, is_blocked=found.left_disabled)
        if (told := told_of(access, found)) is not None:
            tell_of_changed_users(router, told)
        if not found:
            tell_of_user_left(router, access)
        if tries:
            ask_again(router.id)


def has_ended(access: Access) -> bool:
    """Tell whether the time that was bought is over."""
    return access.expires_at is not None and access.expires_at <= utc_now()


def _read(access_id: str) -> tuple[Access, Router]:
    row = find(_with_router(), {"access_id": access_id})
    if row is None:
        raise LostRace
    return loaded(Access, row), loaded(Router, row, len(columns_of(Access)))


@cache
def _with_router() -> Select[Any]:
    query = select(*columns_of(Access), *columns_of(Router)).select_from(Access)
    query = query.join(Router, Router.id == Access.router_id)
    return query.where(Access.id == bindparam("access_id", ""))


def _end(access: Access) -> None:
    """Want it gone, unless time was added since it was read."""
    if execute_at_once(_ending(), {"access_id": access.id, "now": utc_now()}):
        access.wanted = AccessState.ABSENT


@cache
def _ending() -> Executable:
    """Give what ends an access that is over.

    The database says what time it is: its clock is everybody's, give or take a second.
    """
    table = table_of(Access)
    is_over = table.c.expires_at <= from_now(1.0)
    ended = {"wanted": AccessState.ABSENT, "next_attempt_at": from_now(), "attempts": 0}
    return (
        update(table)
        .where(table.c.id == bindparam("access_id"), is_over)
        .values(ended | {"updated_at": bindparam("now", type_=UtcDateTime())})
        .returning(table.c.id)
    )


def _record(access: Access, *, is_blocked: bool) -> None:
    left, batch = _seconds_left(access), RowBatch()
    if is_blocked:
        batch.also(partial(record_blocked, access=access, due_in=left))
    else:
        put_actual(batch, access, access.wanted, due_in=left, attempts=0)
    batch.send()
    log().info("access converged", access=access.id, actual=access.actual)


def _seconds_left(access: Access) -> float | None:
    """Tell when to look at it again, because its time is over."""
    if access.wanted != AccessState.ENABLED or access.expires_at is None:
        return None
    # Over by a clock that was just moved: it is looked at again when that can be trusted.
    soonest = 1.0 if clock_is_trusted() else ports.settings().retry_longest
    return max(soonest, (access.expires_at - utc_now()).total_seconds())


def _wait(access: Access, router: Router, error: RouterError) -> None:
    with writing() as session:
        record_unknown(session, access)
    if is_away(error):
        leave_alone(router, error)
    if isinstance(error, NameLost):
        tell_of_lost_name(router, access.id, error.advice)
    else:
        tell_of_refusal(router, error)
