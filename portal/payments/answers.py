"""Read what a provider answers: values out of its JSON, and what an order means for its purchase.

Each value is what it should be, or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from portal.payments.gateway import (
    Canceled,
    Declined,
    Fault,
    Opened,
    Order,
    OrderStatus,
    Outcome,
    Paid,
    Pending,
    Purchase,
    Refunded,
    Refused,
    Unknown,
)

MAX_CENTAVOS = 2**53 - 1
MAX_SENTENCE = 500
TAKES_NO_MONEY = (OrderStatus.CANCELED, OrderStatus.DECLINED)


def expected_order(purchase: Purchase, order_id: str, status: OrderStatus, *, live: bool) -> Order:
    """Give the order of a purchase as it is to be, for an answer that does not tell all of it."""
    return Order(
        id=order_id,
        status=status,
        amount=purchase.amount,
        currency=purchase.currency,
        live=live,
        reference=purchase.reference,
        owner=purchase.owner,
    )


def mapping(value: object) -> Mapping[str, object]:
    """Give a JSON object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Give a JSON array; empty where it is none."""
    return value if isinstance(value, list) else []


def centavos(value: object) -> int | None:
    """Give a whole number of centavos that a database can hold; true, 1.5 and "5" are none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_CENTAVOS:
        return value
    return None


def word(value: object, pattern: str) -> str | None:
    """Give a string that is the pattern from end to end."""
    return value if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) else None


def sentence(value: object) -> str | None:
    """Give a text for people: printable, on one line, at most 500 characters."""
    if not isinstance(value, str):
        return None
    readable = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(readable.split())[:MAX_SENTENCE] or None


def scalar(value: object) -> str | None:
    """Give a metadata value as text. Some gateways keep numbers as numbers, so 16150 is "16150"."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_CENTAVOS:
        return str(value)
    return sentence(value)


def web_address(value: object) -> str | None:
    """Give an http or https address, safe to send a browser to."""
    address = word(value, r"https?://[!-~]{1,2000}")
    try:
        return address if address and urlsplit(address).hostname else None
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Give Unix seconds as an aware time in UTC."""
    seconds = centavos(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def evaluate(order: Order, purchase: Purchase, live: bool) -> Outcome | Opened | Canceled:
    """Say what the order means; `live` is the mode that the key should act in.

    Money that came in another amount, currency or mode than agreed is no payment, yet it is
    somebody's money: a person must look, as with money that went back.
    """
    if order.reference not in (None, purchase.reference):
        return Unknown("other_purchase", park=True, order=order)
    match order.status:
        case OrderStatus.PAID:
            return _paid(order, purchase, live)
        case OrderStatus.PENDING:
            return Pending(order, order.action_url, order.instructions)
        case OrderStatus.DECLINED:
            return Declined(order.message, order, order.decline_reason)
        case OrderStatus.CANCELED:
            return Canceled(order)
        case OrderStatus.OPEN:
            return Opened(order.id)
        case OrderStatus.UNCLEAR:
            return Unknown("unclear", order=order)
    return Unknown(order.status.value, park=True, order=order)


def _paid(order: Order, purchase: Purchase, live: bool) -> Paid | Unknown:
    problem = mismatch(order, purchase, live)
    return Unknown(problem, park=True, order=order) if problem else Paid(order)


def mismatch(order: Order, purchase: Purchase, live: bool) -> str | None:
    """Name what of an order is not as agreed: `mode`, `currency` or `amount`, each `_mismatch`."""
    if order.live is not live:
        return "mode_mismatch"
    if order.currency != purchase.currency:
        return "currency_mismatch"
    if order.amount != purchase.amount or not _is_whole(order):
        return "amount_mismatch"
    return None


def canceled(order: Order, *, live: bool) -> Canceled | Paid | Unknown:
    """Say what an order is that was to be canceled. One that was declined counts as canceled.

    Of a paid one the mode alone is checked, since the purchase is not at hand.
    """
    if order.status in TAKES_NO_MONEY:
        return Canceled(order)
    if order.status is OrderStatus.PAID and order.live is live:
        return Paid(order)
    return Unknown(f"not_canceled_{order.status.value}", order=order)


def gone_back(order: Order, amount: int) -> Refunded | Unknown | None:
    """Say where `amount` centavos went, if they did: to the customer, or back to the bank."""
    if order.status is OrderStatus.CHARGED_BACK:
        return Unknown(order.status.value, park=True, order=order)
    return Refunded(order.amount_refunded, order) if order.amount_refunded >= amount else None


def partly_refunded(order: Order, amount: int) -> Refused | None:
    """Refuse to give `amount` centavos back where a part of it went already: the rest is less."""
    if 0 < order.amount_refunded < amount:
        return Refused("partly_refunded", Fault.OPERATOR, order=order)
    return None


def _is_whole(order: Order) -> bool:
    """Tell whether what came is the amount, or the amount several times: paid, and paid again."""
    came = order.amount_paid
    return came is None or (came > 0 and order.amount > 0 and came % order.amount == 0)
