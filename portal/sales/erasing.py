"""Customers' personal data is deleted after the time that the company sets."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from portal.database import writing
from portal.logs import log
from portal.models import Company, Sale, WebhookEvent, utc_now
from portal.sales.claims import FINAL

ERASED = "(eliminado)"


def erase_personal_data(company_id: str) -> int:
    """Blank names, addresses and devices of old sales; how many. The money's record stays.

    So does what the gateway told us at the time, but for the bodies, which name the buyer.
    """
    with writing() as session:
        company = session.get_one(Company, company_id)
        before = utc_now() - timedelta(days=company.keep_personal_days)
        result = session.execute(
            update(Sale)
            .where(
                Sale.company_id == company_id,
                Sale.created_at < before,
                Sale.state.in_(FINAL),
                Sale.erased_at.is_(None),
            )
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
        session.execute(
            update(WebhookEvent)
            .where(
                WebhookEvent.company_id == company_id,
                WebhookEvent.received_at < before,
                WebhookEvent.body != ERASED,
            )
            .values(body=ERASED)
        )
    erased = int(getattr(result, "rowcount", 0))
    log().info("personal data erased", company=company_id, sales=erased)
    return erased
