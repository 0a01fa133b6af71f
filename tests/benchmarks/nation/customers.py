"""Let customers confirm at their bank, one after another, and see how long delivery takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.benchmarks.nation.filling import Door
from tests.support.databases.admin import fetch
from tests.support.servers.http import Api

PENDING = 202


@dataclass(frozen=True)
class Purchase:
    """A sale that waits for its customer's bank."""

    reference: str
    order_id: str
    company_id: str


class Customers:
    """They bought at these doors with cards that ask for 3DS, and pay when they are told to."""

    def __init__(self, web_url: str, gateway_url: str, doors: Sequence[Door], count: int) -> None:
        self._web, self._gateway = Api(web_url), Api(gateway_url)
        self._waiting = iter([self._buy(doors[n % len(doors)], n) for n in range(count)])
        self.paid_at: dict[str, datetime] = {}

    def close(self) -> None:
        """Let go of the connections."""
        self._web.close()
        self._gateway.close()

    def pay(self) -> bool:
        """Let the next one pay, of which the gateway tells; False when all have."""
        purchase = next(self._waiting, None)
        if purchase is None:
            return False
        path = f"/_sandbox/orders/{purchase.order_id}/challenge"
        self._gateway.post(path, {"passed": True}).raise_for_status()
        event = paid_event(purchase.order_id, f"evt_{len(self.paid_at)}")
        self.paid_at[purchase.reference] = datetime.now(UTC)
        path = f"/api/v1/webhooks/conekta/{purchase.company_id}"
        self._web.request("POST", path, json=event).raise_for_status()
        return True

    def waited(self, database_url: str) -> Iterator[float]:
        """For each that was delivered, the seconds since it was paid."""
        query = "SELECT id, delivered_at FROM sale WHERE id = ANY(%s) AND delivered_at IS NOT NULL"
        found = fetch(database_url, query, list(self.paid_at))
        return ((at - self.paid_at[sale]).total_seconds() for sale, at in found)

    def _buy(self, door: Door, number: int) -> Purchase:
        body = {
            "producto_id": door.plan_id,
            "token_tarjeta": "tok_test_visa_4242",
            "nombre_cliente": "María García",
            "email_cliente": "maria@example.com",
            "mac_cliente": f"02:00:5E:40:{number >> 8:02X}:{number & 255:02X}",
        }
        headers = {"X-API-Key": door.api_key}
        path = "/api/v1/payments/pagar-conekta"
        answer = self._web.request("POST", path, json=body, headers=headers)
        if answer.status_code != PENDING:
            raise RuntimeError(f"{answer.status_code} {answer.text}")
        told = answer.json()
        return Purchase(told["referencia"], told["id_transaccion"], door.company_id)


def paid_event(order_id: str, event_id: str) -> dict[str, Any]:
    """What the gateway tells of an order that was paid."""
    order = {"object": "order", "id": order_id}
    return {"id": event_id, "type": "order.paid", "data": {"object": order}}
