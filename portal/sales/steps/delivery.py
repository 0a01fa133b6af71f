"""Take the last step: the access enabled, and the device online where that was asked for."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from portal.access.blocked import record_blocked
from portal.access.desired_state import hold_access, put_actual, put_unknown
from portal.access.payment_pass.removal import is_in_to_pay
from portal.access.provisioning import apply as provision
from portal.access.provisioning import expiry, known_of, told_of
from portal.alerts.router_alerts import (
    tell_of_changed_users,
    tell_of_login,
    tell_of_refusal,
)
from portal.core.database import writing
from portal.core.logs import log
from portal.core.rows.batch import RowBatch
from portal.hotspot.errors import RouterError
from portal.hotspot.presence import LoggedIn, NotLoggedIn
from portal.models import Access, utc_now
from portal.models.access import AccessState
from portal.sales import decisions
from portal.sales.context import SaleContext
from portal.sales.transitions import apply


def deliver(context: SaleContext) -> bool:
    """Open what was paid for: `paid` → `delivered`; give False when the router is away."""
    if not _holds_access(context):
        return False
    extends = context.sale.extends
    try:
        found = provision(
            context.provisioner,
            context.access,
            context.router_time(),
            context.user_id,
            limits=extends,
        )
    except RouterError as error:
        _wait_for_router(context, error)
        return False
    if found.left_disabled:
        _wait_for_operator(context)
        return False
    login = _log_in(context)
    _record_delivery(context, login)
    if (told := told_of(context.access, found)) is not None:
        tell_of_changed_users(context.router, told)
    if isinstance(login, NotLoggedIn) or (login is not None and login.unbound):
        tell_of_login(context.router, login)
    return True


def _log_in(context: SaleContext) -> LoggedIn | NotLoggedIn | None:
    """Log the device in at once, if that can be; the credentials work by hand in any case."""
    sale = context.sale
    if not sale.auto_connect or sale.mac is None:
        return None
    try:
        said = _ask_in(context, sale.mac)
        if isinstance(said, NotLoggedIn) and is_in_to_pay(context.router, sale.mac, said):
            said = _ask_in(context, sale.mac)
        return said
    except RouterError as error:
        log().info("login failed", sale=sale.id, error=type(error).__name__)
        tell_of_refusal(context.router, error)
        return None


def _ask_in(context: SaleContext, mac: str) -> LoggedIn | NotLoggedIn:
    sale, access = context.sale, context.access
    return context.presence.log_in(
        access.name,
        access.password,
        mac,
        context.router_time(),
        address=sale.ip,
        clear_stale=sale.extends,
        devices=access.max_devices or 1,
        mark=context.mark,
        known=known_of(access),
    )


def _holds_access(context: SaleContext) -> bool:
    """Lease now an access that stood before; a new one was leased along with its sale."""
    if context.access.lease is not None or not context.sale.extends:
        return True
    with writing() as session:
        if hold_access(session, context.access):
            context.access = session.get_one(Access, context.access.id)
            return True
    apply(context, decisions.WAIT)
    return False


def _record_delivery(context: SaleContext, login: LoggedIn | NotLoggedIn | None) -> None:
    at = utc_now()
    online = login.session if isinstance(login, LoggedIn) else None
    session = (online.id, online.address) if online else (None, None)
    record = partial(_record_access, access=context.access, at=at)
    apply(context, decisions.delivered(context.facts, session, at), along=record)


def _record_access(batch: RowBatch, access: Access, at: datetime) -> None:
    times = _times(access, at)
    left = _seconds_until(times.get("expires_at", access.expires_at), at)
    put_actual(batch, access, AccessState.ENABLED, due_in=left, attempts=0, **times)


def _seconds_until(end: datetime | None, at: datetime) -> float | None:
    return max(0.0, (end - at).total_seconds()) if end else None


def _times(access: Access, at: datetime) -> dict[str, datetime | None]:
    """Tell when an access begins and ends. Of one that has begun, the money moved the end."""
    if access.started_at is not None:
        return {}
    return {"started_at": at, "expires_at": expiry(access, at)}


def _wait_for_operator(context: SaleContext) -> None:
    """Leave what a person disabled as it is: the money waits for them, or goes back in time."""
    sale, access = context.sale, context.access
    left = _seconds_until(access.expires_at, utc_now())
    record = partial(record_blocked, access=access, due_in=left)
    apply(context, decisions.WAIT, along=lambda batch: batch.also(record))
    log().warning("delivery waits for operator", sale=sale.id, access=access.id)


def _wait_for_router(context: SaleContext, error: RouterError) -> None:
    sale, access = context.sale, context.access
    apply(context, decisions.WAIT, along=lambda batch: put_unknown(batch, access))
    tell_of_refusal(context.router, error)
    log().warning("delivery waits for router", sale=sale.id, error=type(error).__name__)
