"""Write records as the JSON that Conekta answers with."""

from __future__ import annotations

from collections.abc import Sequence

from portal.sandbox.conekta.records import Charge, Order
from portal.sandbox.conekta.server.errors import Json

# A thousandth of the amount, and centavos besides.
_FEES = {"card_payment": (29, 250), "bank_transfer_payment": (0, 1_250), "cash_in": (39, 0)}
_REFUNDABLE = ("paid", "partially_refunded")


def list_body(items: Sequence[Json]) -> Json:
    """Give a whole list inside another object."""
    return {"object": "list", "has_more": False, "total": len(items), "data": list(items)}


def charge_body(order: Order, charge: Charge) -> Json:
    """Give a charge as it stands in its order and in `charge.*` events."""
    body: Json = {
        "id": charge.id,
        "livemode": order.livemode,
        "created_at": charge.created_at,
        "currency": order.currency,
        "payment_method": charge.method,
        "object": "charge",
        "description": "Payment from order",
        "is_refundable": _is_refundable(charge),
        "reference_id": charge.reference_id,
        "status": charge.status,
        "amount": charge.amount,
        "paid_at": charge.paid_at,
        "customer_id": "",
        "order_id": order.id,
        "refunds": list_body(charge.refunds) if charge.refunds else None,
    }
    if charge.paid_at is not None:
        body["fee"] = fee(charge.amount, charge.method)
    if charge.failure is not None:
        body["failure_code"] = charge.failure
        body["failure_message"] = charge.failure_message
    if charge.chargeback is not None:
        body["chargeback"] = charge.chargeback
    return body


def charge_answer(order: Order, charge: Charge) -> Json:
    """Give a charge as `POST /orders/{id}/charges` answers it: without its refunds and its fee."""
    body = charge_body(order, charge)
    for name in ("refunds", "fee"):
        body.pop(name, None)
    return body


def fee(amount: int, method: Json) -> int:
    """Give what is kept of a charge, in centavos: a share and a fixed part, and the tax on both.

    Cards and machines 2.9 % (cards and $2.50), shops 3.9 %, a transfer $12.50.
    """
    share, fixed = _FEES.get(method.get("product_type") or method["object"], (29, 0))
    return (amount * share + fixed * 1_000) * 116 // 100_000


def order_body(order: Order, three_ds_url: str) -> Json:
    """Give an order; `three_ds_url` is where the sandbox's 3DS pages begin."""
    body: Json = {
        "livemode": order.livemode,
        "amount": order.amount,
        "currency": order.currency,
        "amount_refunded": order.amount_refunded,
        "object": "order",
        "id": order.id,
        "is_refundable": any(_is_refundable(charge) for charge in order.charges),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        **order.parts,
    }
    if order.status is not None:
        body["payment_status"] = order.status
    if order.charges:
        body["charges"] = list_body([charge_body(order, charge) for charge in order.charges])
    elif order.status is not None:
        body["charges"] = None
    if order.challenge is not None:
        body["next_action"] = _next_action(order, three_ds_url)
    return body


def _next_action(order: Order, three_ds_url: str) -> Json:
    redirect = {"url": f"{three_ds_url}{order.challenge}"}
    if order.return_url is not None:
        redirect["return_url"] = order.return_url
    return {"redirect_to_url": redirect, "type": "redirect_to_url"}


def _is_refundable(charge: Charge) -> bool:
    return charge.status in _REFUNDABLE and charge.method["object"] == "card_payment"
