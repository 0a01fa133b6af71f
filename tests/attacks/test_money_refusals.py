"""What a gateway refuses, sorted by meaning: who is told what, and what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.models import GatewayAccount
from portal.payments.declines import DeclineReason
from portal.sales.decline_sentences import SENTENCES
from tests.support.shop import PRIVATE_KEY, Shop, open_shop

ABROAD, RISK = DeclineReason.FOREIGN_CARD, DeclineReason.RISK
NOT_ACCEPTED, NO_REASON = DeclineReason.NOT_ACCEPTED, DeclineReason.NO_REASON
SENTENCE = "Tu tarjeta no puede usarse en este comercio. Intenta con otra."
CHARGE = "parameter_validation.charge."


@dataclass(frozen=True)
class Refusal:
    """What Conekta says at the charge."""

    code: str
    status: int
    depth: int = 0
    param: str | None = None


@dataclass(frozen=True)
class Expected:
    """What must follow: the answer, why the sale ended, and what buyer and operator are told."""

    answer: int
    reason: str
    alert: str | None = None
    told: str = SENTENCE


def card(reason: DeclineReason) -> Expected:
    return Expected(402, "declined", told=SENTENCES[reason])


UNKNOWN_REASON = Expected(402, "declined")
ROWS = {
    "row 5 as 422": (
        Refusal(CHARGE + "international_card_not_allowed", 422),
        card(ABROAD),
    ),
    "row 5 as 402": (
        Refusal(CHARGE + "international_card_not_allowed", 402),
        card(ABROAD),
    ),
    "by risk": (Refusal(CHARGE + "rejected_by_risk", 422), card(RISK)),
    "forbidden trade": (
        Refusal("parameter_validation.card.forbidden_mcc", 422),
        card(NOT_ACCEPTED),
    ),
    "combo": (
        Refusal("parameter_validation.combo.order.card_not_supported", 422),
        card(NOT_ACCEPTED),
    ),
    "row 6": (Refusal("processing.bank.declined", 402, depth=1), card(NO_REASON)),
    "row 6 as 422": (Refusal(CHARGE + "rejected_by_risk", 422, depth=1), card(RISK)),
    "two levels deep": (
        Refusal("processing.bank.declined", 402, depth=2),
        card(NO_REASON),
    ),
    "no reason of ours": (Refusal(CHARGE + "of_another_year", 422), UNKNOWN_REASON),
    "used token": (
        Refusal("processing.tokenization.used", 402),
        Expected(402, "refused", told=SENTENCES[DeclineReason.FORM_EXPIRED]),
    ),
    "keys of two modes": (
        Refusal(CHARGE + "incorrect_livemode_of_token", 422, param="token_id"),
        Expected(503, "failed", "del mismo modo"),
    ),
    "amount": (
        Refusal("parameter_validation.amount.minimum", 422, param="amount"),
        Expected(503, "failed", "revise el plan"),
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_refused_charge(shop: Shop, name: str) -> None:
    refusal, expected = ROWS[name]
    shop.gateway.complain(
        "charge",
        refusal.status,
        refusal.code,
        SENTENCE,
        depth=refusal.depth,
        param=refusal.param,
        times=2,
    )
    for turn in range(2):
        answer = shop.buy(f"key-{turn}")
        assert answer.status_code == expected.answer, answer.json
        if expected.answer == 402:
            assert answer.json["detail"] == expected.told
    assert [sale.cancel_reason for sale in shop.sales()] == [expected.reason] * 2
    alerts = [alert.message for alert in shop.alerts()]
    assert len(alerts) == (1 if expected.alert else 0)
    assert all(str(expected.alert) in message for message in alerts)
    good = shop.buy("key-good")
    assert good.status_code == 200, good.json
    assert shop.charged() == 2000


def test_a_private_key_of_the_other_mode_is_the_operator_s_to_mend(shop: Shop) -> None:
    shop.change(GatewayAccount, mode="live")
    for turn in range(2):
        assert shop.buy(f"key-{turn}").status_code == 503
    [alert] = shop.alerts()
    assert (alert.times, "modo" in alert.message) == (2, True)
    assert shop.gateway.calls()["charge"] == 0


def test_a_code_that_nobody_knows_proves_nothing(shop: Shop) -> None:
    """Neither a decline nor an invitation to pay again, until the order has been asked about."""
    shop.gateway.complain("charge", 422, "something.never_seen", SENTENCE)
    answer = shop.buy("key-1")
    assert (answer.status_code, answer.json["estado_pago"]) == (202, "pending")
    assert shop.buy("key-2").status_code == 409
    [order] = shop.gateway.orders()
    shop.gateway.pay(order["id"])
    shop.reconcile()
    assert shop.status(answer.json["referencia"]).json["estado_pago"] == "paid"


def test_declines_by_any_code_are_counted(tmp_path: Path) -> None:
    with open_shop(tmp_path, None, device_declines=3) as shop:
        code = CHARGE + "international_card_not_allowed"
        shop.gateway.complain("charge", 422, code, SENTENCE, times=None)
        answers = [shop.buy(f"key-{turn}").status_code for turn in range(4)]
        assert answers == [402, 402, 402, 429]


NAMES = ["Łukasz Żółć", "Ελένη", "王小明", "José `Pepe`", "María 😀"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_taken_is_spelt_plainly_once_more(shop: Shop, name: str) -> None:
    shop.gateway.behave(plain_names=True)
    answer = shop.buy(nombre_cliente=name)
    assert answer.status_code == 200, answer.json
    assert answer.json["cliente"]["nombre"] == name
    assert shop.gateway.calls()["open_order"] == 2
    assert len(shop.gateway.orders()) == 1
    assert shop.alerts() == []


def test_a_usual_name_is_sent_as_it_is(shop: Shop) -> None:
    shop.gateway.behave(plain_names=True)
    assert shop.buy(nombre_cliente="José Ñúñez").status_code == 200
    [order] = shop.gateway.orders(PRIVATE_KEY)
    assert order["customer_info"]["name"] == "José Ñúñez"
    assert shop.gateway.calls()["open_order"] == 1


FIELDS = {
    "name": ("nombre_cliente", "nombre", 2),
    "phone": ("telefono_cliente", "teléfono", 2),
    "email": ("email_cliente", "correo", 1),
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_not_taken_at_all_is_asked_for_again(shop: Shop, field: str) -> None:
    wire_name, word, asked = FIELDS[field]
    code = f"parameter_validation.customer_info.{field}.format"
    param = f"customer_info.{field}"
    shop.gateway.complain("open_order", 422, code, SENTENCE, param=param, times=asked)
    answer = shop.buy("key-1")
    assert answer.status_code == 422
    assert word in answer.json["detail"]
    assert "no se realizó ningún cargo" in answer.json["detail"]
    assert list(answer.json["errores"]) == [wire_name]
    assert shop.alerts() == []
    # The key is free again for the same purchase with another name.
    assert shop.buy("key-1", **_mended(wire_name)).status_code == 200
    assert shop.charged() == 2000


def _mended(wire_name: str) -> dict[str, Any]:
    values = {
        "nombre_cliente": "Maria Garcia",
        "email_cliente": "m@example.com",
        "telefono_cliente": "5500000000",
    }
    return {wire_name: values[wire_name]}


def test_a_field_refused_along_with_the_charge_is_asked_for_again(tmp_path: Path) -> None:
    with open_shop(tmp_path, None, conekta_charge="in_order") as shop:
        code = "parameter_validation.customer_info.name.format"
        shop.gateway.complain("order_with_charge", 422, code, SENTENCE)
        answer = shop.buy("key-1")
        assert answer.status_code == 422
        assert list(answer.json["errores"]) == ["nombre_cliente"]
        assert shop.gateway.calls()["order_with_charge"] == 1
        assert shop.buy("key-1", nombre_cliente="Maria").status_code == 200
