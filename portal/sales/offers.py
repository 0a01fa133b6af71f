"""What is on sale, and what is read of it before anything happens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, String, bindparam, or_, select, true

from portal.core.database import reading
from portal.models import Company, GatewayAccount, Plan, Router
from portal.sales.card_testing import refuse_card_testing
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
    if row.GatewayAccount is None or row.GatewayAccount.private_key_sealed is None:
        raise PaymentUnavailable
    refuse_card_testing(order, row)
    return Offer(row.Plan, row.Router, row.GatewayAccount, row.pin_digits)


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """Built once: that takes longer than asking."""
    declines = recent_declines()
    router_id = bindparam("router_id", type_=String)
    return (
        select(Plan, Router, GatewayAccount, Company.pin_digits, declines)
        .select_from(Plan)
        .join(declines, true())
        .join(Router, Router.id == router_id)
        .join(Company, Company.id == Plan.company_id)
        .outerjoin(
            GatewayAccount,
            (GatewayAccount.company_id == Plan.company_id) & GatewayAccount.current,
        )
        .where(
            Plan.id == bindparam("plan_id"),
            Plan.company_id == bindparam("company_id"),
            Plan.active,
            or_(Plan.router_id.is_(None), Plan.router_id == router_id),
        )
    )
