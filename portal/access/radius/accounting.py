"""Count what the accounting says of a router's accesses: two statements, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from portal import ports
from portal.access.radius.errors import NotConfirmed
from portal.access.radius.sessions import close_forgotten, is_fresh, stale_seconds
from portal.access.rounds.ends import UsageSync, begun, due, used_up, waits_for_first_use
from portal.access.rounds.standing import Standing
from portal.access.rounds.storing import Look, store
from portal.access.usage import Reading, count, kept_whole, take_over
from portal.alerts.router_contact import note_answer
from portal.core.clock_guard import clock_is_trusted
from portal.core.database import reading, writing
from portal.core.leases import is_free
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.columns import table_of
from portal.models import Access, RadiusRouter, RadiusSession, RadiusUser, Router
from portal.models.access import AccessState


@dataclass(frozen=True)
class _Accounted:
    """Hold an access and what its row says; `used_seconds` is None where it has none."""

    access: Standing
    used_seconds: int | None
    used_bytes: int | None
    first_started_at: datetime | None


def count_accounting(router: Router) -> UsageSync:
    """Bring the records of this router's accesses to what was accounted, wherever they were used.

    Nothing is asked of the router. Who is online with too many devices is logged out.
    """
    with writing() as session:
        close_forgotten(session, RadiusSession.router_id == router.id)
    _note_contact(router)
    looks = [_look(one) for one in _changed(router.id)]
    store(looks)
    done = UsageSync(
        users=len(looks),
        lost=sum(look.lost for look in looks),
        begun=sum("started_at" in look.values for look in looks),
        ended=sum(look.values.get("wanted") == AccessState.ABSENT for look in looks),
        online=_online(router.id),
        changed=sum(bool(look.values) for look in looks),
        logged_out=_log_out_surplus(router),
    )
    log().info("accounting", router=router.id, accesses=done.users, ended=done.ended)
    return done


def _note_contact(router: Router) -> None:
    heard = RadiusRouter.heard_at > from_now(-stale_seconds())
    with reading() as session:
        mine = select(RadiusRouter.router_id).where(RadiusRouter.router_id == router.id, heard)
        is_heard = session.scalar(mine) is not None
    if is_heard:
        note_answer(router, reported=True)


def _changed(router_id: str) -> list[_Accounted]:
    """Read the accesses of which the accounting says something else than their records."""
    user, access = RadiusUser, table_of(Access).c
    news = or_(
        user.access_id.is_(None),
        user.used_seconds != access.seen_seconds,
        user.used_bytes != access.seen_bytes,
        (access.duration_from == "first_use")
        & access.expires_at.is_(None)
        & user.first_started_at.is_not(None),
    )
    counted = (user.used_seconds, user.used_bytes, user.first_started_at)
    columns = [access[one.name] for one in fields(Standing)]
    query = (
        select(*columns, *counted)
        .outerjoin(user, user.access_id == access.id)
        .where(
            access.router_id == router_id,
            access.wanted == AccessState.ENABLED,
            access.actual == AccessState.ENABLED,
            is_free(Access),
            news,
        )
    )
    with reading() as session:
        rows: Sequence[Any] = session.execute(query).all()
    return [_Accounted(Standing(*row[:-3]), *row[-3:]) for row in rows]


def _look(one: _Accounted) -> Look:
    access = one.access
    if one.used_seconds is None or one.used_bytes is None:
        return Look(access, kept_whole(access) | {"actual": AccessState.ABSENT} | due(), lost=True)
    values = count(access, Reading(one.used_seconds, one.used_bytes))
    take_over(access, values)
    return Look(access, _first_use(one) | values | used_up(access))


def _first_use(one: _Accounted) -> dict[str, Any]:
    if one.first_started_at is None or not waits_for_first_use(one.access):
        return {}
    return begun(one.access, one.first_started_at) if clock_is_trusted() else {}


def _online(router_id: str) -> int:
    here = RadiusSession.router_id == router_id
    query = select(func.count(RadiusSession.access_id.distinct())).where(here, is_fresh())
    with reading() as session:
        return session.scalar(query) or 0


def _log_out_surplus(router: Router) -> int:
    """Log out the devices that are too many over all sites, the oldest first."""
    devices = func.count(RadiusSession.mac.distinct())
    query = (
        select(Access)
        .join(RadiusSession, RadiusSession.access_id == Access.id)
        .where(Access.router_id == router.id, is_fresh())
        .group_by(Access.id)
        .having(devices > func.coalesce(Access.max_devices, 1))
    )
    with reading() as session:
        several = session.scalars(query).all()
    presence, gone = ports.presence_of(router), 0
    for access in several:
        with suppress(NotConfirmed):
            timeout = ports.settings().router_timeout
            gone += presence.end_sessions(access.name, timeout, keep=access.max_devices or 1)
    return gone
