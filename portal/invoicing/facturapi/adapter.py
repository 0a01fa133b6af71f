"""Register and cancel receipts at Facturapi (https://docs.facturapi.io/api/#tag/receipt)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from portal.invoicing.facturapi.client import FacturapiClient, InvoiceAnswer
from portal.invoicing.invoicer import (
    Invoiced,
    Invoicer,
    InvoiceRefused,
    InvoiceUnknown,
    Issued,
    Withdrawn,
)
from portal.payments import answers

# The tax authority's catalogues: Internet access as a service, a unit of service, a credit card.
PRODUCT, UNIT = "81112101", "E48"
RECEIPT_ID = r"[A-Za-z0-9_-]{1,64}"
CANCELED = "canceled"
KEY_REFUSED = (401, 403)
# It will be refused as well the next time; 429 and all of 5xx will not.
FOR_GOOD = (400, 402, 404, 409, 422)


class Facturapi(Invoicer):
    """Serve one company's organisation. Cheap to make, and safe to use from any thread."""

    def __init__(self, key: str, client: FacturapiClient) -> None:
        self._key, self._client = key, client

    def issue(self, sold: Invoiced, timeout: float) -> Issued | InvoiceRefused | InvoiceUnknown:
        """See the port."""
        answer = self._client.call("POST", "/receipts", self._key, receipt_body(sold), timeout)
        return _issued(answer) or _otherwise(answer)

    def withdraw(
        self, receipt_id: str, timeout: float
    ) -> Withdrawn | InvoiceRefused | InvoiceUnknown:
        """See the port."""
        path = f"/receipts/{quote(receipt_id, safe='')}"
        answer = self._client.call("DELETE", path, self._key, None, timeout)
        if _is_canceled(answer):
            return Withdrawn()
        return _otherwise(answer)


def receipt_body(sold: Invoiced) -> dict[str, object]:
    """Write a receipt of one line, whose price holds its tax: there it is rounded once."""
    product = {
        "description": sold.description,
        "product_key": PRODUCT,
        "unit_key": UNIT,
        "price": sold.amount / 100,
        "tax_included": True,
        "taxes": [{"type": "IVA", "rate": sold.vat_rate / 10_000}],
    }
    return {
        "payment_form": sold.payment_form,
        "currency": sold.currency,
        "items": [{"quantity": 1, "product": product}],
        "external_id": sold.reference,
        "idempotency_key": sold.reference,
    }


def _issued(answer: InvoiceAnswer | None) -> Issued | None:
    if answer is None or answer.status not in (200, 201):
        return None
    body = answers.mapping(answer.body)
    receipt_id = answers.word(body.get("id"), RECEIPT_ID)
    url = answers.web_address(body.get("self_invoice_url"))
    if receipt_id is None or url is None:
        return None
    return Issued(receipt_id, url, _moment(body.get("expires_at")))


def _is_canceled(answer: InvoiceAnswer | None) -> bool:
    said = answers.mapping(answer.body) if answer and answer.status == 200 else {}
    return said.get("status") == CANCELED


def _otherwise(answer: InvoiceAnswer | None) -> InvoiceRefused | InvoiceUnknown:
    if answer is None:
        return InvoiceUnknown("no answer")
    if answer.status in KEY_REFUSED:
        return InvoiceRefused("key_refused", key_refused=True)
    if answer.status in FOR_GOOD:
        said = answers.sentence(answers.mapping(answer.body).get("message"))
        return InvoiceRefused(said or f"http_{answer.status}")
    return InvoiceUnknown(f"http_{answer.status}")


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
