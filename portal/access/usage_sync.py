"""Look at a router's users, outside any sale: used, and lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from time import monotonic
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import NoResultFound

from portal import ports
from portal.access.blocked import changes_seen
from portal.access.device_limit import log_out_surplus
from portal.access.provisioning import told_of
from portal.access.radius.accounting import count_accounting
from portal.access.rounds.ends import UsageSync, begun, due, used_up, waits_for_first_use
from portal.access.rounds.standing import Standing, all_standing, some_standing
from portal.access.rounds.storing import Look, store
from portal.access.router_users import (
    ROUND_SECONDS,
    UsersRead,
    names_by_digest,
    read_sessions,
    read_some,
    read_users,
    sold_on,
    together,
)
from portal.access.usage import Reading, count, kept_whole, take_over
from portal.alerts.router_alerts import tell_of_changed_users
from portal.core.clock_guard import clock_is_trusted
from portal.core.logs import log
from portal.core.rows.columns import columns_of, loaded
from portal.core.rows.prepared import find
from portal.hotspot.deadline import Deadline
from portal.hotspot.provisioning import HotspotUser, UserFound
from portal.models import Router, RouterContact, utc_now
from portal.models.access import AccessState
from portal.models.router import Delivery

# Accesses asked after at once; SQLite binds at most 32,766 values.
BATCH = 1_000
# After so many times the usual time a round looks at all of a router's users.
WHOLE_EVERY = 4
AS_IT_WAS = UserFound(True)
HEXADECIMAL = "0123456789abcdef"


@dataclass(frozen=True)
class _Round:
    """Hold accesses of a router, and what was read of their users; whether it was all of them."""

    accesses: Sequence[Standing]
    found: UsersRead
    is_whole: bool


def sync_usage(router_id: str, *, whole: bool = True) -> UsageSync:
    """Read the router's counters, want back what it has lost, hold to the devices that were sold.

    Unless `whole`, only those are read that can have changed, as long as all of them were read not
    long ago and none is otherwise than it was left. Raises RouterError.
    """
    router, read_at = _with_contact(router_id)
    if router.delivery == Delivery.RADIUS:
        return count_accounting(router)
    deadline = Deadline(ROUND_SECONDS)
    read = None if whole or not _is_recent(read_at) else _read_changed(router, deadline)
    read = read or _read_all(router, deadline)
    if read is None:
        return UsageSync()
    looks = [_look(access, read.found) for access in read.accesses]
    store(looks, router if read.is_whole else None)
    done = UsageSync(
        users=len(read.found.users),
        lost=sum(look.lost for look in looks),
        begun=sum("started_at" in look.values for look in looks),
        ended=sum(look.values.get("wanted") == AccessState.ABSENT for look in looks),
        online=sum(look.online for look in looks),
        changed=sum(bool(look.values) for look in looks),
    )
    log().info("usage_sync", router=router_id, users=done.users, lost=done.lost, ended=done.ended)
    told = together(look.found for look in looks if look.found is not None)
    tell_of_changed_users(router, told)
    return replace(done, logged_out=log_out_surplus(router, read.accesses, read.found))


def _with_contact(router_id: str) -> tuple[Router, datetime | None]:
    """Read the router, and when all of its users were looked at. Raises NoResultFound."""
    row = find(_contact(), {"router_id": router_id})
    if row is None:
        raise NoResultFound
    return loaded(Router, row), row.users_read_at


@cache
def _contact() -> Select[Any]:
    return (
        select(*columns_of(Router), RouterContact.users_read_at)
        .select_from(Router)
        .outerjoin(RouterContact, RouterContact.router_id == Router.id)
        .where(Router.id == bindparam("router_id", ""))
    )


def _is_recent(read_at: datetime | None) -> bool:
    return read_at is not None and abs(utc_now() - read_at) < timedelta(seconds=_lately())


def _lately() -> float:
    """Give for how many seconds it is enough to have looked at all of a router's users once."""
    return WHOLE_EVERY * ports.settings().usage_sync_seconds


def _read_all(router: Router, deadline: Deadline) -> _Round | None:
    """Read all that was sold; None where nothing is."""
    accesses = all_standing(router.id)
    if not accesses:
        return None
    found = read_users(router, accesses, sold_on(router.id), deadline)
    return _Round(accesses, found, is_whole=True)


def _read_changed(router: Router, deadline: Deadline) -> _Round | None:
    """Read those alone that can have changed; None where that does not suffice.

    That is who is online or was, what was opened lately, what a person has disabled, and some of
    the others in turn: so a router that has lost its users is known for it at once.
    """
    sessions = read_sessions(router, deadline)
    online, since = names_by_digest(router.id, sessions), utc_now() - timedelta(seconds=_lately())
    accesses = some_standing(router.id, online, since, _digits_in_turn())
    found = read_some(router, accesses, sessions, online, deadline)
    return None if found is None else _Round(accesses, found, is_whole=False)


def _digits_in_turn() -> str:
    turn = int(monotonic() / ports.settings().usage_sync_seconds) % WHOLE_EVERY
    return HEXADECIMAL[turn::WHOLE_EVERY]


def _look(access: Standing, found: UsersRead) -> Look:
    user = found.user_of(access)
    if user is None:
        gone = {"actual": "absent"} | due()
        return Look(access, kept_whole(access) | gone, lost=True)
    sessions = found.sessions.get(user.name, ())
    values = count(access, Reading.of(user, sessions))
    seen = told_of(access, _as_found(user, found.mark_of(access)))
    # Where counters were lost, the limits on the router are too wide now.
    if seen is not None or "used_seconds" in values:
        values |= due()
    values |= changes_seen(access, user)
    take_over(access, values)
    values = _first_use(access) | values | used_up(access)
    return Look(access, values, online=bool(sessions), found=seen)


def _as_found(user: HotspotUser, mark: str) -> UserFound:
    if user.mark == mark and not user.bound_mac:
        return AS_IT_WAS
    return UserFound(True, mark_changed=user.mark != mark, bound=bool(user.bound_mac))


def _first_use(access: Standing) -> dict[str, Any]:
    """Begin the clock of a plan that counts from first use when its user was first online."""
    if not waits_for_first_use(access) or access.total_seconds == 0:
        return {}
    if access.duration_seconds is None or not clock_is_trusted():
        return {}
    return begun(access, utc_now() - timedelta(seconds=access.total_seconds))
