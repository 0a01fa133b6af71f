"""Ask Conekta for a charge that is paid elsewhere, and read how and whether it was paid.

A cash charge may come back as several, one a network, each with its own reference: all are shown.
Objects and fields are those of its OpenAPI 2.3.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta

from portal.payments import answers
from portal.payments.gateway import Order, Purchase
from portal.payments.methods import (
    CashInstructions,
    CashNetwork,
    CashReference,
    Deferred,
    Instructions,
    Method,
    MethodTerms,
    TransferInstructions,
)

Charge = Mapping[str, object]

METHODS = {
    "card_payment": Method.CARD,
    "bank_transfer_payment": Method.TRANSFER,
    "cash_payment": Method.CASH,
}
WAITING = "pending_payment"
HOLDER = "receiving_account_holder_name"
CLABE = r"\d{18}"
REFERENCE = r"[A-Za-z0-9-]{4,40}"
AGREEMENT = r"\d{3,12}"
PRODUCT = r"[a-z0-9_]{1,40}"
# Who takes a reference of each product (the lists of Conekta's own checkout). Only of the bank's
# machines is it known what the buyer pays on top: nothing.
NETWORKS = {
    "cash_in": CashNetwork(
        "cash_in",
        "Tiendas",
        None,
        ("7-Eleven", "Farmacias del Ahorro", "Circle K", "Extra"),
    ),
    "bbva_cash_in": CashNetwork("bbva_cash_in", "BBVA", 0, ("Cajeros y Practicajas BBVA",)),
}
MOST_CASH = 1_000_000
MOST_TRANSFER = 100_000_000
LEAST = 300
TERMS = {
    Method.CARD: MethodTerms(0, LEAST, MOST_TRANSFER, timedelta(0), refundable=True),
    Method.TRANSFER: MethodTerms(
        0, LEAST, MOST_TRANSFER, timedelta(days=30), refundable=False, currency="MXN"
    ),
    # Shops take references from ten pesos to ten thousand.
    Method.CASH: MethodTerms(
        None, 1_000, MOST_CASH, timedelta(days=30), refundable=False, currency="MXN"
    ),
}


def charge_body(purchase: Purchase, means: Deferred) -> dict[str, object]:
    """Write a charge of the whole order that waits for money until `expires_at`."""
    method = {
        "type": means.method.value,
        "expires_at": int(means.expires_at.astimezone(UTC).timestamp()),
    }
    return {"payment_method": method, "reference_id": purchase.reference}


def method_of(charges: Sequence[Charge]) -> Method | None:
    """Say how an order is paid, or was to be; None where no charge tells."""
    found = (METHODS.get(str(_method(charge).get("object"))) for charge in reversed(charges))
    return next(filter(None, found), None)


def instructions(charges: Iterable[Charge]) -> Instructions | None:
    """Read how to pay the charges that wait for money; None where there is nothing to show."""
    waiting = [_method(charge) for charge in charges if charge.get("status") == WAITING]
    for method in waiting:
        clabe = answers.word(method.get("clabe"), CLABE)
        if clabe is not None:
            return _transfer(clabe, method)
    references = tuple(filter(None, map(_reference, waiting)))
    ends = filter(None, (answers.moment(method.get("expires_at")) for method in waiting))
    return CashInstructions(references, min(ends, default=None)) if references else None


def waiting_charge(body: object, expected: Order) -> Order | None:
    """Read a charge that waits for money on the expected order; None for anything else."""
    data = answers.mapping(body)
    found = instructions([data])
    named = (data.get("object"), data.get("order_id"), data.get("livemode"))
    if found is None or named != ("charge", expected.id, expected.live):
        return None
    return replace(expected, method=method_of([data]), instructions=found)


def amount_paid(charges: Sequence[Charge]) -> int | None:
    """Give the centavos that came by a deferred method; None where none is, or none can be read."""
    if method_of(charges) not in (Method.TRANSFER, Method.CASH):
        return None
    came = [answers.centavos(c.get("amount")) for c in charges if c.get("status") == "paid"]
    return None if None in came else sum(amount or 0 for amount in came)


def _transfer(clabe: str, method: Mapping[str, object]) -> TransferInstructions:
    bank, holder = map(answers.sentence, (method.get("bank"), method.get(HOLDER)))
    ends = answers.moment(method.get("expires_at"))
    return TransferInstructions(clabe, bank, ends, holder=holder)


def _method(charge: Charge) -> Mapping[str, object]:
    return answers.mapping(charge.get("payment_method"))


def _reference(method: Mapping[str, object]) -> CashReference | None:
    reference = answers.word(method.get("reference"), REFERENCE)
    if reference is None or method.get("object") != "cash_payment":
        return None
    known = NETWORKS.get(answers.word(method.get("product_type"), PRODUCT) or "")
    told = _stores(method)
    stores = told or (known.stores if known else ())
    label = known.label if known else (stores or (_label(method),))[0]
    return CashReference(
        network=label,
        reference=reference,
        fee=known.fee if known else None,
        barcode_url=answers.web_address(method.get("barcode_url")),
        stores=stores,
        agreement=answers.word(method.get("agreement"), AGREEMENT),
    )


def _stores(method: Mapping[str, object]) -> tuple[str, ...]:
    listed = map(answers.sentence, answers.items(method.get("store_names")))
    named = tuple(filter(None, listed)) or (answers.sentence(method.get("store_name")),)
    return tuple(filter(None, named))


def _label(method: Mapping[str, object]) -> str:
    return answers.sentence(method.get("service_name")) or "Efectivo"
