"""Say what becomes of an order: opened, given a payment, processed, canceled, refunded."""

from __future__ import annotations

import re
import secrets

from portal.sandbox.gateway.http import Json
from portal.sandbox.gateway.pace import Pace
from portal.sandbox.mercadopago import outside, rules
from portal.sandbox.mercadopago.cards import CHALLENGE_FAILED, UNDECIDED, Outcome
from portal.sandbox.mercadopago.errors import Declined, conflict, invalid
from portal.sandbox.mercadopago.records import CardToken, Order, Seller
from portal.sandbox.mercadopago.world import World, new_id, order_body

CANCELABLE = ("created", "action_required")
PLAIN_NAME = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ .'-]+")


def opened(world: World, seller: Seller, body: Json) -> Json:
    """`POST /v1/orders` in manual mode."""
    asked = rules.order_in(body, seller.site)
    names = [asked["payer"].get(name, "A") for name in ("first_name", "last_name")]
    if world.behaviour.plain_names and not all(map(PLAIN_NAME.fullmatch, names)):
        raise invalid("invalid parameter: payer.first_name", "invalid_first_name")
    told = ("external_reference", "description", "payer", "config")
    now = world.moment()
    order = Order(
        id=new_id("ORD"),
        account=seller.account,
        site=seller.site,
        live=seller.live,
        total_amount=asked["total_amount"],
        created_date=now,
        last_updated_date=now,
        parts={name: asked[name] for name in told if name in asked},
    )
    world.orders[order.id] = order
    world.changed(order)
    return order_body(world, order)


def payment_added(world: World, seller: Seller, order: Order, body: Json) -> Json:
    """`POST /v1/orders/{id}/transactions`."""
    asked = rules.payment_in(body, seller.site)
    if order.status != "created" or order.payments:
        raise conflict("The order does not accept transactions in its status")
    if asked["amount"] != order.total_amount:
        raise invalid("The amounts of the transactions do not add up", "invalid_total_amount")
    method = asked["payment_method"]
    if "token" not in method:
        order.payments = [outside.added(world, asked)]
        world.changed(order)
        return {"payments": order.payments}
    token = _token(world, method["token"], method["id"])
    order.token = token.id
    order.payments = [
        {
            "id": new_id("PAY"),
            "amount": asked["amount"],
            "reference_id": secrets.token_hex(6),
            "status": "created",
            "status_detail": "created",
            "payment_method": {name: method[name] for name in ("id", "type", "installments")},
        }
    ]
    world.changed(order)
    return {"payments": order.payments}


def _token(world: World, identifier: str, brand: str) -> CardToken:
    token = world.tokens.get(identifier)
    if token is None or token.used:
        raise invalid("The card token is invalid, expired or used", "invalid_card_token")
    if token.brand != brand:
        raise invalid("The payment method is not the card's", "invalid_payment_method_card")
    return token


async def processed(world: World, order: Order) -> Json:
    """`POST /v1/orders/{id}/process`: where the money moves, at the end of the authorisation."""
    if order.status != "created" or not order.payments or order.busy:
        raise conflict("The order was processed already or cannot be in its status")
    if outside.is_outside(order):
        outside.wait(world, order)
        return order_body(world, order)
    token = world.tokens[order.token or ""]
    if token.used:
        raise invalid("The card token is invalid, expired or used", "invalid_card_token")
    order.busy = token.used = True
    world.save("token", token)
    try:
        await Pace.prolong(world.latency.authorisation)
        _decide(world, order, _outcome(world, order, token))
    finally:
        order.busy = False
    body = order_body(world, order)
    if order.status == "failed" and world.behaviour.decline_status == 402:
        raise Declined(body)
    return body


def _outcome(world: World, order: Order, token: CardToken) -> Outcome:
    outcome = Outcome(token.outcome)
    if world.behaviour.decline_every_card:
        return Outcome.OTHER
    security = order.parts.get("config", {}).get("online", {}).get("transaction_security", {})
    if security.get("validation") == "never":
        return Outcome.PAID if outcome is Outcome.CHALLENGE else outcome
    asked = world.behaviour.force_three_ds and outcome is Outcome.PAID
    return Outcome.CHALLENGE if asked else outcome


def _decide(world: World, order: Order, outcome: Outcome) -> None:
    if outcome is Outcome.CHALLENGE:
        order.challenge = secrets.token_hex(16)
        _set(world, order, "action_required", "in_process")
    elif outcome in UNDECIDED:
        _set(world, order, "processing", "in_review")
        order.payments[0]["status_detail"] = outcome.value
    elif outcome is Outcome.PAID:
        pay(world, order)
    else:
        fail(world, order, outcome.value)


def _set(world: World, order: Order, status: str, detail: str) -> None:
    order.status, order.status_detail = status, detail
    order.payments[0] |= {"status": status, "status_detail": detail}
    world.changed(order)


def pay(world: World, order: Order, amount: str | None = None) -> None:
    """Take the money, whatever the order's state was. Raises ValueError for another amount."""
    if outside.is_outside(order):
        outside.arrive(world, order, amount)
        return
    if amount is not None:
        raise ValueError("the order does not wait for money from outside")
    order.challenge = None
    if not order.payments:
        method = {"id": "visa", "type": "credit_card", "installments": 1}
        order.payments = [
            {"id": new_id("PAY"), "amount": order.total_amount, "payment_method": method}
        ]
    order.payments[0]["paid_amount"] = order.total_amount
    _set(world, order, "processed", "accredited")


def fail(world: World, order: Order, detail: str) -> None:
    """Fail a payment, of which the bank pays nothing."""
    order.challenge = None
    _set(world, order, "failed", detail)


def challenged(world: World, order: Order, passed: bool) -> None:
    """Let the buyer pass or fail the 3DS that the order waits for."""
    if passed:
        pay(world, order)
    else:
        fail(world, order, CHALLENGE_FAILED)


def canceled(world: World, order: Order) -> Json:
    """`POST /v1/orders/{id}/cancel`."""
    if order.status not in CANCELABLE or order.busy:
        raise conflict("The order cannot be canceled in its status")
    order.challenge = None
    order.status = order.status_detail = "canceled"
    for payment in order.payments:
        payment |= {"status": "canceled", "status_detail": "canceled_transaction"}
    world.changed(order)
    return order_body(world, order)


def refunded(world: World, order: Order, body: Json) -> Json:
    """`POST /v1/orders/{id}/refund` of the whole order."""
    if body:
        raise invalid("Only whole orders are refunded here")
    if order.status != "processed" or order.refunds:
        raise conflict("The order cannot be refunded in its status")
    give_back(world, order, order.total_amount)
    told = {name: order_body(world, order)[name] for name in ("id", "status", "status_detail")}
    return told | {"transactions": {"refunds": order.refunds}}


def give_back(world: World, order: Order, amount: str) -> None:
    """Money goes back, all of it or a part."""
    order.refunds.append(
        {
            "id": new_id("REF"),
            "transaction_id": order.payments[0]["id"],
            "amount": amount,
            "status": "processed",
        }
    )
    if amount == order.total_amount:
        order.status = order.status_detail = "refunded"
    else:
        order.status_detail = "partially_refunded"
    world.changed(order)


def charge_back(world: World, order: Order) -> None:
    """Let the buyer's bank take the money back."""
    order.status = order.status_detail = "charged_back"
    order.payments[0] |= {"status": "charged_back", "status_detail": "settled"}
    world.changed(order)
