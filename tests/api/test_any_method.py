"""Test purchases that say how and where they are paid."""

from __future__ import annotations

import pytest

from tests.support.shop import Shop

PATH = "/api/v1/payments/pagar"


@pytest.mark.parametrize(
    "said", [{}, {"metodo": "tarjeta"}, {"pasarela": "conekta"}, {"pasarela": None}]
)
def test_a_card_is_charged_as_before(shop: Shop, said: dict[str, object]) -> None:
    shop.end_sessions()
    order = shop.order(conexion_automatica=True) | said
    answer = shop.call(PATH, order, **{"Idempotency-Key": "a"})
    assert (answer.status_code, answer.json["estado_pago"]) == (200, "paid")
    again = shop.call(PATH, order, **{"Idempotency-Key": "a"})
    assert again.json["referencia"] == answer.json["referencia"]
    assert len(shop.sales()) == 1


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("metodo", {"metodo": "spei"}),
        ("metodo", {"metodo": "efectivo", "token_tarjeta": "tok_test_visa_4242"}),
        ("metodo", {"metodo": "trueque"}),
        ("pasarela", {"pasarela": "otra"}),
        ("token_tarjeta", {"metodo": "tarjeta", "token_tarjeta": None}),
        ("token_tarjeta", {"token_tarjeta": "4242 4242 4242 4242"}),
    ],
)
def test_what_the_shop_does_not_take_is_refused_before_anything(
    shop: Shop, field: str, said: dict[str, object]
) -> None:
    answer = shop.call(PATH, shop.order() | said)
    assert (answer.status_code, list(answer.json["errores"])) == (422, [field])
    assert shop.sales() == []
    assert shop.gateway.orders() == []


def test_a_token_is_needed_for_a_card(shop: Shop) -> None:
    order = shop.order()
    del order["token_tarjeta"]
    answer = shop.call(PATH, order)
    assert answer.json["errores"] == {"token_tarjeta": ["Es obligatorio."]}
