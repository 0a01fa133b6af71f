"""A sale and its access as they are first written: with everything as it was."""

from __future__ import annotations

import secrets

from portal.access.credentials import draw_credentials
from portal.core.records import new_id
from portal.models import Access, Sale, SaleVisit
from portal.sales.offers import Offer
from portal.sales.request import PageVisit, PurchaseRequest


def new_access(order: PurchaseRequest, offer: Offer) -> Access:
    """An access with credentials just drawn; from now on the router may have its user."""
    plan, pin_digits = offer.plan, offer.pin_digits if order.kind == "pin" else None
    name, password = draw_credentials(order.kind, pin_digits)
    access = Access(
        id=new_id("acc_", 20, upper=False),
        company_id=order.company_id,
        router_id=order.router_id,
        kind=order.kind,
        name=name,
        pin_digits=pin_digits,
        wanted="disabled",
        actual="unknown",
        profile_name=plan.profile_name,
        mac=order.mac,
        duration_seconds=plan.duration_seconds,
        duration_from=plan.duration_from,
        data_limit=plan.data_limit,
        max_devices=plan.max_devices,
        speed=plan.speed,
        lease=secrets.token_hex(8),
    )
    access.password = password
    return access


def new_sale(order: PurchaseRequest, offer: Offer, access: Access) -> Sale:
    """The sale, with plan, price and account as they stand now."""
    plan = offer.plan
    sale_id = new_id("sal_", 32, upper=False)
    key = order.key(live=offer.account.mode == "live")
    return Sale(
        extends=order.extends_access_id is not None,
        id=sale_id,
        company_id=order.company_id,
        router_id=order.router_id,
        plan_id=plan.id,
        gateway_account_id=offer.account.id,
        access_id=access.id,
        idempotency_key=key or sale_id,
        request_digest=order.digest(),
        card_token_digest=order.card_token_digest,
        device=order.device,
        mac=order.mac,
        ip=order.ip,
        client_address=order.client_address,
        customer_name=order.customer_name,
        customer_email=order.customer_email,
        customer_phone=order.customer_phone,
        device_info=order.device_info,
        language=order.language,
        auto_connect=order.auto_connect,
        plan_name=plan.name,
        amount=plan.amount,
        currency=plan.currency,
        profile_name=plan.profile_name,
        duration_seconds=plan.duration_seconds,
        duration_from=plan.duration_from,
        data_limit=plan.data_limit,
        max_devices=plan.max_devices,
        state="opened",
        lease=secrets.token_hex(8),
    )


def new_sale_visit(sale: Sale, visit: PageVisit) -> SaleVisit:
    """What leads the buyer back to where they were."""
    kept = SaleVisit(id=sale.id, company_id=sale.company_id, visit_id=visit.id)
    kept.visit = visit.text
    return kept
