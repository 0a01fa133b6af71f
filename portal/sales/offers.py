"""Find what is to be bought, and all that is read of it before anything happens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, String, bindparam, true

from portal.core.database import reading
from portal.models import Company, GatewayAccount, Plan, Router
from portal.sales.card_testing import refuse_card_testing
from portal.sales.catalogue import catalogue
from portal.sales.declines import decline_values, recent_declines
from portal.sales.errors import PaymentUnavailable, PlanNotFound
from portal.sales.request import PurchaseRequest


@dataclass(frozen=True)
class Offer:
    """A plan on sale, with the router that delivers it and the account that is paid.

    `pin_digits` is how long the company's PINs are.
    """

    plan: Plan
    router: Router
    account: GatewayAccount
    pin_digits: int


def find_offer(order: PurchaseRequest) -> Offer:
    """What the order buys. One query.

    Raises PlanNotFound, PaymentUnavailable, TooManyRequests.
    """
    values = {"plan_id": order.plan_id, "company_id": order.company_id} | decline_values(order)
    with reading() as session:
        row = session.execute(_query(), values).first()
    if row is None:
        raise PlanNotFound
    if not row.can_be_paid:
        raise PaymentUnavailable
    refuse_card_testing(order, row)
    return Offer(row.Plan, row.Router, row.GatewayAccount, row.Company.pin_digits)


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """Built once: that takes longer than asking."""
    declines = recent_declines()
    return (
        catalogue(declines)
        .join(declines, true())
        .where(
            Router.id == bindparam("router_id", type_=String),
            Company.id == bindparam("company_id"),
            Plan.id == bindparam("plan_id"),
        )
        .order_by(None)
    )
