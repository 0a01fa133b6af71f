"""Find what is on sale by deferred payment, and until when it can be paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased

from portal.core.database import reading
from portal.core.errors import TooManyRequests
from portal.models import Company, GatewayAccount, Plan, Router, Sale, utc_now
from portal.models.sale_states import CancelReason
from portal.payments.methods import Deferred, Method
from portal.sales.catalogue import catalogue
from portal.sales.errors import MethodNotOffered, PaymentUnavailable, PlanNotFound
from portal.sales.methods import OfferedMethod, methods_for
from portal.sales.request import Offer, PurchaseRequest

# References of one address that nobody has paid: a crowd in a café has many, a program more. Those
# that are being asked for count as well, and those that were let go for others.
MOST_UNPAID, UNPAID_SINCE = 30, timedelta(hours=1)
WAIT_SECONDS = 600
TOO_MANY = "Hay demasiadas referencias sin pagar desde aquí. Intente más tarde."


def deferred_means(order: PurchaseRequest, sale: Sale) -> Deferred:
    """Say to the gateway how the order is to be paid, and until when."""
    assert sale.payable_until is not None
    return Deferred(order.method, sale.payable_until, order.network)


def find_deferred_offer(order: PurchaseRequest) -> Offer:
    """Find what the order buys.

    Raises PlanNotFound, PaymentUnavailable, MethodNotOffered, TooManyRequests.
    """
    values = {name: getattr(order, name) for name in ("router_id", "company_id", "plan_id")}
    with reading() as session:
        rows = session.execute(_query(), values).all()
        unpaid = session.scalar(_unpaid(order)) or 0
    if not rows:
        raise PlanNotFound
    accounts = [row.at_any for row in rows if row.at_any is not None]
    if not accounts:
        raise PaymentUnavailable
    if unpaid >= MOST_UNPAID:
        raise TooManyRequests(WAIT_SECONDS, TOO_MANY)
    company: Company = rows[0].Company
    chosen = _chosen(order, methods_for(rows[0].Plan, company, accounts))
    return Offer(
        rows[0].Plan,
        rows[0].Router,
        chosen.account,
        company.pin_digits,
        company.vat_rate,
        utc_now() + min(timedelta(hours=company.hours_to_pay), chosen.terms.longest),
    )


def _chosen(order: PurchaseRequest, offered: Sequence[OfferedMethod]) -> OfferedMethod:
    """Choose where it is paid: where the buyer wants, else where is usual, else as preferred."""
    found = [each for each in offered if each.method == order.method]
    if order.provider is not None:
        found = [each for each in found if each.account.provider == order.provider]
    if order.network is not None:
        found = [each for each in found if order.network in each.networks]
    if not found:
        raise MethodNotOffered
    return max(found, key=lambda each: each.account.provider == order.usual_provider)


def _unpaid(order: PurchaseRequest) -> Select[int]:
    return select(func.count()).where(
        Sale.router_id == order.router_id,
        Sale.created_at > utc_now() - UNPAID_SINCE,
        Sale.client_address == order.client_address,
        Sale.paid_at.is_(None),
        Sale.cancel_reason.is_distinct_from(CancelReason.FAILED),
        Sale.method != Method.CARD,
    )


@cache
def _query() -> Select[*tuple[Any, ...]]:
    at_any = aliased(GatewayAccount, name="at_any")
    can_be_paid = at_any.current & at_any.private_key_sealed.is_not(None)
    return (
        catalogue(at_any)
        .outerjoin(at_any, (at_any.company_id == Router.company_id) & can_be_paid)
        .where(
            Router.id == bindparam("router_id"),
            Company.id == bindparam("company_id"),
            Plan.id == bindparam("plan_id"),
        )
        .order_by(None)
        .order_by(at_any.preferred.desc(), at_any.provider)
    )
