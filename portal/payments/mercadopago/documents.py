"""Write the JSON that Mercado Pago is sent, and read the orders that it answers.

What is sent keeps within its OpenAPI 1.0.0. What is read may hold anything: nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.payments import answers
from portal.payments.declines import DeclineReason
from portal.payments.gateway import Order, OrderStatus, Purchase
from portal.payments.mercadopago import amounts, deferred
from portal.payments.mercadopago.declines import decline_reason

Json = dict[str, object]

# As long as the records of a sale can keep; its own have about 26 characters.
ORDER_ID = r"[A-Za-z0-9_-]{1,64}"
WORD = r"[a-z0-9_:.-]{1,100}"
CURRENCY = r"[A-Z]{3}"
LONGEST_DESCRIPTION = 60
# Behind the plan's name, since an order has no other words of ours that it is given back with.
OWNED = re.compile(r"(.*) \[([!-Z^-~]{1,80})\]", re.DOTALL)
CARD = re.compile(r"(?P<token>[A-Za-z0-9_-]{8,64})\.(?P<method>[a-z_]{2,20})")
DEBIT = ("deb", "maestro", "redcompra")

# Its OpenAPI lists the first five; those after them are of its documentation, or were met.
_STATUS = {
    "created": OrderStatus.OPEN,
    "processing": OrderStatus.PENDING,
    "action_required": OrderStatus.PENDING,
    "processed": OrderStatus.PAID,
    "canceled": OrderStatus.CANCELED,
    "cancelled": OrderStatus.CANCELED,
    "expired": OrderStatus.CANCELED,
    "failed": OrderStatus.DECLINED,
    "rejected": OrderStatus.DECLINED,
    "partially_refunded": OrderStatus.PARTIALLY_REFUNDED,
    "refunded": OrderStatus.REFUNDED,
    "charged_back": OrderStatus.CHARGED_BACK,
}
# What a processed order may be after all, as its detail says.
_PROCESSED = {
    "accredited": OrderStatus.PAID,
    "partially_refunded": OrderStatus.PARTIALLY_REFUNDED,
    "refunded": OrderStatus.REFUNDED,
    "charged_back": OrderStatus.CHARGED_BACK,
}
_NO_MONEY = frozenset({"created", "failed", "rejected", "canceled", "cancelled", "expired"})
_WAITING = frozenset({"created", "processing", "action_required", "in_review"})
# What an answer to a charge may be believed of, without a second question.
DECIDED = frozenset({OrderStatus.PAID, OrderStatus.PENDING, OrderStatus.DECLINED})
_MONEY_BACK = frozenset({"processed", "approved", "refunded"})


@dataclass(frozen=True)
class CardChoice:
    """Hold a card's token, and what kind of card it is: `method` is its brand's name there."""

    token: str = field(repr=False)
    method: str

    @property
    def type(self) -> str:
        """Tell a debit card's by its name."""
        return "debit_card" if self.method.startswith(DEBIT) else "credit_card"


def card_choice(text: str) -> CardChoice | None:
    """Read `token.method`, both as the card's form gave them; None where it is none."""
    found = CARD.fullmatch(text)
    return CardChoice(found["token"], found["method"]) if found else None


def order_body(purchase: Purchase, security: str) -> Json | None:
    """Write an order without a transaction; None for an amount that its currency has not."""
    amount = amounts.written(purchase.amount, purchase.currency)
    if amount is None:
        return None
    checks: Json = {"validation": security}
    if security != "never":
        checks["liability_shift"] = "not_required"
    online: Json = {"transaction_security": checks}
    if purchase.return_url is not None:
        online["callback_url"] = purchase.return_url
    description = purchase.description.strip()[:LONGEST_DESCRIPTION]
    return {
        "type": "online",
        "processing_mode": "manual",
        "capture_mode": "automatic",
        "total_amount": amount,
        "external_reference": purchase.reference,
        "description": f"{description} [{purchase.owner}]",
        "payer": _payer(purchase),
        "config": {"online": online},
    }


def _payer(purchase: Purchase) -> Json:
    first, _, last = purchase.customer.name.strip().partition(" ")
    payer: Json = {"email": purchase.customer.email}
    if first:
        payer["first_name"] = first
    if last.strip():
        payer["last_name"] = last.strip()
    return payer


def transaction_body(amount: str, card: CardChoice) -> Json:
    """Write the one payment of an order, by card and at once."""
    method: Json = {"id": card.method, "type": card.type, "token": card.token, "installments": 1}
    return {"payments": [{"amount": amount, "payment_method": method}]}


def order(body: object, live: bool) -> Order | None:
    """Read an order; None where there is not even an id to ask about.

    It tells no mode: `live` is the key's. One whose amount or currency cannot be read is UNCLEAR,
    and those fields are empty.
    """
    data = answers.mapping(body)
    order_id = answers.word(data.get("id"), ORDER_ID)
    if order_id is None or not isinstance(data.get("status"), str):
        return None
    payments = _listed(data, "payments")
    amount, currency = amounts.read(data.get("total_amount")), _currency(data)
    known = amount is not None and currency is not None
    status = _status(data, payments, amount) if known else OrderStatus.UNCLEAR
    told_mode = data.get("live_mode")
    instructions = deferred.instructions(payments)
    page = None if instructions else deferred.page_url(payments)
    return Order(
        id=order_id,
        status=status,
        amount=amount or 0,
        currency=currency or "",
        live=told_mode if isinstance(told_mode, bool) else live,
        amount_refunded=_refunded(data, status, amount or 0),
        amount_paid=deferred.amount_paid(data, payments) or None,
        method=deferred.method_of(payments),
        instructions=instructions,
        reference=answers.scalar(data.get("external_reference")),
        owner=_owner(data.get("description")),
        decline_reason=_why(data, payments) if status is OrderStatus.DECLINED else None,
        action_url=_first(map(_challenge, payments)) or page,
        created_at=deferred.moment(data.get("created_date") or data.get("date_created")),
    )


def is_added(body: object, amount: int) -> bool:
    """Tell whether an answer says that the order's one payment was added, of that amount."""
    payments = answers.items(answers.mapping(body).get("payments"))
    told = [amounts.read(answers.mapping(payment).get("amount")) for payment in payments]
    return told == [amount]


@dataclass(frozen=True)
class OrdersPage:
    """Hold some orders of a search, and how many there are in all."""

    orders: tuple[Order, ...]
    total: int


def page(body: object, live: bool) -> OrdersPage | None:
    """Read a page of a search; None unless all of it can be read."""
    data = answers.mapping(body)
    listed = data.get("data")
    total = answers.centavos(answers.mapping(data.get("paging")).get("total"))
    if not isinstance(listed, list) or total is None:
        return None
    orders = [found for found in (order(each, live) for each in listed) if found is not None]
    return OrdersPage(tuple(orders), total) if len(orders) == len(listed) else None


def _currency(data: Mapping[str, object]) -> str | None:
    named = answers.word(data.get("currency"), CURRENCY)
    by_country = amounts.CURRENCIES.get(str(data.get("country_code")))
    return None if named and by_country and named != by_country else named or by_country


def _owner(description: object) -> str | None:
    found = OWNED.fullmatch(description) if isinstance(description, str) else None
    return found[2] if found else None


def _listed(data: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    """Give the order's payments or refunds; one that cannot be read has no known status."""
    listed = answers.mapping(data.get("transactions")).get(name)
    if listed is None:
        return []
    return [answers.mapping(each) for each in listed] if isinstance(listed, list) else [{}]


def _status(
    data: Mapping[str, object], payments: Sequence[Mapping[str, object]], amount: int | None
) -> OrderStatus:
    seen = {str(payment.get("status")) for payment in payments}
    status = _STATUS.get(str(data.get("status")), OrderStatus.UNCLEAR)
    if status is OrderStatus.PAID:
        status = _PROCESSED.get(str(data.get("status_detail")), OrderStatus.UNCLEAR)
    has_money = "processed" in seen or bool(amounts.read(data.get("total_paid_amount")))
    if has_money and deferred.is_deferred(payments):
        came = deferred.amount_paid(data, payments)
        return _status_of_deferred(data, status, seen, came, amount or 0)
    contradicted = (
        (status is OrderStatus.PAID and not _paid_in_full(data, payments, amount))
        or (status is OrderStatus.OPEN and not seen <= {"created"})
        or (status is OrderStatus.PENDING and not seen <= _WAITING | _NO_MONEY)
        or (status in (OrderStatus.DECLINED, OrderStatus.CANCELED) and not seen <= _NO_MONEY)
    )
    return OrderStatus.UNCLEAR if contradicted else status


def _status_of_deferred(
    data: Mapping[str, object],
    status: OrderStatus,
    seen: set[str],
    came: int | None,
    amount: int,
) -> OrderStatus:
    """Say what an order is that money came for from outside: too little leaves it waiting."""
    is_plain = seen <= _WAITING | _NO_MONEY | {"processed"} and not _listed(data, "refunds")
    is_short = status is OrderStatus.PENDING and came is not None and came < amount
    if came and is_plain and (status is OrderStatus.PAID or is_short):
        return OrderStatus.PAID
    is_back = status in (
        OrderStatus.REFUNDED,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.CHARGED_BACK,
    )
    return status if is_back else OrderStatus.UNCLEAR


def _paid_in_full(
    data: Mapping[str, object], payments: Sequence[Mapping[str, object]], amount: int | None
) -> bool:
    """Tell whether the payments listed bear a paid order out: once its amount, and nothing back."""
    paid = [payment for payment in payments if payment.get("status") == "processed"]
    others = {str(payment.get("status")) for payment in payments} - {"processed"}
    total = data.get("total_paid_amount")
    return (
        [amounts.read(payment.get("amount")) for payment in paid] == [amount]
        and others <= _NO_MONEY
        and (total is None or amounts.read(total) == amount)
        and not _listed(data, "refunds")
    )


def _refunded(data: Mapping[str, object], status: OrderStatus, amount: int) -> int:
    if status is OrderStatus.REFUNDED:
        return amount
    back = [each for each in _listed(data, "refunds") if each.get("status") in _MONEY_BACK]
    return sum(amounts.read(each.get("amount")) or 0 for each in back)


def _why(data: Mapping[str, object], payments: Sequence[Mapping[str, object]]) -> DeclineReason:
    details = [payment.get("status_detail") for payment in reversed(payments)]
    found = (answers.word(detail, WORD) for detail in (*details, data.get("status_detail")))
    return decline_reason(next(filter(None, found), None))


def _challenge(payment: Mapping[str, object]) -> str | None:
    """Find where the buyer confirms; it is named `url` in some of its answers."""
    method = answers.mapping(payment.get("payment_method"))
    security = answers.mapping(method.get("transaction_security"))
    named = security.get("redirect_url") or security.get("url")
    return answers.web_address(named) if security.get("status") == "pending" else None


def _first(found: Iterable[str | None]) -> str | None:
    return next((text for text in found if text), None)
