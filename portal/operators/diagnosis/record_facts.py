"""Make the facts of a decision out of our records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.spans import Span, joined, running
from portal.access.usage import bytes_left, seconds_left
from portal.alerts.kinds import AlertKind
from portal.core.vault import VaultError
from portal.models import Access, Alert, Outage, Sale, utc_now
from portal.models.access import AccessState
from portal.models.sale_states import CancelReason, SaleState
from portal.operators.diagnosis.facts import AccessFacts, MoneyFacts

# Of its time, less than this without its router is no outage to speak of.
SHORTEST_OUTAGE = 300.0


def name_of(access: Access | None) -> str | None:
    """Give the code's user, None where it cannot be read any more."""
    try:
        name: str | None = access.name if access else None
    except VaultError:
        return None
    return name


def money_of(sale: Sale | None) -> MoneyFacts | None:
    """Say how a purchase stands."""
    if sale is None:
        return None
    return MoneyFacts(
        state=SaleState(sale.state),
        cancel_reason=CancelReason(sale.cancel_reason) if sale.cancel_reason else None,
        is_parked=sale.parked_reason is not None,
        bank_waits=sale.state == SaleState.PENDING and sale.action_url is not None,
        is_deferred=sale.is_deferred,
    )


def access_of(access: Access | None, outage: Span | None) -> AccessFacts | None:
    """Say how an access stands; `outage` is time that it lost, see `lost_time`."""
    if access is None:
        return None
    return AccessFacts(
        wanted=AccessState(access.wanted),
        actual=AccessState(access.actual),
        is_blocked=access.blocked_at is not None,
        is_readable=name_of(access) is not None,
        devices=access.max_devices or 1,
        seconds_left=seconds_left(access),
        data_left=bytes_left(access),
        lost_to_outage=outage is not None,
    )


def lost_time(session: Session, access: Access) -> Span | None:
    """Give the longest time within an access' own in which its router is known to have been away.

    None where it was declared as an outage already, or is over too short to speak of.
    """
    start, end = access.started_at, access.expires_at
    if start is None or end is None:
        return None
    declared = joined(
        Span(one.starts_at, one.ends_at)
        for one in session.scalars(select(Outage).where(Outage.router_id == access.router_id))
    )
    away = [_within(alert, start, end) for alert in _absences(session, access, start, end)]
    lost = [span for span in away if span.end > span.start]
    longest = max(lost, key=lambda span: span.end - span.start, default=None)
    if longest is None or running(*longest, declared).total_seconds() < SHORTEST_OUTAGE:
        return None
    return longest


def _absences(session: Session, access: Access, start: datetime, end: datetime) -> list[Alert]:
    over = select(Alert).where(
        Alert.company_id == access.company_id,
        Alert.kind == AlertKind.ROUTER_AWAY,
        Alert.subject == access.router_id,
        Alert.created_at < end,
        Alert.resolved_at > start,
    )
    return list(session.scalars(over))


def _within(alert: Alert, start: datetime, end: datetime) -> Span:
    return Span(max(alert.created_at, start), min(alert.resolved_at or utc_now(), end))
