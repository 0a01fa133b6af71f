"""Test whatever is sent: a clear 4xx or a proper sale's answer, and nothing outside called for a
4xx.
"""

from __future__ import annotations

import json
import random
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.api.bad_input.conftest import traces
from tests.api.bad_input.values import ALIASES, REFUSED, TAKEN
from tests.support.shop import Shop

SEED = random.randrange(2**32)
PAY = "/api/v1/payments/pagar-conekta"
UNTOUCHED = (400, 404, 405, 409, 413, 415, 422)
TOUCHED = (200, 202, 402)
BOUNDED = settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Halves of surrogate pairs among them, which travel as escapes.
texts = st.text(st.characters(), max_size=40)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
TOKENS = ["tok_test_visa_4242", "tok_test_card_declined", "tok_nobody_knows"]
GOOD: dict[str, st.SearchStrategy[Any]] = {
    field: st.sampled_from([value for value, _, _ in table]) for field, table in TAKEN.items()
} | {
    "producto_id": st.just(1),
    "token_tarjeta": st.sampled_from(TOKENS),
    "tipo_usuario": st.sampled_from(["pin", "usuario_contrasena", "", None]),
}


def a_value(field: str) -> st.SearchStrategy[Any]:
    """Mostly good, else refused, else anything."""
    return st.one_of(GOOD[field], GOOD[field], st.sampled_from(REFUSED[field]), anything)


good_bodies = st.fixed_dictionaries({field: GOOD[field] for field in ALIASES})
likely_bodies = st.fixed_dictionaries({}, optional={field: a_value(field) for field in ALIASES})
english = st.fixed_dictionaries({}, optional={ALIASES[f]: a_value(f) for f in ALIASES})
spoilt = st.sampled_from(list(ALIASES)).flatmap(
    lambda field: st.builds(lambda body, value: body | {field: value}, good_bodies, a_value(field))
)
bodies = st.one_of(
    anything,
    spoilt,
    st.builds(lambda one, other: one | other, likely_bodies, english),
    st.builds(lambda one, other: one | other, good_bodies, st.dictionaries(texts, anything)),
)


def post(shop: Shop, data: bytes, kind: str = "application/json") -> TestResponse:
    return shop.app.test_client().post(
        PAY, data=data, content_type=kind, headers={"X-API-Key": shop.api_key}
    )


def check(shop: Shop, data: bytes, kind: str = "application/json") -> int:
    """Post this; the answer's status, once the answer has been found in order."""
    before = traces(shop)
    answer = post(shop, data, kind)
    assert answer.status_code in UNTOUCHED + TOUCHED, answer.data
    assert answer.mimetype == "application/json"
    if answer.status_code in UNTOUCHED:
        assert traces(shop) == before
    if answer.status_code >= 400:
        assert answer.json["detail"].strip()
    else:
        assert answer.json["referencia"] == shop.sales()[-1].id
    return answer.status_code


def test_any_json(shop: Shop) -> None:
    seen: set[int] = set()

    @seed(SEED)
    @BOUNDED
    @given(bodies)
    def run(body: Any) -> None:
        seen.add(check(shop, json.dumps(body).encode()))

    print(f"seed {SEED}")
    run()
    assert seen >= {200, 422}
    shop.reconcile()
    assert {sale.state for sale in shop.sales()} <= {"delivered", "canceled"}
    assert shop.charged() == sum(s.amount for s in shop.sales() if s.state == "delivered")


def test_any_bytes(shop: Shop) -> None:
    order = json.dumps(shop.order(), ensure_ascii=False).encode()

    @seed(SEED)
    @BOUNDED
    @given(st.data())
    def run(data: st.DataObject) -> None:
        if data.draw(st.booleans()):
            check(shop, data.draw(st.binary(max_size=200)))
            return
        at = data.draw(st.integers(0, len(order)))
        torn = order[:at] + data.draw(st.binary(min_size=1, max_size=4)) + order[at:]
        check(shop, torn)

    print(f"seed {SEED}")
    run()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp1252"])
def test_other_encodings_than_utf_8(shop: Shop, encoding: str) -> None:
    text = json.dumps(shop.order(nombre_cliente="María"), ensure_ascii=False)
    assert check(shop, text.encode(encoding)) in (200, 400)


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/json", "application/xml", "x", "", "a/b; c=d"]
)
def test_other_types_than_json(shop: Shop, kind: str) -> None:
    assert check(shop, json.dumps(shop.order()).encode(), kind) == 415


def test_bodies_up_to_the_limit_and_beyond(shop: Shop) -> None:
    room = 64 * 1024 - len(json.dumps(shop.order() | {"relleno": ""}))
    full = json.dumps(shop.order() | {"relleno": "x" * room}).encode()
    assert len(full) == 64 * 1024
    assert check(shop, full) == 200
    assert check(shop, full + b" ") == 413
    assert check(shop, b"[" * 10**7) == 413


def test_names_are_sent_twice(shop: Shop) -> None:
    """As everywhere in Python, the last one counts."""
    twice = json.dumps(shop.order())[:-1] + ', "nombre_cliente": 5}'
    assert check(shop, twice.encode()) == 422


ODD_SEGMENTS = [
    *(
        "x" * 5000,
        "%00",
        "%ED%A0%80",
        "%FF%FE",
        "..%2f..%2fetc",
        "'%20OR%201=1--",
        "0",
        "-1",
        "1.5",
    ),
    *("9" * 5000, "%F0%9F%9A%80", "%0a%0d", string.punctuation.replace("/", "").replace("?", "")),
    *("sal_" + "0" * 60, "ord_" + "x" * 96, "null", "٣", "1e3", "0x1", "%2500"),
]


@pytest.mark.parametrize("path", ["/api/v1/payments/", "/api/v1/catalogo_perfiles_venta/"])
@pytest.mark.parametrize("segment", ODD_SEGMENTS, ids=range(len(ODD_SEGMENTS)))
def test_odd_addresses(shop: Shop, path: str, segment: str) -> None:
    before = traces(shop)
    answer = shop.app.test_client().get(path + segment, headers={"X-API-Key": shop.api_key})
    assert answer.status_code in (404, 405, 308), answer.data
    assert traces(shop) == before
