"""The last step: the access enabled, and the device online where that was asked for."""

from __future__ import annotations

from datetime import datetime

from portal.database import writing
from portal.hotspot.router import LoggedIn, NotLoggedIn, RouterError, RouterRefused
from portal.logs import log
from portal.models import Access, utc_now
from portal.ports import settings
from portal.sales.access import bring, expiry
from portal.sales.access_ledger import hold_access, record_actual, record_unknown
from portal.sales.alerts import raise_alert
from portal.sales.ledger import move, reschedule
from portal.sales.work import Work


def deliver(work: Work) -> bool:
    """Open the door that was paid for: `paid` → `delivered`; False when the router is away."""
    if not _holds_access(work):
        return False
    extends = work.sale.extends
    try:
        bring(work.hotspot, work.access, work.router_time(), work.user_id, limits=extends)
    except RouterError as error:
        _wait_for_router(work, error)
        return False
    _record_delivery(work, _log_in(work))
    return True


def _log_in(work: Work) -> LoggedIn | NotLoggedIn | None:
    """The device online at once, if it can be; the credentials work by hand in any case."""
    sale, access = work.sale, work.access
    if not sale.auto_connect or sale.mac is None:
        return None
    try:
        return _online(work, sale.mac) or work.hotspot.log_in(
            access.name,
            access.password,
            sale.mac,
            work.router_time(),
            address=sale.ip,
            clear_stale=sale.extends,
        )
    except RouterError as error:
        log().info("login failed", sale=sale.id, kind=type(error).__name__)
        return None


def _online(work: Work, mac: str) -> LoggedIn | None:
    """The session that an access which is being extended may have already."""
    if not work.sale.extends:
        return None
    sessions = work.hotspot.sessions(work.router_time(), user=work.access.name)
    return next((LoggedIn(session) for session in sessions if session.mac == mac), None)


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
        if isinstance(error, RouterRefused):
            raise_alert(session, sale.company_id, "router_refused", sale.router_id, error.advice)
        reschedule(session, sale)
        record_unknown(session, access)
    log().warning("delivery waits for router", sale=sale.id, kind=type(error).__name__)
