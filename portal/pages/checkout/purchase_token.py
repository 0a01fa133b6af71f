"""Sign a purchase in the making: what the page showed, until the form comes back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass, fields
from typing import Any

from flask import request
from sqlalchemy import select

from portal.core.database import reading
from portal.models import Plan, Sale
from portal.pages.checkout.form import Values
from portal.pages.shop import Shop
from portal.pages.visits.proof import is_confirmed, proven
from portal.pages.visits.seals import PURCHASE, seal, unseal
from portal.pages.visits.visit import Visit
from portal.payments.methods import Method
from portal.sales.methods import OfferedMethod
from portal.sales.purchase import SaleStatus, find_status
from portal.sales.request import PurchaseRequest, assumed_name, key_of
from portal.web.request_context import client_address

KEY = "page:"
LONGEST_AGENT = 500
OFFERED = (
    "name",
    "amount",
    "currency",
    "profile_name",
    "duration_seconds",
    "duration_from",
    "data_limit",
    "max_devices",
    "speed",
    "all_sites",
)
OFFER_DIGITS = 32


@dataclass(frozen=True)
class PurchaseToken:
    """Hold what was shown under which name: `offer`, so nobody pays for anything else.

    `visit_id` is the visit that it was shown in, and good for. `device_confirmed`: the router
    had the visit's MAC at the visit's address. `extends` is the access that it was said to add
    to, which was proven to be the visitor's own. `provider`: whose form was shown, and `method`:
    for which way to pay.
    """

    id: str
    visit_id: str | None
    plan_id: int
    offer: str
    device_confirmed: bool
    extends: str | None = None
    provider: str | None = None
    method: str = Method.CARD

    @property
    def key(self) -> str:
        """Give what the sale is known by. Who only knows the purchase's name cannot follow it."""
        return _key(self.visit_id, self.id)

    def shows(self, plan: Plan) -> bool:
        """Tell whether the plan costs and gives what was shown."""
        return self.offer == _offer(plan)

    def sealed(self, shop: Shop) -> str:
        """Give it as text for a form of this shop."""
        return seal(PURCHASE, shop.scope, astuple(self))


def shown(
    purchase_id: str, shop: Shop, visit: Visit, plan: Plan, way: OfferedMethod
) -> PurchaseToken:
    """Give the purchase of this plan, paid in this way, as it is shown now in this visit."""
    device, confirmed = proven(visit), is_confirmed(shop.router, visit)
    extends = device.access.id if device.access and device.can_grow(plan) else None
    offer, paid = _offer(plan), (way.account.provider, way.method)
    return PurchaseToken(purchase_id, visit.id, plan.id, offer, confirmed, extends, *paid)


def open_purchase(sealed: str | None, shop: Shop) -> PurchaseToken | None:
    """Read the purchase that a form of this shop brings back; None when stale or not ours."""
    values = unseal(PURCHASE, shop.scope, sealed)
    if not isinstance(values, list) or len(values) != len(fields(PurchaseToken)):
        return None
    return PurchaseToken(*values)


def purchase_of(visit: Visit, sealed: str | None, shop: Shop) -> PurchaseToken | None:
    """Read the purchase that was shown in this visit; None also when it was shown in another."""
    purchase = open_purchase(sealed, shop)
    return purchase if purchase is not None and purchase.visit_id == visit.id else None


def order_of(purchase: PurchaseToken, shop: Shop, visit: Visit, values: Values) -> PurchaseRequest:
    """Give what the purchase asks for. A device that the router has is to be online at once."""
    confirmed = purchase.device_confirmed
    return PurchaseRequest(
        company_id=shop.company.id,
        router_id=shop.router.id,
        plan_id=purchase.plan_id,
        card_token=values["token_tarjeta"],
        customer_name=assumed_name(values["email_cliente"]),
        customer_email=values["email_cliente"],
        customer_phone=values["telefono_cliente"],
        mac=visit.mac if confirmed else None,
        ip=visit.ip if confirmed else None,
        known_as=known_as(visit.mac, values["email_cliente"]),
        device_info=_device_info(),
        auto_connect=confirmed,
        kind=shop.company.portal_credentials,
        idempotency_key=purchase.key,
        extends_access_id=purchase.extends,
        client_address=client_address(),
        provider=purchase.provider,
        method=Method(purchase.method),
        network=values["red"],
    )


def begun_sale(router_id: str, visit: Visit, purchase_id: str) -> SaleStatus | None:
    """Find how the sale stands that this purchase of this visit has led to, if it has."""
    key = Sale.idempotency_key == key_of(_key(visit.id, purchase_id))
    query = select(Sale.id).where(Sale.router_id == router_id, key)
    with reading() as session:
        sale_id = session.scalar(query)
    return find_status(router_id, sale_id) if sale_id else None


def known_as(mac: str | None, email: str) -> str:
    """Name who pays, for the one undecided sale at a time and for the declines that are counted.

    With the e-mail: who knows a MAC alone can keep its owner from buying no more than anybody.
    """
    claimed = json.dumps([mac, email.lower()])
    return KEY + hashlib.sha256(claimed.encode()).hexdigest()


def _offer(plan: Plan) -> str:
    """Digest the price, with its currency, and what is had for it."""
    offered = [str(getattr(plan, column)) for column in OFFERED]
    return hashlib.sha256(json.dumps(offered).encode()).hexdigest()[:OFFER_DIGITS]


def _key(visit_id: str | None, purchase_id: str) -> str:
    return f"{KEY}{visit_id}:{purchase_id}"


def _device_info() -> str | None:
    agent: Any = request.user_agent.string
    return "".join(sign for sign in agent if sign.isprintable())[:LONGEST_AGENT] or None
