"""Do to an order what follows its charge: cancel, refund, pay or dispute it from outside."""

from __future__ import annotations

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.records import Charge, Order
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import ApiError, Json, Text, has_charge, invalid
from portal.sandbox.conekta.server.parameters import REFUND
from portal.sandbox.conekta.world import World, owned

REFUND_WINDOW = 30 * 24 * 3600
_CANCELABLE = (None, "pending_payment", "declined", "pre_authorized")


async def cancel(world: World, call: Call) -> Json:
    """`POST /orders/{id}/cancel`: an order that is not paid."""
    order = owned(world.orders, "Order", call.target, call.account)
    if order.busy or order.status not in _CANCELABLE:
        raise has_charge()
    _close(world, order, "canceled")
    return world.order_body(order)


async def refund(world: World, call: Call) -> Json:
    """`POST /orders/{id}/refunds`: a card's money, whole or in part, within 30 days."""
    order = owned(world.orders, "Order", call.target, call.account)
    request = call.accept(REFUND)
    give_back(world, order, int(request["amount"]))
    return world.order_body(order)


def give_back(world: World, order: Order, amount: int) -> None:
    """Refund `amount` centavos; raises `ApiError` 422 where that cannot be."""
    charge = _refundable(world, order, amount)
    body: Json = {
        "object": "refund",
        "amount": -amount,
        "id": ids.hexadecimal(),
        "created_at": world.clock.now(),
        "auth_code": charge.method["auth_code"],
    }
    charge.refunds.append(body)
    whole = order.amount_refunded == order.amount
    charge.status = order.status = "refunded" if whole else "partially_refunded"
    world.save_order(order, f"order.{order.status}")
    world.tell_charge(order, charge, "charge.refunded")


def expire(world: World, order: Order) -> None:
    """Let the time to pay run out; raises `ApiError` 428 where the order waits for no money."""
    if order.status not in (None, "pending_payment"):
        raise has_charge()
    _close(world, order, "expired")


def charge_back(world: World, order: Order) -> None:
    """Let the buyer's bank take the money back; raises `ApiError` 422 for an order not paid."""
    if order.status not in ("paid", "partially_refunded"):
        raise _not_refundable()
    charge = order.charges[-1]
    charge.status = order.status = "charged_back"
    charge.chargeback = {
        "id": ids.hexadecimal(),
        "status": "pending_review",
        "reason": "fraudulent",
        "object": "chargeback",
        "charge_id": charge.id,
        "created_at": world.clock.now(),
    }
    world.save_order(order, "order.charged_back")
    world.tell_charge(order, charge, "charge.chargeback.created")


def _close(world: World, order: Order, status: str) -> None:
    waiting = [charge for charge in order.charges if charge.status == "pending_payment"]
    for charge in waiting:
        charge.status = status
    order.status = status
    order.challenge = order.waiting = None
    world.save_order(order, f"order.{status}")
    for charge in waiting:
        world.tell_charge(order, charge, f"charge.{status}")


def _refundable(world: World, order: Order, amount: int) -> Charge:
    charge = order.charges[-1] if order.charges else None
    if charge is None or order.status not in ("paid", "partially_refunded"):
        raise _not_refundable()
    if charge.method["object"] != "card_payment" or charge.paid_at is None:
        raise _not_refundable()
    if world.clock.now() - charge.paid_at > REFUND_WINDOW:
        raise _not_refundable()
    if amount > order.amount - order.amount_refunded:
        text = Text(
            "El monto a reembolsar es mayor que el disponible.",
            "The amount to be refunded is greater than what is left.",
        )
        raise invalid("refund.amount", text, "amount")
    return charge


def _not_refundable() -> ApiError:
    text = Text("La orden no puede ser reembolsada.", "The order cannot be refunded.")
    return invalid("order.not_refundable", text)
