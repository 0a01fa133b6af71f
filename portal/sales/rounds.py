"""A look at all of a router's users at once, outside any sale: what was used, lost, left over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal import ports
from portal.database import reading, writing
from portal.hotspot.router import HotspotUser
from portal.logs import log
from portal.models import Access, Router, utc_now
from portal.models.clock import from_now
from portal.sales.claims import is_free
from portal.sales.marks import mark_of, mark_prefix

TIMEOUT = 30.0


@dataclass(frozen=True)
class Round:
    """What a round came to: users read, accesses put back, begun, ended; leftovers removed."""

    users: int = 0
    lost: int = 0
    begun: int = 0
    ended: int = 0
    removed: int = 0


def make_round(router_id: str) -> Round:
    """Read the router's counters, and want back what it has lost. Raises RouterError."""
    with reading() as session:
        router = session.get_one(Router, router_id)
        accesses = list(session.scalars(_settled_on(router_id)))
        sold = _sold_on(session, router_id)
    if not accesses:
        return Round()
    users = ports.hotspot_of(router).users_marked(mark_prefix(), TIMEOUT, sold=sold)
    by_mark = {user.mark: user for user in users}
    looks = [_look(access, by_mark.get(mark_of(access.id))) for access in accesses]
    _store([look for look in looks if look.values])
    done = Round(
        users=len(users),
        lost=sum(look.lost for look in looks),
        begun=sum("started_at" in look.values for look in looks),
        ended=sum(look.values.get("wanted") == "absent" for look in looks),
    )
    log().info("round", router=router_id, users=done.users, lost=done.lost, ended=done.ended)
    return done


def sweep(router_id: str) -> Round:
    """Remove users of this deployment that no access wants any more. Raises RouterError.

    What carries no mark of ours, or another deployment's, is not even looked at.
    """
    with reading() as session:
        router = session.get_one(Router, router_id)
        sold = _sold_on(session, router_id)
    hotspot = ports.hotspot_of(router)
    users = hotspot.users_marked(mark_prefix(), TIMEOUT, sold=sold)
    with reading() as session:
        wanted = {mark_of(found) for found in session.scalars(_wanted_on(router_id))}
    leftovers = [user for user in users if user.mark not in wanted]
    for user in leftovers:
        hotspot.remove_user(user.name, user.mark, ports.settings().router_timeout)
    log().info("sweep", router=router_id, users=len(users), removed=len(leftovers))
    return Round(users=len(users), removed=len(leftovers))


def _settled_on(router_id: str) -> Any:
    return select(Access).where(
        Access.router_id == router_id,
        Access.wanted == "enabled",
        Access.actual == "enabled",
        is_free(Access),
    )


def _sold_on(session: Session, router_id: str) -> int:
    """How many users can have been made on the router: one for each access there ever was."""
    sold = select(func.count()).select_from(Access).where(Access.router_id == router_id)
    return session.scalar(sold) or 0


def _wanted_on(router_id: str) -> Any:
    return select(Access.id).where(Access.router_id == router_id, Access.wanted != "absent")


@dataclass(frozen=True)
class _Look:
    """What one look at an access changes in its record."""

    access: Access
    values: dict[str, Any]
    lost: bool = False


def _look(access: Access, user: HotspotUser | None) -> _Look:
    if user is None:
        return _Look(access, _forgotten(access) | {"actual": "absent"} | _due(), lost=True)
    seconds, used = user.uptime, user.bytes_in + user.bytes_out
    values: dict[str, Any] = {}
    if seconds < access.seen_seconds or used < access.seen_bytes:
        values |= _forgotten(access)
    if (seconds, used) != (access.seen_seconds, access.seen_bytes):
        values |= {"seen_seconds": seconds, "seen_bytes": used, "seen_at": utc_now()}
    if user.disabled:
        values |= {"actual": "disabled"} | _due()
    values |= _first_use(access, seconds)
    return _Look(access, values | _end(access, values))


def _forgotten(access: Access) -> dict[str, Any]:
    """The router counts from nothing again: what it had counted is kept by us."""
    return {
        "used_seconds": access.used_seconds + access.seen_seconds,
        "used_bytes": access.used_bytes + access.seen_bytes,
        "seen_seconds": 0,
        "seen_bytes": 0,
    }


def _first_use(access: Access, uptime: int) -> dict[str, Any]:
    """The clock of a plan that counts from first use starts when its user was first online."""
    waits = access.duration_from == "first_use" and access.expires_at is None
    if not waits or uptime == 0 or access.duration_seconds is None:
        return {}
    begun = utc_now() - timedelta(seconds=uptime)
    ends = begun + timedelta(seconds=access.duration_seconds)
    return {"started_at": begun, "expires_at": ends, "next_attempt_at": from_now(_until(ends))}


def _end(access: Access, values: dict[str, Any]) -> dict[str, Any]:
    def now(name: str) -> int:
        counted: int = values.get(name, getattr(access, name))
        return counted

    seconds = now("used_seconds") + now("seen_seconds")
    used = now("used_bytes") + now("seen_bytes")
    time_limit = access.duration_seconds if access.duration_from == "connected" else None
    out_of_time = time_limit is not None and seconds >= time_limit
    out_of_data = access.data_limit is not None and used >= access.data_limit
    return {"wanted": "absent"} | _due() if out_of_time or out_of_data else {}


def _due() -> dict[str, Any]:
    return {"next_attempt_at": from_now()}


def _until(moment: datetime) -> float:
    return max(0.0, (moment - utc_now()).total_seconds())


def _store(looks: list[_Look]) -> None:
    with writing() as session:
        for look in looks:
            _store_one(session, look)


def _store_one(session: Session, look: _Look) -> None:
    """Only where nothing happened to the access since it was read."""
    read = look.access
    session.execute(
        update(Access)
        .where(
            Access.id == read.id,
            is_free(Access),
            Access.wanted == read.wanted,
            Access.actual == read.actual,
            Access.updated_at == read.updated_at,
        )
        .values(**look.values, updated_at=utc_now()),
        execution_options={"synchronize_session": False},
    )
