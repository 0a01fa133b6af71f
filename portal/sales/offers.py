"""Read what is on sale, and whether a sale of it could be finished, before anything happens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, String, bindparam, true

from portal import ports
from portal.access.provisioning import hotspot_user
from portal.core.database import reading
from portal.core.rows.columns import columns_of, loaded
from portal.core.rows.prepared import find
from portal.core.vault import VaultError
from portal.models import Access, Company, GatewayAccount, Plan, Router
from portal.sales.card_testing import decline_values, recent_declines, refuse_card_testing
from portal.sales.catalogue import catalogue
from portal.sales.errors import PaymentUnavailable, PlanNotFound
from portal.sales.missing_keys import tell_of_lost_key
from portal.sales.request import PurchaseRequest


@dataclass(frozen=True)
class Offer:
    """Hold a plan on sale, with the router that delivers it and the account that is paid.

    `pin_digits` is how long the company's PINs are, `vat_rate` the tax within its prices, in basis
    points.
    """

    plan: Plan
    router: Router
    account: GatewayAccount
    pin_digits: int
    vat_rate: int


def find_offer(order: PurchaseRequest) -> Offer:
    """Find what the order buys. One query.

    Raises PlanNotFound, PaymentUnavailable, TooManyRequests.
    """
    values = {"plan_id": order.plan_id, "company_id": order.company_id}
    values |= {"provider": order.provider or order.usual_provider or ""} | decline_values(order)
    row = find(_query(), values)
    if row is None:
        raise PlanNotFound
    if not row.can_be_paid:
        raise PaymentUnavailable
    offer = _offer(row)
    if order.provider not in (None, offer.account.provider):
        raise PaymentUnavailable
    refuse_card_testing(order, row)
    return offer


def _offer(row: Any) -> Offer:
    after_router = len(columns_of(Router)) + 1
    after_account = after_router + len(columns_of(GatewayAccount))
    return Offer(
        loaded(Plan, row, after_account),
        loaded(Router, row),
        loaded(GatewayAccount, row, after_router),
        row.pin_digits,
        row.vat_rate,
    )


def refuse_lost_keys(order: PurchaseRequest, offer: Offer) -> None:
    """Raise PaymentUnavailable, and tell the operator, where the order could not be finished."""
    try:
        _reach_for_both_ends(order, offer)
    except VaultError as error:
        tell_of_lost_key(error)
        raise PaymentUnavailable from None


def _reach_for_both_ends(order: PurchaseRequest, offer: Offer) -> None:
    """Reach for both as the sale's steps will. Raises VaultError."""
    ports.provisioner_of(offer.router)
    ports.gateway_of(offer.account)
    if order.extends_access_id is None:
        return
    with reading() as session:
        access = session.get(Access, order.extends_access_id)
    if access is not None:
        hotspot_user(access)


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """Build the query once: that takes longer than asking."""
    declines = recent_declines()
    return (
        catalogue(
            declines,
            Company.vat_rate,
            of_company=Company.pin_digits,
            whole=columns_of,
            wanted=bindparam("provider", type_=String),
        )
        .join(declines, true())
        .where(
            Router.id == bindparam("router_id", type_=String),
            Company.id == bindparam("company_id"),
            Plan.id == bindparam("plan_id"),
        )
        .order_by(None)
    )
