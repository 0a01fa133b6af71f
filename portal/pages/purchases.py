"""A purchase in the making: what the page showed, signed, until the form comes back."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from flask import request
from sqlalchemy import select

from portal.client_address import client_address
from portal.database import reading
from portal.models import Plan, Sale
from portal.pages.checkout_form import Values
from portal.pages.device import known_device
from portal.pages.seals import PURCHASE, seal, unseal
from portal.pages.shop import Shop
from portal.pages.visit import Visit
from portal.sales.order import Order, key_of
from portal.sales.standing import Standing, find_standing

KEY = "page:"
LONGEST_AGENT = 500


@dataclass(frozen=True)
class Purchase:
    """What was shown under which name: `amount` in centavos, so that nobody pays another price.

    `extends` is the access that it was said to add to.
    """

    id: str
    router_id: str
    plan_id: int
    amount: int
    extends: str | None = None

    def sealed(self) -> str:
        """It as text for a form."""
        return seal(PURCHASE, astuple(self))


def shown(purchase_id: str, shop: Shop, visit: Visit, plan: Plan) -> Purchase:
    """The purchase of this plan as it is shown now to this device."""
    device = known_device(shop.router.id, visit.mac)
    extends = device.access.id if device.access and device.can_grow(plan) else None
    return Purchase(purchase_id, shop.router.id, plan.id, plan.amount, extends)


def open_purchase(sealed: str | None, router_id: str) -> Purchase | None:
    """The purchase that a form of this router's shop brings back; None when stale or not ours."""
    values = unseal(PURCHASE, sealed)
    if not isinstance(values, list):
        return None
    purchase = Purchase(*values)
    return purchase if purchase.router_id == router_id else None


def order_of(purchase: Purchase, shop: Shop, visit: Visit, values: Values) -> Order:
    """What is asked of the heart. A device that the router named is to be online at once."""
    return Order(
        company_id=shop.company.id,
        router_id=shop.router.id,
        plan_id=purchase.plan_id,
        card_token=values["token_tarjeta"],
        customer_name=values["nombre_cliente"],
        customer_email=values["email_cliente"],
        customer_phone=values["telefono_cliente"],
        mac=visit.mac,
        ip=visit.ip,
        device_info=_device_info(),
        auto_connect=visit.mac is not None,
        kind="pin" if request.form.get("pin") else "user_password",
        idempotency_key=KEY + purchase.id,
        extends_access_id=purchase.extends,
        client_address=client_address(),
    )


def begun_sale(router_id: str, purchase_id: str) -> Standing | None:
    """How the sale stands that this purchase has led to, if it has."""
    key = Sale.idempotency_key == key_of(KEY + purchase_id)
    query = select(Sale.id).where(Sale.router_id == router_id, key)
    with reading() as session:
        sale_id = session.scalar(query)
    return find_standing(router_id, sale_id) if sale_id else None


def _device_info() -> str | None:
    agent: Any = request.user_agent.string
    return "".join(sign for sign in agent if sign.isprintable())[:LONGEST_AGENT] or None
