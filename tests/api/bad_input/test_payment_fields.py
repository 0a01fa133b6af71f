"""Test each field of a purchase at, under and over its limits, and as what it should never be."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.bad_input.conftest import traces
from tests.api.bad_input.values import ALIASES, REFUSED, TAKEN
from tests.support.shop import Shop

PAY = "/api/v1/payments/pagar-conekta"
ENGLISH = re.compile(r"(?i)\b(not|missing|unknown|field|invalid|must|may|data|length|string)\b")
REQUIRED = ("producto_id", "token_tarjeta", "nombre_cliente", "email_cliente")


def post(shop: Shop, body: Any, **headers: str) -> TestResponse:
    """Post with everything escaped, so that halves of characters travel too."""
    return shop.app.test_client().post(
        PAY,
        data=json.dumps(body),
        content_type="application/json",
        headers={"X-API-Key": shop.api_key, **headers},
    )


def complaint(answer: TestResponse, field: str) -> None:
    """A 422 about this field alone, in Spanish."""
    assert answer.status_code == 422, answer.json
    assert list(answer.json) == ["detail", "errores"]
    assert answer.json["detail"].startswith(f"El campo «{field}» ")
    assert list(answer.json["errores"]) == [field]
    for sentence in (answer.json["detail"], *answer.json["errores"][field]):
        assert sentence.endswith(".")
        assert not ENGLISH.search(sentence)


@pytest.mark.parametrize("field", list(REFUSED))
def test_what_no_field_takes(shop: Shop, field: str) -> None:
    before = traces(shop)
    for value in REFUSED[field]:
        complaint(post(shop, shop.order() | {field: value}), field)
        english = {name: v for name, v in shop.order().items() if name != field}
        complaint(post(shop, english | {ALIASES[field]: value}), field)
    assert traces(shop) == before


@pytest.mark.parametrize("field", REQUIRED)
def test_what_cannot_be_left_out(shop: Shop, field: str) -> None:
    before = traces(shop)
    order = shop.order()
    del order[field]
    complaint(post(shop, order), field)
    assert traces(shop) == before


@pytest.mark.parametrize("field", list(TAKEN))
def test_what_each_field_takes_and_what_is_kept_of_it(shop: Shop, field: str) -> None:
    for value, column, kept in TAKEN[field]:
        answer = post(shop, shop.order() | {field: value})
        assert answer.status_code == 200, answer.json
        sale = shop.sales()[-1]
        assert (sale.id, getattr(sale, column)) == (answer.json["referencia"], kept)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("usuario_contrasena", "usuario_contrasena"), ("pin", "pin")]
    + [(nothing, "usuario_contrasena") for nothing in (None, "")],
)
def test_kinds_of_credentials(shop: Shop, value: Any, kind: str) -> None:
    assert post(shop, shop.order(tipo_usuario=value)).json["tipo_usuario"] == kind


@pytest.mark.parametrize("token", ["t", "t" * 100, "4242", "1" * 12, "tok_ñ'\"<>"])
def test_tokens_within_their_limits_are_the_gateway_s_to_judge(shop: Shop, token: str) -> None:
    answer = post(shop, shop.order(token_tarjeta=token))
    assert answer.status_code == 402
    assert answer.json["detail"]


def test_english_names_say_the_same(shop: Shop) -> None:
    spanish = shop.order(info_dispositivo="iPhone", conexion_automatica=True, tipo_usuario="pin")
    english = {ALIASES[name]: value for name, value in spanish.items()}
    first, again = (
        post(shop, spanish, **{"Idempotency-Key": "both"}),
        post(shop, english, **{"Idempotency-Key": "both"}),
    )
    assert first.status_code == again.status_code == 200
    assert first.json == again.json


@pytest.mark.parametrize("field", list(ALIASES))
def test_of_both_names_the_spanish_one_counts(shop: Shop, field: str) -> None:
    before = traces(shop)
    spanish = dict.fromkeys(ALIASES) | shop.order(producto_id=2**31 - 1)
    for other in ("nonsense", None, 10**30, {}):
        answer = post(shop, spanish | {ALIASES[field]: other})
        assert (answer.status_code, answer.json) == (404, {"detail": "Producto no encontrado"})
    assert traces(shop) == before


def test_fields_that_nobody_knows_are_ignored(shop: Shop) -> None:
    odd = {"precio": "0.01", "amount": 1, "company_id": "EMP_X", "": 1, "\ud83d": 1, "a" * 999: []}
    answer = post(shop, shop.order() | odd)
    assert answer.status_code == 200
    assert answer.json["producto"]["precio"] == 20.0


@pytest.mark.parametrize("key", ["", "k" * 256, "k" * 60000])
def test_keys_of_a_wrong_length(shop: Shop, key: str) -> None:
    before = traces(shop)
    answer = post(shop, shop.order(), **{"Idempotency-Key": key})
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == ["Idempotency-Key"]
    assert traces(shop) == before


@pytest.mark.parametrize("key", ["k", "k" * 255, "ñ", "\x80\xff", "'\"; DROP", "a\tb", "  k  "])
def test_keys_of_any_bytes_name_one_purchase(shop: Shop, key: str) -> None:
    charges = shop.gateway.calls()["charge"]
    first, again = (post(shop, shop.order(), **{"Idempotency-Key": key}) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert shop.gateway.calls()["charge"] == charges + 1


@pytest.mark.parametrize("product", [2**31 - 1, 999])
def test_products_that_nobody_sells(shop: Shop, product: int) -> None:
    before = traces(shop)
    answer = post(shop, shop.order(producto_id=product))
    assert (answer.status_code, answer.json) == (404, {"detail": "Producto no encontrado"})
    assert traces(shop) == before
