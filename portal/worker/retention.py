"""Delete customers' personal data after the time that the company sets."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Delete, Update, and_, delete, select, update

from portal.core.database import writing
from portal.core.logs import log
from portal.models import (
    Access,
    AlertMessage,
    Company,
    Sale,
    SaleVisit,
    SaleWords,
    WebhookEvent,
    utc_now,
)
from portal.models.access import AccessState
from portal.models.sale_states import FINAL

ERASED = "(eliminado)"
# Nobody finds back into a visit that old: what the pages seal is stale by then.
VISITS = timedelta(days=1)
# What was sent is kept for whoever wonders whether it was.
MESSAGES = timedelta(days=30)


def erase_personal_data(company_id: str) -> int:
    """Blank names, addresses and devices of old sales; return how many. The money's record stays.

    So does what the gateway told us at the time, but for the bodies, which name the buyer.
    The visits that sales came from go after a day, whatever the company has set;
    alerts that were sent, after a month.
    """
    with writing() as session:
        company = session.get_one(Company, company_id)
        before = utc_now() - timedelta(days=company.keep_personal_days)
        session.execute(_of_words(company_id, before))
        result = session.execute(_of_sales(company_id, before))
        session.execute(_of_accesses(company_id, before))
        session.execute(_of_webhooks(company_id, before))
        session.execute(_of_visits(company_id))
        session.execute(_of_messages(company_id))
    erased = int(getattr(result, "rowcount", 0))
    log().info("personal data erased", company=company_id, sales=erased)
    return erased


def _old(company_id: str, before: datetime) -> ColumnElement[bool]:
    return and_(
        Sale.company_id == company_id,
        Sale.created_at < before,
        Sale.state.in_(FINAL),
        Sale.erased_at.is_(None),
    )


def _of_words(company_id: str, before: datetime) -> Delete:
    old = select(Sale.id).where(_old(company_id, before))
    return delete(SaleWords).where(SaleWords.sale_id.in_(old))


def _of_sales(company_id: str, before: datetime) -> Update:
    return (
        update(Sale)
        .where(_old(company_id, before))
        .values(
            customer_name=ERASED,
            customer_email=ERASED,
            customer_phone=None,
            device=Sale.id,
            mac=None,
            ip=None,
            client_address=None,
            device_info=None,
            erased_at=utc_now(),
        )
    )


def _of_accesses(company_id: str, before: datetime) -> Update:
    """Blank devices, only of those that open no door any more."""
    old = update(Access).where(
        Access.company_id == company_id,
        Access.created_at < before,
        Access.wanted == AccessState.ABSENT,
        Access.actual == AccessState.ABSENT,
        Access.mac.is_not(None),
    )
    return old.values(mac=None)


def _of_webhooks(company_id: str, before: datetime) -> Update:
    old = update(WebhookEvent).where(
        WebhookEvent.company_id == company_id,
        WebhookEvent.received_at < before,
        WebhookEvent.body != ERASED,
    )
    return old.values(body=ERASED)


def _of_visits(company_id: str) -> Delete:
    return delete(SaleVisit).where(
        SaleVisit.company_id == company_id, SaleVisit.created_at < utc_now() - VISITS
    )


def _of_messages(company_id: str) -> Delete:
    return delete(AlertMessage).where(
        AlertMessage.company_id == company_id,
        AlertMessage.due_at.is_(None),
        AlertMessage.created_at < utc_now() - MESSAGES,
    )
