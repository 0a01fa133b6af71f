"""Write the JSON that Conekta is sent, and read the JSON that it answers.

What is sent keeps within the limits of Conekta's OpenAPI 2.3.0. What is read may hold anything:
nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from portal.payments import answers
from portal.payments.conekta import deferred
from portal.payments.conekta.declines import decline_reason
from portal.payments.gateway import Customer, Order, OrderStatus, Purchase
from portal.payments.methods import Card, Means, Method

Json = dict[str, object]

# What Conekta's own plugins send where the buyer's phone is not known; the field is required.
UNKNOWN_PHONE = "0000000000"
SHORTEST_NAME, LONGEST_NAME = 3, 249
# As long as the records of a sale can keep; Conekta's own have about 21 characters.
Word = TypeVar("Word", bound=str)
ORDER_ID = r"[A-Za-z0-9_-]{1,64}"
CURRENCY = r"[A-Z]{3}"

CARD, DEFERRED = "card_payment", ("bank_transfer_payment", "cash_payment")

# Payment statuses that Conekta is known to give; any other is UNCLEAR. One that lapsed unpaid
# or was voided can take no money any more, which is what canceled means to us.
_STATUS = {
    "pending_payment": OrderStatus.PENDING,
    "paid": OrderStatus.PAID,
    "declined": OrderStatus.DECLINED,
    "canceled": OrderStatus.CANCELED,
    "expired": OrderStatus.CANCELED,
    "voided": OrderStatus.CANCELED,
    "partially_refunded": OrderStatus.PARTIALLY_REFUNDED,
    "refunded": OrderStatus.REFUNDED,
    "charged_back": OrderStatus.CHARGED_BACK,
}
_NO_MONEY = {"declined", "canceled", "expired", "voided"}


def order(body: object) -> Order | None:
    """Read an order; None where there is not even an id to ask about.

    One whose amount, currency or mode cannot be read is UNCLEAR, and those fields are empty.
    """
    data = answers.mapping(body)
    order_id = answers.word(data.get("id"), ORDER_ID)
    if order_id is None or data.get("object") != "order":
        return None
    charges = _charges(data)
    is_deferred = any(_object(charge) in DEFERRED for charge in charges)
    amount = answers.centavos(data.get("amount"))
    currency = answers.word(data.get("currency"), CURRENCY)
    live = data.get("livemode")
    known = amount is not None and currency is not None and isinstance(live, bool)
    metadata = answers.mapping(data.get("metadata"))
    return Order(
        id=order_id,
        status=_status(data, charges, is_deferred) if known else OrderStatus.UNCLEAR,
        amount=amount or 0,
        currency=currency or "",
        live=live is True,
        amount_refunded=answers.centavos(data.get("amount_refunded")) or 0,
        amount_paid=(deferred.amount_paid(charges) or None) if is_deferred else None,
        method=_method(charges, is_deferred=is_deferred),
        instructions=deferred.instructions(charges) if is_deferred else None,
        fee=_fee(charges),
        reference=answers.scalar(metadata.get("reference_id")),
        owner=answers.scalar(metadata.get("owner")),
        message=_first(
            answers.sentence(charge.get("failure_message")) for charge in reversed(charges)
        ),
        decline_reason=_first(
            decline_reason(answers.scalar(charge.get("failure_code")))
            for charge in reversed(charges)
        ),
        action_url=_action_url(data),
        card_last4=_first(map(card_last4, reversed(charges))),
        card_name=_first(map(card_name, reversed(charges))),
        created_at=answers.moment(data.get("created_at")),
    )


def paid_charge(body: object, expected: Order) -> bool:
    """Tell whether a charge says the expected order is paid: same id, amount, currency, mode."""
    data = answers.mapping(body)
    return (
        data.get("object") == "charge"
        and data.get("status") == "paid"
        and data.get("order_id") == expected.id
        and answers.centavos(data.get("amount")) == expected.amount
        and data.get("currency") == expected.currency
        and data.get("livemode") is expected.live
    )


def waiting_charge(body: object, expected: Order) -> Order | None:
    """Read a charge that waits for money on the expected order; None for anything else."""
    data = answers.mapping(body)
    found = deferred.instructions([data])
    named = (data.get("object"), data.get("order_id"), data.get("livemode"))
    if found is None or named != ("charge", expected.id, expected.live):
        return None
    return replace(expected, method=deferred.method_of([data]), instructions=found)


def fee(charge: object) -> int | None:
    """Give what Conekta keeps of a charge, in centavos; answers to a charge often lack it."""
    return answers.centavos(answers.mapping(charge).get("fee"))


def card_last4(charge: object) -> str | None:
    """Give the last four digits of the card that a charge was made on."""
    method = answers.mapping(answers.mapping(charge).get("payment_method"))
    return answers.word(method.get("last4"), r"\d{4}")


def card_name(charge: object) -> str | None:
    """Give the name on the card that a charge was made on, as its form was filled in."""
    method = answers.mapping(answers.mapping(charge).get("payment_method"))
    name = answers.sentence(method.get("name"))
    # Some type the card's number there, which must not be kept.
    return None if name is None or any(map(str.isdigit, name)) else name


@dataclass(frozen=True)
class Page:
    """Hold some orders of a list, and what names the page after it, if there is one."""

    orders: tuple[Order, ...]
    next: str | None


def page(body: object) -> Page | None:
    """Read a page of orders; None unless all of it can be read and its end is certain.

    Of `next_page_url` only the `next` parameter is taken: its host is not to be trusted.
    """
    data = answers.mapping(body)
    listed = data.get("data")
    if not isinstance(listed, list):
        return None
    orders = [found for found in map(order, listed) if found is not None]
    following = _next(data.get("next_page_url")) if data.get("has_more") is not False else None
    endless = data.get("has_more") is True and following is None
    return None if endless or len(orders) < len(listed) else Page(tuple(orders), following)


def _next(url: object) -> str | None:
    try:
        query = parse_qs(urlsplit(url).query) if isinstance(url, str) else {}
    except ValueError:
        return None
    return answers.word(query.get("next", [None])[0], r"[!-~]{1,200}")


def _charges(data: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """Give the order's charges; one that cannot be read counts as a charge of no known status."""
    listed = data.get("charges")
    if isinstance(listed, dict):
        listed = listed.get("data")
    if listed is None:
        return []
    return [answers.mapping(charge) for charge in listed] if isinstance(listed, list) else [{}]


def _method(charges: Sequence[Mapping[str, object]], *, is_deferred: bool) -> Method | None:
    if is_deferred:
        return deferred.method_of(charges)
    return Method.CARD if CARD in map(_object, charges) else None


def _object(charge: Mapping[str, object]) -> str:
    return str(answers.mapping(charge.get("payment_method")).get("object"))


def _status(
    data: Mapping[str, object], charges: Sequence[Mapping[str, object]], is_deferred: bool
) -> OrderStatus:
    seen = {str(charge.get("status")) for charge in charges}
    named = data.get("payment_status")
    if is_deferred and deferred.amount_paid(charges):
        return _status_of_deferred(data, charges, seen)
    if named is None:
        return _status_by_charges(data, seen)
    status = _STATUS.get(named, OrderStatus.UNCLEAR) if isinstance(named, str) else None
    contradicted = (
        (status is OrderStatus.PAID and not _paid_in_full(data, charges))
        or (status is OrderStatus.PENDING and not seen <= _NO_MONEY | {"pending_payment"})
        or (status in (OrderStatus.DECLINED, OrderStatus.CANCELED) and not seen <= _NO_MONEY)
    )
    return OrderStatus.UNCLEAR if status is None or contradicted else status


def _status_of_deferred(
    data: Mapping[str, object], charges: Sequence[Mapping[str, object]], seen: set[str]
) -> OrderStatus:
    """Say what an order is that money came for from outside: too little leaves it waiting."""
    came, named = deferred.amount_paid(charges) or 0, data.get("payment_status")
    amount = answers.centavos(data.get("amount")) or 0
    is_plain = seen <= _NO_MONEY | {"paid", "pending_payment"} and not data.get("amount_refunded")
    if is_plain and (named == "paid" or (named in ("pending_payment", None) and came < amount)):
        return OrderStatus.PAID
    known = _STATUS.get(named, OrderStatus.UNCLEAR) if isinstance(named, str) else None
    is_back = known in (
        OrderStatus.REFUNDED,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.CHARGED_BACK,
    )
    return known if known is not None and is_back else OrderStatus.UNCLEAR


def _status_by_charges(data: Mapping[str, object], seen: set[str]) -> OrderStatus:
    """Before the first charge Conekta tells no status, and at times it tells none after it."""
    if not seen <= _NO_MONEY | {"pending_payment"}:
        return OrderStatus.UNCLEAR
    if data.get("next_action") or "pending_payment" in seen:
        return OrderStatus.PENDING
    if "declined" in seen:
        return OrderStatus.DECLINED
    return OrderStatus.CANCELED if seen else OrderStatus.OPEN


def _fee(charges: Sequence[Mapping[str, object]]) -> int | None:
    """Give what Conekta keeps of the order's money, where each charge with money tells it."""
    without = _NO_MONEY | {"pending_payment"}
    told = [fee(charge) for charge in charges if str(charge.get("status")) not in without]
    known = [amount for amount in told if amount is not None]
    return sum(known) if known and len(known) == len(told) else None


def _paid_in_full(data: Mapping[str, object], charges: Sequence[Mapping[str, object]]) -> bool:
    """Tell whether the charges listed bear a paid order out: once its amount, and nothing back."""
    others = {str(charge.get("status")) for charge in charges} - {"paid"}
    amounts = [charge.get("amount") for charge in charges if charge.get("status") == "paid"]
    settled = not charges or list(map(answers.centavos, amounts)) == [data.get("amount")]
    return settled and others <= _NO_MONEY and not data.get("amount_refunded")


def _action_url(data: Mapping[str, object]) -> str | None:
    redirect = answers.mapping(data.get("next_action")).get("redirect_to_url")
    return answers.web_address(answers.mapping(redirect).get("url"))


def _first(found: Iterable[Word | None]) -> Word | None:
    return next((word for word in found if word), None)


def order_body(purchase: Purchase) -> Json:
    """Write an order without a charge. Its total is the one line's price, in centavos."""
    body: Json = {
        "currency": purchase.currency,
        **buyer(purchase.customer),
        "line_items": [
            {"name": _name(purchase.description), "unit_price": purchase.amount, "quantity": 1}
        ],
        "metadata": {"reference_id": purchase.reference, "owner": purchase.owner},
    }
    if purchase.return_url is not None:
        body["return_url"] = purchase.return_url
    return body


def buyer(customer: Customer) -> Json:
    """Write who pays, as the part of an order that it is."""
    return {
        "customer_info": {
            "name": _name(customer.name),
            "email": customer.email,
            "phone": customer.phone or UNKNOWN_PHONE,
        }
    }


def charge_body(purchase: Purchase, means: Means) -> Json:
    """Write a charge of the whole order: without an amount it is the order's own."""
    if not isinstance(means, Card):
        return deferred.charge_body(purchase, means)
    return {
        "payment_method": {"type": "card", "token_id": means.token},
        "reference_id": purchase.reference,
    }


def order_with_charge_body(purchase: Purchase, means: Means) -> Json:
    """Write an order along with its charge, in one request."""
    return order_body(purchase) | {"charges": [charge_body(purchase, means)]}


def refund_body(amount: int) -> Json:
    """Write a refund of `amount` centavos, as the buyer did not get what was paid for."""
    return {"amount": amount, "reason": "requested_by_client"}


def probe() -> Purchase:
    """Give the smallest order there can be, to try a key out; it is canceled at once."""
    customer = Customer("Prueba de llave", "prueba@example.com")
    return Purchase("portal-check", "portal-check", "Prueba de llave", 300, "MXN", customer)


def _name(text: str) -> str:
    """Give a name of 3 to 249 characters; "Li" becomes "Li."."""
    return text.strip()[:LONGEST_NAME].ljust(SHORTEST_NAME, ".")
