"""Asking Conekta for the money, once, and what the answer comes to."""

from __future__ import annotations

from dataclasses import replace

from portal.payments.conekta import answers, parser, payloads
from portal.payments.conekta.client import ApiResponse, Call, Lost
from portal.payments.conekta.errors import ApiError
from portal.payments.conekta.meanings import Meaning
from portal.payments.conekta.orders import Account, path
from portal.payments.evaluation import evaluate
from portal.payments.gateway import (
    Canceled,
    Declined,
    Opened,
    Order,
    OrderStatus,
    Outcome,
    Paid,
    Purchase,
    Unknown,
)


def on_order(
    account: Account, purchase: Purchase, order_id: str, card_token: str, deadline: float
) -> Outcome:
    """Charge an order that stands open; on any doubt the order is read."""
    body = payloads.charge(purchase, card_token)
    answer = account.ask(Call("charge", "POST", path(order_id, "/charges"), body), deadline)
    return (
        _paid_at_once(account, purchase, order_id, answer)
        or answers.not_sent(answer)
        or answers.refused_token(answer)
        or answers.declined(answer, purchase, order_id)
        or _decide(account, purchase, order_id, answer, deadline)
    )


def in_order(account: Account, purchase: Purchase, card_token: str, deadline: float) -> Outcome:
    """Open an order with its charge inside. After a lost answer only the list can find it."""
    body = payloads.order_with_charge(purchase, card_token)
    answer = account.ask(Call("charge", "POST", "/orders", body), deadline)
    order = answers.order_in(answer)
    if order is not None:
        return _after_charge(evaluate(order, purchase, account.live), answer, order)
    return (
        answers.not_sent(answer)
        or answers.refused_token(answer)
        or answers.declined(answer, purchase)
        or answers.refused_card(answer)
        or answers.refused_opening(answer)
        or answers.unknown(answer)
    )


def _paid_at_once(
    account: Account, purchase: Purchase, order_id: str, answer: ApiResponse | Lost
) -> Paid | None:
    """A charge that says it is paid, in full and for this order, needs no second question."""
    if isinstance(answer, Lost) or answer.status != 200:
        return None
    order = Order(
        id=order_id,
        status=OrderStatus.PAID,
        amount=purchase.amount,
        currency=purchase.currency,
        live=account.live,
        reference=purchase.reference,
        owner=purchase.owner,
        card_last4=parser.card_last4(answer.body),
    )
    return Paid(order) if parser.paid_charge(answer.body, order) else None


def _decide(
    account: Account, purchase: Purchase, order_id: str, answer: ApiResponse | Lost, deadline: float
) -> Outcome:
    """What the order says after a charge that did not say `paid`."""
    order = account.read(order_id, deadline)
    if isinstance(order, Unknown):
        return answers.unknown(answer)
    return _after_charge(evaluate(order, purchase, account.live), answer, order)


def _after_charge(
    found: Outcome | Opened | Canceled, answer: ApiResponse | Lost, order: Order
) -> Outcome:
    """An order still open proves nothing by itself: our charge may be under way.

    Together with Conekta's word that card or request was refused, it does; not with a complaint
    that nobody knows, since it may be that a charge is there already.
    """
    error = answers.error_in(answer, 402, 422)
    if isinstance(found, Declined) and error is not None:
        return replace(found, message=error.message or found.message)
    if isinstance(found, Opened) and error is not None:
        if _is_about_card(error):
            return Declined(error.message, order)
        if error.meaning in answers.CERTAIN:
            return answers.refused(error)
    if isinstance(found, (Opened, Canceled)):
        return answers.unknown(answer, order)
    return found


def _is_about_card(error: ApiError) -> bool:
    """Whether the card was refused, for whatever it has.

    All but the card was taken when the order was opened: what is said to the buyer of no
    parameter in particular, when the card is added, is said of the card.
    """
    is_left = error.meaning is Meaning.REQUEST and error.message and not error.param
    return error.meaning is Meaning.CARD or bool(is_left)
