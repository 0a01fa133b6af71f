"""A purchase of its own for each test, opened and charged as a sale does."""

from __future__ import annotations

import uuid
from typing import Any

from portal.payments.gateway import Customer, Gateway, Opened, Outcome, Purchase
from portal.payments.methods import Card

AMOUNT = 5000


def purchase(**changes: Any) -> Purchase:
    """One that nobody else has made."""
    values = {
        "reference": f"sal_{uuid.uuid4().hex}",
        "owner": "deployment-1:EMP_0123456789",
        "description": "24 Horas de Internet",
        "amount": AMOUNT,
        "currency": "MXN",
        "customer": Customer("María García", "maria@example.com", "5512345678"),
        "return_url": "https://portal.example.mx/r/RTR_01234567/vuelta",
    }
    return Purchase(**(values | changes))


def opened(gateway: Gateway, bought: Purchase) -> str:
    """The id of an order that stands open."""
    found = gateway.open_order(bought, 5)
    assert isinstance(found, Opened), found
    assert found.order_id is not None
    return found.order_id


def charged(gateway: Gateway, bought: Purchase, card: str) -> tuple[str, Outcome]:
    """The id of an order, and what came of charging it."""
    order_id = opened(gateway, bought)
    return order_id, gateway.charge(bought, order_id, Card(card), 5)
