"""Answer about receipts as Facturapi does (https://docs.facturapi.io/api/#tag/receipt), no wire."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

LIFE = timedelta(days=30)
ITEM: dict[str, type | tuple[type, ...]] = {
    "description": str,
    "product_key": str,
    "price": (int, float),
}
PAYMENT_FORMS = {"01", "03", "04", "28", "99"}
RATES = {0, 0.08, 0.16}
Json = dict[str, Any]
Answer = tuple[int, Json]


class Receipts:
    """Keep organisations by key, and their receipts; from any thread.

    `failures` are answered to the next calls, in their order. `total` of a receipt is in pesos, as
    all of the API's amounts are.
    """

    def __init__(self, url: str = "") -> None:
        self.url = url
        self.receipts: dict[str, Json] = {}
        self.failures: list[Answer] = []
        self.keys: set[str] = set()
        self._owners: dict[str, str] = {}
        self._lock = Lock()

    def add_organization(self, key: str) -> None:
        """Let an organisation be that has this key."""
        self.keys.add(key)

    def invoice(self, receipt_id: str) -> None:
        """Let the buyer have made an invoice of it."""
        self.receipts[receipt_id] |= {"status": "invoiced_to_customer", "invoice": "inv_1"}

    def answer(self, method: str, path: str, key: str | None, body: Json | None) -> Answer:
        """Answer one call."""
        with self._lock:
            if self.failures:
                return self.failures.pop(0)
            if key not in self.keys:
                return error(401, "La llave no es válida.")
            if (method, path) == ("POST", "/v2/receipts"):
                return self._create(str(key), body)
            receipt = self.receipts.get(path.rpartition("/")[2])
            if receipt is None or self._owners[receipt["id"]] != key:
                return error(404, "No se encontró el recibo.")
            return self._cancel(receipt) if method == "DELETE" else (200, receipt)

    def _create(self, key: str, body: Json | None) -> Answer:
        problem = problem_of(body)
        if problem or body is None:
            return error(400, problem or "Falta el cuerpo.")
        for receipt in self.receipts.values():
            same = receipt["idempotency_key"] == body.get("idempotency_key")
            if same and self._owners[receipt["id"]] == key:
                return 200, receipt
        receipt = self._made(body)
        self.receipts[receipt["id"]], self._owners[receipt["id"]] = receipt, key
        return 200, receipt

    def _made(self, body: Json) -> Json:
        identifier, now = secrets.token_hex(12), datetime.now(UTC)
        lines = [(item["quantity"], item["product"]["price"]) for item in body["items"]]
        return {
            "id": identifier,
            "created_at": now.isoformat(),
            "expires_at": (now + LIFE).isoformat(),
            "livemode": False,
            "status": "open",
            "total": sum(quantity * price for quantity, price in lines),
            "invoice": None,
            "key": secrets.token_hex(4),
            "self_invoice_url": f"{self.url}/autofactura/{identifier}",
            **{name: body.get(name) for name in ("items", "currency", "payment_form")},
            **{name: body.get(name) for name in ("external_id", "idempotency_key")},
        }

    def _cancel(self, receipt: Json) -> Answer:
        if receipt["status"] not in ("open", "canceled"):
            return error(400, "El recibo ya está facturado.")
        receipt["status"] = "canceled"
        return 200, receipt


def error(status: int, message: str) -> Answer:
    """Say what is wrong as the API does."""
    return status, {"ok": False, "status": status, "message": message}


def problem_of(body: Json | None) -> str | None:
    """Say what keeps a receipt from being made."""
    items = (body or {}).get("items")
    if not isinstance(items, list) or not items:
        return "items es requerido."
    if (body or {}).get("payment_form") not in PAYMENT_FORMS:
        return "payment_form no es una forma de pago."
    return next((found for found in map(_problem_of_item, items) if found), None)


def _problem_of_item(item: Any) -> str | None:
    product = item.get("product") if isinstance(item, dict) else None
    if not isinstance(product, dict) or item.get("quantity") != 1:
        return "Cada concepto lleva quantity y product."
    for name, kind in ITEM.items():
        if not isinstance(product.get(name), kind):
            return f"product.{name} no es válido."
    taxes = product.get("taxes")
    rates = [tax.get("rate") for tax in taxes] if isinstance(taxes, list) else [None]
    return None if set(rates) <= RATES else "La tasa no existe."
