"""Test the months that an accountant reads, and the lines that they are made of."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask

from portal.core.database import writing
from portal.models import MoneyBack, Sale
from tests.api.admin.sold import make_sale
from tests.panel.client import PanelClient
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant

APRIL = datetime(2025, 4, 10, 18, tzinfo=UTC)


@pytest.fixture
def sale_id(app: Flask, tenant: Tenant) -> str:
    """A sale of $99, of which $9 went back."""
    values = {"amount": 9900, "fee": 623, "order_id": f"ord_{tenant.company_id}"}
    made = make_sale(app, tenant, APRIL, "delivered", **values)
    with app.app_context(), writing() as session:
        sale = session.get_one(Sale, made)
        about = {n: getattr(sale, n) for n in ("company_id", "router_id", "currency", "vat_rate")}
        session.add(MoneyBack(sale_id=made, at=APRIL, kind="outside", amount=900, **about))
    return made


def test_a_month_by_router(panel: PanelClient, sale_id: str) -> None:
    text = unescape(panel.get("/panel/contabilidad?mes=2025-04").text)
    # Charged, refunded, left, without tax and tax, each rounded once, and the fee.
    for amount in ("$99.00", "$9.00", "$90.00", "$77.58", "$12.42", "$6.23"):
        assert amount in text, amount
    assert "Patio" in text
    assert "abril de 2025" in text
    assert "mes=2025-03" in text
    assert "mes=2025-05" in text


def test_each_movement_is_a_line(panel: PanelClient, sale_id: str, tenant: Tenant) -> None:
    answer = panel.get("/panel/contabilidad/movimientos.csv?mes=2025-04")
    assert answer.headers["Content-Disposition"].endswith('"movimientos-2025-04.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert [
        (r["movimiento"], r["importe"], r["sin_iva"], r["iva"], r["tasa_iva"]) for r in rows
    ] == [
        ("cobro", "99.00", "85.34", "13.66", "16"),
        ("comision", "-6.23", "", "", ""),
        ("reembolso_externo", "-9.00", "-7.76", "-1.24", "16"),
    ]
    assert {(r["referencia"], r["router"], r["moneda"]) for r in rows} == {
        (sale_id, "Patio", "MXN")
    }
    assert rows[0]["fecha"] == "2025-04-10 12:00:00"


def test_no_such_month(panel: PanelClient) -> None:
    for path in ("/panel/contabilidad", "/panel/contabilidad/movimientos.csv"):
        answer = panel.get(f"{path}?mes=2025-13")
        assert answer.status_code == 422
        assert "2026-01" in answer.text


def test_it_asks_a_few_questions(app: Flask, panel: PanelClient, sale_id: str) -> None:
    with recorded_queries(app) as statements:
        assert panel.get("/panel/contabilidad?mes=2025-04").status_code == 200
    assert len(statements) <= 18, "\n".join(statements)
