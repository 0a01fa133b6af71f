"""The last step: the access enabled, and the device online where that was asked for."""

from __future__ import annotations

from datetime import datetime

from portal.access.desired_state import hold_access, record_actual, record_unknown
from portal.access.provisioning import apply, expiry, known_of, told_of
from portal.alerts.router_alerts import tell_of_changed_users, tell_of_login, tell_of_refusal
from portal.core.database import writing
from portal.core.logs import log
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import LoggedIn, NotLoggedIn
from portal.models import Access, utc_now
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.transitions import move, reschedule


def deliver(context: SaleContext) -> bool:
    """Open the door that was paid for: `paid` → `delivered`; False when the router is away."""
    if not _holds_access(context):
        return False
    extends = context.sale.extends
    try:
        found = apply(
            context.provisioner,
            context.access,
            context.router_time(),
            context.user_id,
            limits=extends,
        )
    except RouterError as error:
        _wait_for_router(context, error)
        return False
    login = _log_in(context)
    _record_delivery(context, login)
    tell_of_changed_users(context.router, told_of(context.access, found))
    if login is not None:
        tell_of_login(context.router, login)
    return True


def _log_in(context: SaleContext) -> LoggedIn | NotLoggedIn | None:
    """The device online at once, if it can be; the credentials work by hand in any case."""
    sale, access = context.sale, context.access
    if not sale.auto_connect or sale.mac is None:
        return None
    try:
        return context.presence.log_in(
            access.name,
            access.password,
            sale.mac,
            context.router_time(),
            address=sale.ip,
            clear_stale=sale.extends,
            devices=access.max_devices or 1,
            mark=context.mark,
            known=known_of(access),
        )
    except RouterError as error:
        log().info("login failed", sale=sale.id, error=type(error).__name__)
        tell_of_refusal(context.router, error)
        return None


def _holds_access(context: SaleContext) -> bool:
    """A new access was leased along with its sale; one that stood before is leased now."""
    if context.access.lease is not None or not context.sale.extends:
        return True
    with writing() as session:
        if hold_access(session, context.access):
            context.access = session.get_one(Access, context.access.id)
            return True
        reschedule(session, context.sale, due_in=settings().retry_first)
    return False


def _record_delivery(context: SaleContext, login: LoggedIn | NotLoggedIn | None) -> None:
    now = utc_now()
    online = login.session if isinstance(login, LoggedIn) else None
    with writing() as session:
        move(
            session,
            context.sale,
            "delivered",
            actor=context.actor,
            delivered_at=now,
            session_id=online and online.id,
            session_ip=online and online.address,
            lease=None,
        )
        times = _times(context, now)
        ends = times.get("expires_at", context.access.expires_at)
        record_actual(
            session,
            context.access,
            "enabled",
            due_in=max(0.0, (ends - now).total_seconds()) if ends else None,
            attempts=0,
            **times,
        )


def _times(context: SaleContext, now: datetime) -> dict[str, datetime | None]:
    """When an access begins and ends. Of one that has begun, the money moved the end."""
    if context.access.started_at is not None:
        return {}
    return {"started_at": now, "expires_at": expiry(context.access, now)}


def _wait_for_router(context: SaleContext, error: RouterError) -> None:
    sale, access = context.sale, context.access
    with writing() as session:
        reschedule(session, sale)
        record_unknown(session, access)
    tell_of_refusal(context.router, error)
    log().warning("delivery waits for router", sale=sale.id, error=type(error).__name__)
