"""Say what becomes of a charge: paid, declined, or waiting for 3DS or for money from outside."""

from __future__ import annotations

import secrets
import uuid

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.orders.cards import (
    CHALLENGE_FAILED,
    DECLINES,
    TEST_TOKENS,
    Card,
    Decline,
    Outcome,
)
from portal.sandbox.conekta.records import Charge, Order
from portal.sandbox.conekta.server.errors import ApiError, Detail, Json
from portal.sandbox.conekta.world import World

_DECLINES_BY_FAILURE = {
    decline.failure: decline for decline in (*DECLINES.values(), CHALLENGE_FAILED)
}


def new_charge(world: World, order: Order, method: Json, reference_id: str | None) -> Charge:
    """Give a charge for the order's whole amount, of which nothing has become yet."""
    return Charge(
        id=ids.hexadecimal(),
        amount=order.amount,
        created_at=world.clock.now(),
        status="pending_payment",
        method=method,
        reference_id=reference_id,
    )


def card_charge(world: World, order: Order) -> Charge:
    """Give a charge on a test card that nobody asked for through the API."""
    token_id, card = next(iter(TEST_TOKENS.items()))
    return new_charge(world, order, card_method(card, token_id), None)


def card_method(card: Card, token_id: str) -> Json:
    """Give the payment method's body for a card."""
    return {
        "name": card.name,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "auth_code": f"{secrets.randbelow(1_000_000):06}",
        "object": "card_payment",
        "type": "credit",
        "last4": card.last4,
        "brand": card.brand,
        "issuer": "BANCO DE PRUEBA",
        "account_type": "Credit",
        "country": "MX",
        "fraud_indicators": [],
        "token_id": token_id,
        "three_ds_flow_required": card.outcome is Outcome.CHALLENGE,
    }


def pay(world: World, order: Order, charge: Charge) -> None:
    """Take the money, or hold it where the order was to be pre-authorised only."""
    status = "pre_authorized" if order.pre_authorize else "paid"
    _show(order, charge)
    charge.status = order.status = status
    charge.paid_at = None if order.pre_authorize else world.clock.now()
    world.save_order(order, f"order.{status}")
    world.tell_charge(order, charge, f"charge.{status.replace('_', '')}")


def decline(world: World, order: Order, charge: Charge, reason: Decline) -> None:
    """Decline as a bank does."""
    _show(order, charge)
    charge.status = order.status = "declined"
    charge.failure = reason.failure
    charge.failure_message = reason.text.es
    world.save_order(order, "order.declined")
    world.tell_charge(order, charge, "charge.declined")


def declined(world: World, order: Order, charge: Charge) -> ApiError:
    """Give the 402 of a declined charge; its order tells of it but has no payment_status."""
    reason = _DECLINES_BY_FAILURE[charge.failure or ""]
    data = world.order_body(order)
    del data["payment_status"]
    return ApiError(402, [Detail(reason.code, reason.text)], data)


def wait_for_money(world: World, order: Order, *charges: Charge) -> None:
    """Cash and transfers come from outside."""
    order.charges.extend(charges)
    order.status = "pending_payment"
    world.save_order(order, "order.pending_payment")
    for charge in charges:
        world.tell_charge(order, charge, "charge.created")


def start_challenge(world: World, order: Order, charge: Charge, *, shown: bool) -> None:
    """Ask the buyer for 3DS.

    An order that was opened with its charge shows none while it waits. A later charge was
    answered with an id already, so its order shows it.
    """
    if shown:
        _show(order, charge)
    order.status = "pending_payment"
    order.challenge = str(uuid.uuid4())
    order.waiting = {"method": charge.method, "reference_id": charge.reference_id}
    world.challenges[order.challenge] = order
    world.save_order(order, "order.pending_payment")


def finish_challenge(world: World, order: Order, passed: bool) -> None:
    """Pay or decline what waited for a buyer who came back from 3DS."""
    waiting = order.waiting or {}
    shown = (item for item in order.charges if item.status == "pending_payment")
    charge = next(shown, None) or new_charge(world, order, **waiting)
    world.challenges.pop(order.challenge or "", None)
    order.challenge = order.waiting = None
    if passed:
        pay(world, order, charge)
    else:
        decline(world, order, charge, CHALLENGE_FAILED)


def _show(order: Order, charge: Charge) -> None:
    if charge not in order.charges:
        order.charges.append(charge)
