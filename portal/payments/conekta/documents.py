"""Read an order of Conekta's, and its charges. They may hold anything: nothing here raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from portal.payments import answers
from portal.payments.conekta import deferred
from portal.payments.conekta.declines import decline_reason
from portal.payments.gateway import Order, OrderStatus
from portal.payments.methods import Method

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
