"""Hold what the customer is told against what is so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.models import Sale
from tests.support.environment import Environment
from tests.support.ledgers import PUBLIC, Ledgers


def false_answers(environment: Environment, ledgers: Ledgers) -> Iterator[Sale]:
    """Sales of which a customer who asks is told something else than what is so."""
    for sale in ledgers.sales:
        told: Any = environment.status(sale.id).json
        money = ledgers.money_of(sale)
        expected = {PUBLIC[money[0]["payment_status"]]} if money else {"canceled", "declined"}
        if sale.parked_reason is not None and sale.paid_at is None:
            # Another amount came than was to be paid: that is the operator's.
            expected = {"pending"}
        access = next(access for access in ledgers.accesses if access.id == sale.access_id)
        is_open = sale.state == "delivered" and bool(ledgers.entitled(access))
        # Who added to an access is not told its code.
        is_told = is_open and not sale.extends
        if told["estado_pago"] not in expected or bool(told["usuario_hotspot"]) != is_told:
            yield sale
