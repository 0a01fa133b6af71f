"""Ask how a payment stands in each of its states: the answer is what the document says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from tests.api.documented.calls import JSON
from tests.api.documented.conftest import DocumentedShop

PATH = "/api/v1/payments/{reference}"
# What a page asks again by; without it nothing more is to come.
ASK_AGAIN = "consulta"
_numbers = count(1)


class Asked:
    """Ask, and hold the answer against the document."""

    def __init__(self, shop: DocumentedShop, document: dict[str, Any]) -> None:
        self.shop = shop
        said = document["paths"][PATH]["get"]["responses"]["200"]["content"][JSON]["schema"]
        self.schema = {**said, "components": document["components"]}

    def __call__(self, reference: str) -> Any:
        answer = self.shop.status(reference)
        assert answer.status_code == 200
        Draft202012Validator(self.schema).validate(answer.json)
        return answer.json


@pytest.fixture
def asked(shop: DocumentedShop, document: dict[str, Any]) -> Iterator[Asked]:
    yield Asked(shop, document)
    shop.router.faults.clear()
    shop.gateway.behave(force_three_ds=False)
    shop.reconcile()


def buy(shop: DocumentedShop, **changes: Any) -> TestResponse:
    """Somebody else's purchase each time."""
    mac = f"02:00:00:00:00:{next(_numbers):02X}"
    return shop.buy(**{"mac_cliente": mac, "ip_cliente": None} | changes)


def at_the_bank(shop: DocumentedShop) -> Any:
    """What was answered when the bank asked the buyer to confirm."""
    shop.gateway.behave(force_three_ds=True)
    answer = buy(shop)
    assert answer.status_code == 202
    return answer.json


def test_a_delivered_payment(shop: DocumentedShop, asked: Asked) -> None:
    said = asked(buy(shop).json["referencia"])
    assert (said["estado_pago"], ASK_AGAIN in said) == ("paid", False)
    assert said["usuario_hotspot"]


def test_one_that_waits_for_the_bank(shop: DocumentedShop, asked: Asked) -> None:
    bought = at_the_bank(shop)
    said = asked(bought["referencia"])
    assert said["estado_pago"] == "pending"
    for name in (ASK_AGAIN, "mensaje", "accion_requerida"):
        assert said[name] == bought[name]
    shop.gateway.challenge(bought["id_transaccion"], passed=False)
    shop.reconcile()
    said = asked(bought["referencia"])
    assert (said["estado_pago"], ASK_AGAIN in said) == ("declined", False)


def test_one_that_waits_for_the_router(shop: DocumentedShop, asked: Asked) -> None:
    bought = at_the_bank(shop)
    shop.gateway.challenge(bought["id_transaccion"], passed=True)
    shop.router.faults.cut_before("/ip/hotspot/user/set", times=None)
    shop.reconcile()
    said = asked(bought["referencia"])
    assert (said["estado_pago"], said["usuario_hotspot"]) == ("paid", None)
    assert said[ASK_AGAIN]
    assert "No pague otra vez" in said["mensaje"]


def test_what_was_added_is_over_without_a_code(shop: DocumentedShop, asked: Asked) -> None:
    first = buy(shop).json["referencia"]
    said = asked(buy(shop, extiende=first).json["referencia"])
    assert (said["estado_pago"], said["usuario_hotspot"]) == ("paid", None)
    assert ASK_AGAIN not in said


def test_one_whose_money_is_on_its_way_back(shop: DocumentedShop, asked: Asked) -> None:
    reference = buy(shop).json["referencia"]
    shop.gateway.fail("cut", "refund", executed=False)
    assert give_back(shop, reference) == 202
    said = asked(reference)
    assert (said["estado_pago"], said["usuario_hotspot"]) == ("paid", None)
    assert said[ASK_AGAIN]
    assert said["mensaje"] == "Su pago se está devolviendo."
    shop.reconcile()
    said = asked(reference)
    assert (said["estado_pago"], said["usuario_hotspot"]) == ("refunded", None)
    assert ASK_AGAIN not in said


def give_back(shop: DocumentedShop, reference: str) -> int:
    """Ask for a refund as the operator; the answer's status."""
    path = f"/api/v1/admin/mi-empresa/transacciones/{reference}/reembolso"
    headers = shop.log_in() | {"X-Empresa-ID": shop.company_id}
    return shop.call(path, {"motivo": "Llovió"}, **headers).status_code
