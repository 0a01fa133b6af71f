"""Let money come from outside, whatever the order's state, and the time to pay end."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from portal.sandbox.conekta.orders import outcomes, settlement
from portal.sandbox.conekta.records import Charge, Order
from portal.sandbox.conekta.world import World


def pay_outside(
    world: World, order: Order, amount: int | None = None, network: str | None = None
) -> None:
    """Take `amount` centavos, the order's where none is said, at one of its networks.

    Raises ValueError for money that no reference of the order is of.
    """
    order.challenge = order.waiting = None
    deferred = [charge for charge in order.charges if charge.is_deferred]
    if deferred:
        _arrive(world, order, _charge(world, order, deferred, network), amount)
        return
    if amount is not None or network is not None:
        raise ValueError("the order does not wait for money from outside")
    charge = order.charges[-1] if order.charges else outcomes.card_charge(world, order)
    outcomes.pay(world, order, charge)


def expire_due(world: World) -> None:
    """Close the orders whose time to pay has run out."""
    now = world.clock.now()
    for order in list(world.awaiting.values()):
        ends = [charge.method["expires_at"] for charge in order.charges if charge.is_deferred]
        if max(ends) <= now:
            settlement.expire(world, order)


def _charge(world: World, order: Order, deferred: list[Charge], network: str | None) -> Charge:
    """The charge that is paid: one that waits, else one that lapsed, else a further one."""
    fits = [each for each in deferred if network in (None, each.method.get("product_type"))]
    if not fits:
        raise ValueError("the order has no reference of this network")
    waiting = [each for each in fits if each.status == "pending_payment"]
    lapsed = [each for each in fits if each.status != "paid"]
    for found in (*waiting, *lapsed):
        return found
    again = outcomes.new_charge(world, order, dict(fits[0].method), fits[0].reference_id)
    order.charges.append(again)
    return again


def _arrive(world: World, order: Order, charge: Charge, amount: int | None) -> None:
    now = world.clock.now()
    charge.amount = order.amount if amount is None else amount
    charge.status, charge.paid_at = "paid", now
    if charge.method["object"] == "bank_transfer_payment":
        executed = datetime.fromtimestamp(now, UTC).isoformat()
        code = secrets.token_hex(8).upper()
        charge.method |= {"executed_at": executed, "tracking_code": code}
    came = sum(each.amount for each in order.charges if each.status == "paid")
    if came < order.amount:
        world.save_order(order)
    else:
        order.status = "paid"
        world.save_order(order, "order.paid")
    world.tell_charge(order, charge, "charge.paid")
