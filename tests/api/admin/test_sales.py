"""Test sales as operators look them up."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.models.sale import CANCEL_REASONS, STATES
from tests.api.admin.caller import Caller, log_in
from tests.api.admin.sold import make_sale
from tests.support.tenants import Tenant, make_tenant

# What is listed, filtered and counted, each database does in its own way.
pytestmark = pytest.mark.each_database

NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
WORDS = ("pending", "paid", "declined", "canceled", "refunded", "charged_back")


@pytest.fixture
def sales(operator: Caller) -> Caller:
    return operator.at("/api/v1/admin/mi-empresa/transacciones")


def ids(caller: Caller, **query: str) -> list[str]:
    answer = caller.get("", **query)
    assert answer.status_code == 200, answer.text
    found = [sale["id"] for sale in answer.json["transacciones"]]
    assert answer.json["total"] == len(found)
    return found


def test_a_sale_is_told_with_its_history(app: Flask, sales: Caller, tenant: Tenant) -> None:
    sale_id = make_sale(app, tenant, NOON, "delivered", order_id="ord_1", card_last4="4242")
    sale = sales.get(f"/{sale_id}").json
    assert (sale["id"], sale["id_transaccion"], sale["estado_pago"]) == (sale_id, "ord_1", "paid")
    assert sale["producto"] == {
        "id": tenant.plan_ids[0],
        "nombre": "1 Hora de Internet",
        "precio": "20.00",
        "moneda": "MXN",
        "perfil_mikrotik": "1hora",
    }
    assert sale["cliente"] == {
        "nombre": "María García",
        "email": "maria@example.com",
        "telefono": None,
    }
    assert [move["a"] for move in sale["historial"]] == ["delivered"]
    assert sale["created_at"] == "2025-03-10T12:00:00+00:00"
    assert "planted" not in str(sale)


def test_each_state_is_found_under_the_word_it_is_shown_with(
    app: Flask, sales: Caller, tenant: Tenant
) -> None:
    for state in STATES:
        for reason in (None, *(CANCEL_REASONS if state in ("canceling", "canceled") else ())):
            make_sale(app, tenant, NOON, state, cancel_reason=reason)
    every = sales.get("", limit=200).json
    assert every["total"] == len(STATES) + 2 * len(CANCEL_REASONS)
    shown = {sale["id"]: sale["estado_pago"] for sale in every["transacciones"]}
    assert set(shown.values()) == set(WORDS)
    for word in WORDS:
        expected = {sale_id for sale_id, state in shown.items() if state == word}
        assert set(ids(sales, estado=word)) == expected


def test_a_day_counts_whole(app: Flask, sales: Caller, tenant: Tenant) -> None:
    start = datetime(2025, 3, 10, 6, tzinfo=UTC)
    within = [make_sale(app, tenant, start + timedelta(hours=h), "paid") for h in (0, 23)]
    make_sale(app, tenant, start - timedelta(seconds=1), "paid")
    make_sale(app, tenant, start + timedelta(days=1), "paid")
    assert ids(sales, desde="2025-03-10", hasta="2025-03-10") == within[::-1]
    for zoned in (
        {"desde": "2025-03-10T06:00:00+00:00", "hasta": "2025-03-10T12:00:00-06:00"},
        {"desde": "2025-03-10T00:00:00", "hasta": "2025-03-10T01:00:00"},
    ):
        assert ids(sales, **zoned) == within[:1]


def test_a_sale_is_found_by_what_is_known_of_it(app: Flask, sales: Caller, tenant: Tenant) -> None:
    wanted = make_sale(
        app,
        tenant,
        NOON,
        "paid",
        order_id="ord_Wanted",
        customer_name="Zoé 100%",
        customer_email="zoe@example.com",
        mac="AA:BB:CC:00:11:22",
    )
    make_sale(app, tenant, NOON, "paid")
    user = sales.get(f"/{wanted}").json["usuario_hotspot"]
    for text in (
        wanted,
        wanted[:12],
        wanted[:12] + "…",
        "ord_Wanted",
        "100%",
        "zoe@",
        "bb:cc:00",
        user.lower(),
    ):
        assert ids(sales, q=text) == [wanted], text
    assert ids(sales, q="%") == []
    assert ids(sales, q="' OR 1=1 --") == []


def test_the_newest_stands_first_in_pages(app: Flask, sales: Caller, tenant: Tenant) -> None:
    made = [make_sale(app, tenant, NOON + timedelta(hours=h), "paid") for h in range(3)]
    page = sales.get("", limit=1, offset=1, router_id=tenant.router_id).json
    assert (page["total"], [sale["id"] for sale in page["transacciones"]]) == (3, [made[1]])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("estado", "delivered"),
        ("formato", "xml"),
        ("desde", "ayer"),
        ("desde", "2025-13-01"),
        ("hasta", "0001-01-01"),
        ("hasta", "9999-12-31T23:59:59-14:00"),
        ("q", "x" * 101),
        ("q", "\x00"),
        ("router_id", "x" * 41),
        ("otro", "1"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(sales: Caller, name: str, value: str) -> None:
    answer = sales.get("", **{name: value})
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == [name]


def test_another_companys_sales_are_not_found(app: Flask, tenant: Tenant) -> None:
    stranger = make_tenant(app, "Ajena")
    foreign = make_sale(app, stranger, NOON, "paid")
    operator = log_in(app, tenant.company_id).at("/api/v1/admin/mi-empresa/transacciones")
    assert operator.get(f"/{foreign}").status_code == 404
    assert operator.get("").json["total"] == 0
    assert operator.get("", q=foreign).json["total"] == 0
    assert operator.get("", router_id=stranger.router_id).status_code == 404
    assert operator.get("", router_id=stranger.router_id, formato="csv").status_code == 404


def test_a_spreadsheet_holds_every_sale_and_no_formula(
    app: Flask, sales: Caller, tenant: Tenant
) -> None:
    make_sale(app, tenant, NOON, "paid", customer_name="=HYPERLINK(1)")
    make_sale(app, tenant, NOON, "delivered", customer_name='José "Pepe", hijo')
    answer = sales.get("", formato="csv", limit=1)
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["nombre"] for row in rows} == {"'=HYPERLINK(1)", 'José "Pepe", hijo'}
    assert {row["precio"] for row in rows} == {"20.00"}
    assert "planted" not in answer.text
