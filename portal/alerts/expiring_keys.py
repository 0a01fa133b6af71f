"""Tell of routers whose API key is about to expire: their pages could sell nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core import formatting
from portal.core.database import reading, writing
from portal.models import Alert, ApiKey, Company, Router, utc_now
from portal.ports import time_zone_of

SOON = timedelta(days=14)
SENTENCE = (
    "La API Key del router «{}» vence el {}: cree otra y póngala en su portal, o ese día deja "
    "de vender."
)


def tell_of_expiring_keys() -> None:
    """Raise an alert about each router whose newest key ends within 14 days, once; close others."""
    with reading() as session:
        soon = session.execute(_newest().having(func.max(ApiKey.expires_at) < utc_now() + SOON))
        found = [(router, company, ends) for router, company, ends in soon]
        renewed = session.execute(_renewed()).all()
    for router, company, ends in found:
        _tell(router, company, ends)
    for company_id, router_id in renewed:
        with writing() as session:
            resolve_alerts(session, company_id, AlertKind.KEY_EXPIRING, router_id)


def _newest() -> Select[Router, Company, datetime]:
    """Select routers that sell, and of which nothing is told, with their newest key's end."""
    told = select(Alert.id).where(
        Alert.company_id == Router.company_id,
        Alert.kind == AlertKind.KEY_EXPIRING,
        Alert.subject == Router.id,
        Alert.resolved_at.is_(None),
    )
    return (
        select(Router, Company, func.max(ApiKey.expires_at))
        .join(Company, Company.id == Router.company_id)
        .join(ApiKey, ApiKey.router_id == Router.id)
        .where(Router.active, Company.active, ApiKey.revoked_at.is_(None), ~told.exists())
        .group_by(Router.id, Company.id)
    )


def _renewed() -> Select[str, str]:
    """Select alerts about routers that have a key for longer by now."""
    lasting = select(ApiKey.id).where(
        ApiKey.router_id == Alert.subject,
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at >= utc_now() + SOON,
    )
    return select(Alert.company_id, Alert.subject).where(
        Alert.kind == AlertKind.KEY_EXPIRING, Alert.resolved_at.is_(None), lasting.exists()
    )


def _tell(router: Router, company: Company, ends: datetime) -> None:
    said = SENTENCE.format(router.name, formatting.moment(ends, time_zone_of(company)))
    with writing() as session:
        raise_alert(session, company.id, AlertKind.KEY_EXPIRING, router.id, said)
