"""Ask Mercado Pago for a payment that is made elsewhere, and read how and whether it was made.

A transfer is `clabe`, cash is a ticket of one network, which the buyer chooses beforehand. Names
and fields are those of its OpenAPI 1.0.0; paycash and its shops are of its documentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from portal.payments import answers
from portal.payments.answers import MAX_CENTAVOS
from portal.payments.mercadopago import amounts
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

Payment = Mapping[str, object]

METHODS = {
    "credit_card": Method.CARD,
    "debit_card": Method.CARD,
    "bank_transfer": Method.TRANSFER,
    "ticket": Method.CASH,
}
NETWORKS = (
    CashNetwork("oxxo", "OXXO", None, ("OXXO",)),
    CashNetwork("paycash", "PayCash", None, ("7-Eleven", "Santander")),
    CashNetwork("bancomer", "BBVA", None, ("BBVA",)),
    CashNetwork("banamex", "Banamex", None, ("Banamex", "Telecomm")),
    CashNetwork("serfin", "Santander", None, ("Santander",)),
)
LABELS = {network.name: network for network in NETWORKS}
WAITING = ("action_required", "processing")
CAME = "processed"
CLABE = r"\d{18}"
REFERENCE = r"[A-Za-z0-9][A-Za-z0-9 -]{3,59}"
NETWORK = r"[a-z0-9_]{1,40}"
# Who keeps an interbank key, by its first three digits (Banco de México's catalogue).
BANKS = {"646": "STP", "722": "Mercado Pago", "012": "BBVA", "002": "Banamex", "014": "Santander"}
LONGEST = timedelta(days=30)
TERMS = {
    Method.CARD: MethodTerms(0, 1, MAX_CENTAVOS, timedelta(0), refundable=True),
    Method.TRANSFER: MethodTerms(0, 300, 100_000_000, LONGEST, refundable=False, currency="MXN"),
    Method.CASH: MethodTerms(
        None, 1_000, 1_000_000, LONGEST, refundable=False, networks=NETWORKS, currency="MXN"
    ),
}


def payment_body(amount: str, means: Deferred) -> dict[str, object] | None:
    """Write the one payment of an order; None for a network that there is not.

    The end is a moment, no duration, so that the same question is written alike each time.
    """
    named = means.network or NETWORKS[0].name
    method: dict[str, object] = {"id": "clabe", "type": "bank_transfer"}
    if means.method is Method.CASH:
        if named not in LABELS:
            return None
        method = {"id": named, "type": "ticket"}
    ends = means.expires_at.astimezone(UTC).isoformat(timespec="milliseconds")
    payment = {"amount": amount, "payment_method": method, "date_of_expiration": ends}
    return {"payments": [payment]}


def method_of(payments: Sequence[Payment]) -> Method | None:
    """Say how an order is paid, or was to be; None where no payment tells."""
    found = (METHODS.get(str(_method(payment).get("type"))) for payment in reversed(payments))
    return next(filter(None, found), None)


def instructions(payments: Sequence[Payment]) -> Instructions | None:
    """Read how to make the payments that wait; None where there is nothing to show."""
    for payment in payments:
        if payment.get("status") not in WAITING:
            continue
        method = _method(payment)
        ends = moment(payment.get("date_of_expiration"))
        kind = METHODS.get(str(method.get("type")))
        if kind is Method.TRANSFER and (found := _transfer(method, ends)):
            return found
        if kind is Method.CASH and (reference := _reference(method)):
            return CashInstructions((reference,), ends)
    return None


def page_url(payments: Sequence[Payment]) -> str | None:
    """Find the page where Mercado Pago itself shows how a payment that waits is made."""
    waiting = (_method(each) for each in payments if each.get("status") in WAITING)
    return next(filter(None, (answers.web_address(m.get("ticket_url")) for m in waiting)), None)


def is_deferred(payments: Sequence[Payment]) -> bool:
    """Tell whether the money comes from outside."""
    return method_of(payments) in (Method.TRANSFER, Method.CASH)


def amount_paid(data: Mapping[str, object], payments: Sequence[Payment]) -> int | None:
    """Give what came by a deferred method, in hundredths.

    None where there is no such method, where it is not told, and where the order's total is not
    what its payments come to.
    """
    if not is_deferred(payments):
        return None
    came = [_came(payment) for payment in payments if payment.get("status") == CAME]
    total = None if None in came else sum(amount or 0 for amount in came)
    told = data.get("total_paid_amount")
    return total if told is None or amounts.read(told) == total else None


def moment(value: object) -> datetime | None:
    """Read an ISO 8601 time; one without an offset is none of its own."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if read is None or read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _came(payment: Payment) -> int | None:
    told = payment.get("paid_amount")
    return amounts.read(payment.get("amount") if told is None else told)


def _method(payment: Payment) -> Mapping[str, object]:
    return answers.mapping(payment.get("payment_method"))


def _transfer(method: Mapping[str, object], ends: datetime | None) -> TransferInstructions | None:
    told = (method.get(name) for name in ("reference", "barcode_content", "digitable_line"))
    clabe = next(filter(None, (answers.word(value, CLABE) for value in told)), None)
    if clabe is None:
        return None
    bank = BANKS.get(clabe[:3])
    return TransferInstructions(clabe, bank, ends, answers.web_address(method.get("ticket_url")))


def _reference(method: Mapping[str, object]) -> CashReference | None:
    barcode = answers.word(method.get("barcode_content"), REFERENCE)
    told = (method.get(name) for name in ("reference", "digitable_line"))
    read = (answers.word(value, REFERENCE) for value in told)
    reference = next(filter(None, read), barcode)
    if reference is None:
        return None
    named = answers.word(method.get("id"), NETWORK) or "Efectivo"
    network = LABELS.get(named, CashNetwork(named, named, None, ()))
    return CashReference(
        network=network.label,
        reference=reference,
        fee=network.fee,
        barcode_url=None,
        stores=network.stores,
        barcode=barcode,
        page_url=answers.web_address(method.get("ticket_url")),
    )
