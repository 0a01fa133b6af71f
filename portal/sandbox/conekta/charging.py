"""Charging: what a charge will be, the bank's time, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from portal.sandbox.conekta import ids, offline, tokens
from portal.sandbox.conekta.bodies import charge_answer
from portal.sandbox.conekta.call import Call
from portal.sandbox.conekta.cards import (
    CHALLENGE_FAILED,
    DECLINES,
    TEST_TOKENS,
    Card,
    Decline,
    Outcome,
)
from portal.sandbox.conekta.errors import ApiError, Detail, Json, Text, has_charge, invalid
from portal.sandbox.conekta.parameters import CHARGE
from portal.sandbox.conekta.records import Charge, Order, Token
from portal.sandbox.conekta.settings import LaterChallenge
from portal.sandbox.conekta.world import World, owned

_CLOSED = {
    "pending_payment",
    "paid",
    "pre_authorized",
    "canceled",
    "expired",
    "partially_refunded",
    "refunded",
    "charged_back",
}
_RAW_CARD = ("number", "exp_month", "exp_year", "name")


@dataclass(frozen=True)
class Plan:
    """A charge that may be made: its body's method, and the card where there is one."""

    method: Json
    reference_id: str | None
    card: Card | None = None
    token: Token | None = None


def plan(world: World, order: Order, request: Json) -> Plan:
    """Check a charge that was asked for; nothing is spent yet. Raises `ApiError` 402, 422."""
    amount = request.get("amount", order.amount)
    if amount != order.amount:
        text = Text(
            "El monto del cargo no es el de la orden.", "The charge's amount is not the order's."
        )
        raise invalid("charges.amount", text, "charges[0].amount")
    method: Json = request["payment_method"]
    reference = request.get("reference_id")
    if method["type"] != "card":
        return Plan(offline.method(world, method), reference)
    _refuse_raw_card(method)
    token_id = method.get("token_id", "")
    card, token = tokens.find(world, order, token_id)
    return Plan(_card_method(card, token_id), reference, card, token)


async def charge(world: World, call: Call) -> Json:
    """`POST /orders/{id}/charges`: answers the charge."""
    order = owned(world.orders, "Order", call.target, call.account)
    request = call.accept(CHARGE)
    if order.busy or order.status in _CLOSED:
        raise has_charge(world.behaviour.second_charge_status)
    planned = plan(world, order, request)
    charge = await _execute(world, order, planned, _challenge_later)
    if charge.status == "declined" and world.behaviour.decline_status == 402:
        raise _declined(world, order, charge)
    return charge_answer(order, charge)


async def charge_at_once(world: World, order: Order, planned: Plan) -> Json:
    """The charge inside `POST /orders`: answers the order."""
    charge = await _execute(world, order, planned, _challenge_at_once)
    if charge.status == "declined" and world.behaviour.decline_status == 402:
        raise _declined(world, order, charge)
    return world.order_body(order)


def finish_challenge(world: World, order: Order, passed: bool) -> None:
    """The buyer came back from 3DS: pay or decline what waited for them."""
    waiting = order.waiting or {}
    pending = next((item for item in order.charges if item.status == "pending_payment"), None)
    charge = pending or _new(world, order, waiting["method"], waiting["reference_id"])
    order.challenge = order.waiting = None
    if pending is None:
        order.charges.append(charge)
    if passed:
        pay(world, order, charge)
    else:
        _decline(world, order, charge, CHALLENGE_FAILED)


def card_charge(world: World, order: Order) -> Charge:
    """A charge on a test card that nobody asked for through the API."""
    card = TEST_TOKENS["tok_test_visa_4242"]
    return _new(world, order, _card_method(card, "tok_test_visa_4242"), None)


def pay(world: World, order: Order, charge: Charge) -> None:
    """The money is in."""
    status = "pre_authorized" if order.pre_authorize else "paid"
    charge.status = order.status = status
    charge.paid_at = None if order.pre_authorize else world.clock.now()
    world.save_order(order, f"order.{status}")
    world.tell_charge(order, charge, f"charge.{status.replace('_', '')}")


async def _execute(
    world: World, order: Order, planned: Plan, challenge: Callable[[World, Order, Charge], Charge]
) -> Charge:
    charge = _new(world, order, planned.method, planned.reference_id)
    if planned.card is None:
        return _await_payment(world, order, charge)
    if planned.token is not None:
        planned.token.used = True
        world.save_token(planned.token)
    order.busy = True
    try:
        await world.authorise()
    finally:
        order.busy = False
    return _settle(world, order, charge, planned.card, challenge)


def _settle(
    world: World,
    order: Order,
    charge: Charge,
    card: Card,
    challenge: Callable[[World, Order, Charge], Charge],
) -> Charge:
    if card.outcome in DECLINES:
        order.charges.append(charge)
        _decline(world, order, charge, DECLINES[card.outcome])
        return charge
    if _wants_challenge(world, order, card):
        return challenge(world, order, charge)
    order.charges.append(charge)
    pay(world, order, charge)
    return charge


def _wants_challenge(world: World, order: Order, card: Card) -> bool:
    if card.outcome is Outcome.FRICTIONLESS:
        return False
    forced = world.behaviour.force_three_ds or order.three_ds_mode == "strict"
    return forced or card.outcome is Outcome.CHALLENGE


def _challenge_at_once(world: World, order: Order, charge: Charge) -> Charge:
    """An order whose charge waits for 3DS shows none until the buyer is back."""
    _start_challenge(world, order, charge)
    return charge


def _challenge_later(world: World, order: Order, charge: Charge) -> Charge:
    """A later charge was answered with an id already, so the order shows it while it waits."""
    if world.behaviour.later_challenge is LaterChallenge.SKIP:
        order.charges.append(charge)
        pay(world, order, charge)
    elif world.behaviour.later_challenge is LaterChallenge.DECLINE:
        order.charges.append(charge)
        _decline(world, order, charge, CHALLENGE_FAILED)
    else:
        order.charges.append(charge)
        _start_challenge(world, order, charge)
    return charge


def _start_challenge(world: World, order: Order, charge: Charge) -> None:
    order.status = "pending_payment"
    order.challenge = str(uuid.uuid4())
    order.waiting = {"method": charge.method, "reference_id": charge.reference_id}
    world.challenges[order.challenge] = order
    world.save_order(order, "order.pending_payment")


def _await_payment(world: World, order: Order, charge: Charge) -> Charge:
    order.charges.append(charge)
    order.status = "pending_payment"
    world.save_order(order, "order.pending_payment")
    world.tell_charge(order, charge, "charge.created")
    return charge


def _decline(world: World, order: Order, charge: Charge, decline: Decline) -> None:
    charge.status = order.status = "declined"
    charge.failure = decline.failure
    charge.failure_message = decline.text.es
    world.save_order(order, "order.declined")
    world.tell_charge(order, charge, "charge.declined")


def _declined(world: World, order: Order, charge: Charge) -> ApiError:
    decline = next(
        entry for entry in (*DECLINES.values(), CHALLENGE_FAILED) if entry.failure == charge.failure
    )
    # The order in a 402 tells of the declined charge but has no payment_status.
    data = {**world.order_body(order)}
    data.pop("payment_status")
    return ApiError(402, [Detail(decline.code, decline.text)], data)


def _refuse_raw_card(method: Json) -> None:
    if any(name in method for name in _RAW_CARD) or "token_id" not in method:
        text = Text(
            "El método de pago debe llevar el token de una tarjeta.",
            "The payment method must carry a card's token.",
        )
        raise invalid("charges.payment_method", text, "charges[0].payment_method")


def _new(world: World, order: Order, method: Json, reference_id: str | None) -> Charge:
    return Charge(
        id=ids.hexadecimal(),
        amount=order.amount,
        created_at=world.clock.now(),
        status="pending_payment",
        method=method,
        reference_id=reference_id,
    )


def _card_method(card: Card, token_id: str) -> Json:
    return {
        "name": card.name,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "auth_code": str(uuid.uuid4().int % 900_000 + 100_000),
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
