"""Ask for money: what a charge would be, and the bank's time to decide."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.conekta.orders import offline, outcomes, tokens
from portal.sandbox.conekta.orders.cards import CHALLENGE_FAILED, DECLINES, Card, Outcome
from portal.sandbox.conekta.records import Charge, Order, Token
from portal.sandbox.conekta.server.bodies import charge_answer
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import Json, Text, has_charge, invalid
from portal.sandbox.conekta.server.parameters import CHARGE
from portal.sandbox.conekta.settings import LaterChallenge
from portal.sandbox.conekta.world import World, owned

_CHARGEABLE = (None, "declined")
TAKEN = 200
_RAW_CARD = ("number", "exp_month", "exp_year", "name")


@dataclass(frozen=True)
class Plan:
    """Hold a charge that may be made, and the card and token where it has them.

    `methods` are the bodies of how it is paid: cash has one a network.
    """

    methods: list[Json]
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
        return Plan(offline.methods(world, method), reference)
    _refuse_raw_card(method)
    card, token = tokens.find(world, order, method["token_id"])
    return Plan([outcomes.card_method(card, method["token_id"])], reference, card, token)


async def charge(world: World, call: Call) -> Json:
    """`POST /orders/{id}/charges`: answers the charge."""
    order = owned(world.orders, "Order", call.target, call.account)
    request = call.accept(CHARGE)
    second = world.behaviour.second_charge_status
    if order.busy or (order.status not in _CHARGEABLE and second != TAKEN):
        raise has_charge(second)
    made = await execute(world, order, plan(world, order, request), later=True)
    _refuse_declined(world, order, made)
    return charge_answer(order, made)


async def charge_at_once(world: World, order: Order, planned: Plan) -> Json:
    """Give the charge inside `POST /orders`: answers the order."""
    made = await execute(world, order, planned, later=False)
    _refuse_declined(world, order, made)
    return world.order_body(order)


async def execute(world: World, order: Order, planned: Plan, *, later: bool) -> Charge:
    """Ask the bank; `later`: the order stood before, and was answered without it."""
    made, *more = [
        outcomes.new_charge(world, order, method, planned.reference_id)
        for method in planned.methods
    ]
    if planned.card is None:
        outcomes.wait_for_money(world, order, made, *more)
        return made
    if planned.token is not None:
        planned.token.used = True
        world.save_token(planned.token)
    order.busy = True
    try:
        await world.authorise()
    finally:
        order.busy = False
    _decide(world, order, made, planned.card, later)
    return made


def _decide(world: World, order: Order, made: Charge, card: Card, later: bool) -> None:
    outcome = Outcome.DECLINED if world.behaviour.decline_every_card else card.outcome
    if outcome in DECLINES:
        outcomes.decline(world, order, made, DECLINES[outcome])
    elif not _wants_challenge(world, order, card):
        outcomes.pay(world, order, made)
    elif not later or world.behaviour.later_challenge is LaterChallenge.START:
        outcomes.start_challenge(world, order, made, shown=later)
    elif world.behaviour.later_challenge is LaterChallenge.SKIP:
        outcomes.pay(world, order, made)
    else:
        outcomes.decline(world, order, made, CHALLENGE_FAILED)


def _wants_challenge(world: World, order: Order, card: Card) -> bool:
    if card.outcome is Outcome.FRICTIONLESS:
        return False
    forced = world.behaviour.force_three_ds or order.three_ds_mode == "strict"
    return forced or card.outcome is Outcome.CHALLENGE


def _refuse_declined(world: World, order: Order, made: Charge) -> None:
    if made.status == "declined" and world.behaviour.decline_status == 402:
        raise outcomes.declined(world, order, made)


def _refuse_raw_card(method: Json) -> None:
    if any(name in method for name in _RAW_CARD) or "token_id" not in method:
        text = Text(
            "El método de pago debe llevar el token de una tarjeta.",
            "The payment method must carry a card's token.",
        )
        raise invalid("charges.payment_method", text, "charges[0].payment_method")
