"""The last step: the access enabled, and the device online where that was asked for."""

from __future__ import annotations

from datetime import datetime

from portal.access.desired_state import hold_access, record_actual, record_unknown
from portal.access.provisioning import bring, expiry, known_of, told_of
from portal.alerts.router_alerts import tell_of_changed_users, tell_of_login, tell_of_refusal
from portal.core.database import writing
from portal.core.logs import log
from portal.hotspot.router import LoggedIn, NotLoggedIn, RouterError
from portal.models import Access, utc_now
from portal.ports import settings
from portal.sales.context import Work
from portal.sales.transitions import move, reschedule


def deliver(work: Work) -> bool:
    """Open the door that was paid for: `paid` → `delivered`; False when the router is away."""
    if not _holds_access(work):
        return False
    extends = work.sale.extends
    try:
        found = bring(work.hotspot, work.access, work.router_time(), work.user_id, limits=extends)
    except RouterError as error:
        _wait_for_router(work, error)
        return False
    login = _log_in(work)
    _record_delivery(work, login)
    tell_of_changed_users(work.router, told_of(work.access, found))
    if login is not None:
        tell_of_login(work.router, login)
    return True


def _log_in(work: Work) -> LoggedIn | NotLoggedIn | None:
    """The device online at once, if it can be; the credentials work by hand in any case."""
    sale, access = work.sale, work.access
    if not sale.auto_connect or sale.mac is None:
        return None
    try:
        return work.hotspot.log_in(
            access.name,
            access.password,
            sale.mac,
            work.router_time(),
            address=sale.ip,
            clear_stale=sale.extends,
            devices=access.max_devices or 1,
            mark=work.mark,
            known=known_of(access),
        )
    except RouterError as error:
        log().info("login failed", sale=sale.id, kind=type(error).__name__)
        tell_of_refusal(work.router, error)
        return None


def _holds_access(work: Work) -> bool:
    """A new access was leased along with its sale; one that stood before is leased now."""
    if work.access.lease is not None or not work.sale.extends:
        return True
    with writing() as session:
        if hold_access(session, work.access):
            work.access = session.get_one(Access, work.access.id)
            return True
        reschedule(session, work.sale, due_in=settings().retry_first)
    return False


def _record_delivery(work: Work, login: LoggedIn | NotLoggedIn | None) -> None:
    now = utc_now()
    online = login.session if isinstance(login, LoggedIn) else None
    with writing() as session:
        move(
            session,
            work.sale,
            "delivered",
            actor=work.actor,
            delivered_at=now,
            session_id=online and online.id,
            session_ip=online and online.address,
            lease=None,
        )
        times = _times(work, now)
        ends = times.get("expires_at", work.access.expires_at)
        record_actual(
            session,
            work.access,
            "enabled",
            due_in=max(0.0, (ends - now).total_seconds()) if ends else None,
            attempts=0,
            **times,
        )


def _times(work: Work, now: datetime) -> dict[str, datetime | None]:
    """When an access begins and ends. Of one that has begun, the money moved the end."""
    if work.access.started_at is not None:
        return {}
    return {"started_at": now, "expires_at": expiry(work.access, now)}


def _wait_for_router(work: Work, error: RouterError) -> None:
    sale, access = work.sale, work.access
    with writing() as session:
        reschedule(session, sale)
        record_unknown(session, access)
    tell_of_refusal(work.router, error)
    log().warning("delivery waits for router", sale=sale.id, kind=type(error).__name__)
