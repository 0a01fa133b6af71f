"""Test the table of sales: a Mexican spreadsheet shows what we wrote, and it never stands whole
in memory.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.database import writing
from portal.models import Access, Sale
from portal.operators import transactions
from tests.api.admin.caller import Caller
from tests.api.admin.sold import make_sale
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant

# What is listed and counted by days, each database does in its own way.
pytestmark = pytest.mark.each_database

SALES = "/mi-empresa/transacciones"
EVENING = datetime(2025, 3, 11, 2, 30, tzinfo=UTC)


def rows(operator: Caller) -> list[dict[str, str]]:
    answer = operator.get(SALES, formato="csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbfid,id_transaccion,fecha,")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def row(app: Flask, operator: Caller, tenant: Tenant, code: str = "", **values: Any) -> Any:
    """The line of a sale with these values, and with this code."""
    sale_id = make_sale(app, tenant, EVENING, "paid", **values)
    if code:
        with app.app_context(), writing() as session:
            access_of = select(Sale.access_id).where(Sale.id == sale_id).scalar_subquery()
            access = session.scalars(select(Access).where(Access.id == access_of)).one()
            access.name = code
    (found,) = (line for line in rows(operator) if line["id"] == sale_id)
    return found


# LibreOffice 7.4 in es-MX shows each of these as the text on the right, Excel too.
@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("012345", '="012345"'),
        ("482E1307", '="482E1307"'),
        ("DIC234", '="DIC234"'),
        ("AB3C9D", '="AB3C9D"'),
    ],
)
def test_codes_stay_as_they_are(
    app: Flask, operator: Caller, tenant: Tenant, code: str, cell: str
) -> None:
    assert row(app, operator, tenant, code)["usuario_hotspot"] == cell


@pytest.mark.parametrize("number", ["+525512345678", "5512345678", "0445512345678"])
def test_phones_stay_as_they_are(app: Flask, operator: Caller, tenant: Tenant, number: str) -> None:
    assert row(app, operator, tenant, customer_phone=number)["telefono"] == f'="{number}"'
    assert row(app, operator, tenant)["telefono"] == ""


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("José Ñúñez", "José Ñúñez"),
        ('Ana "La Güera", hija', 'Ana "La Güera", hija'),
        ("007", '="007"'),
        ("1-2", '="1-2"'),
        ("1/2", '="1/2"'),
        ("1E10", '="1E10"'),
        ("+1", '="+1"'),
        ("12 mar", '="12 mar"'),
        ("MAR 2026", '="MAR 2026"'),
        ("$99", '="$99"'),
        ("99 €", '="99 €"'),
        ("10%", '="10%"'),
        ("(5)", '="(5)"'),
        ("10:30 p. m.", '="10:30 p. m."'),
        ("Verdadero", '="Verdadero"'),
        ("Mario 2", "Mario 2"),
        ("Café 5 de Mayo", "Café 5 de Mayo"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ('="x"&A1', '\'="x"&A1'),
        ("+1+A1", "'+1+A1"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("24 Horas", "24 Horas"),
    ],
)
def test_what_people_wrote_is_neither_formula_nor_number(
    app: Flask, operator: Caller, tenant: Tenant, name: str, cell: str
) -> None:
    written = row(app, operator, tenant, customer_name=name, plan_name=name)
    assert (written["nombre"], written["producto"]) == (cell, cell)


@pytest.mark.parametrize(("name", "cell"), [("Ana; hija", '"Ana; hija"'), ("a\tb", '"a\tb"')])
def test_what_parts_cells_in_the_imports_window_is_quoted(
    app: Flask, operator: Caller, tenant: Tenant, name: str, cell: str
) -> None:
    make_sale(app, tenant, EVENING, "paid", customer_name=name)
    assert f",{cell}," in operator.get(SALES, formato="csv").text


def test_numbers_are_numbers_and_dates_are_in_order(
    app: Flask, operator: Caller, tenant: Tenant
) -> None:
    written = row(app, operator, tenant, amount=123450, amount_refunded=5)
    assert (written["precio"], written["reembolsado"], written["moneda"]) == (
        "1234.50",
        "0.05",
        "MXN",
    )
    assert written["fecha"] == "2025-03-10 20:30:00"
    make_sale(app, tenant, datetime(2025, 3, 9, 23, tzinfo=UTC), "paid")
    dates = [line["fecha"] for line in rows(operator)]
    assert dates == sorted(dates, reverse=True)


def test_a_table_is_read_a_batch_at_a_time(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "BATCH", 2)
    # Of one moment, so that only the id tells where the next batch begins.
    made = {make_sale(app, tenant, EVENING, "paid") for _ in range(5)}
    with recorded_queries(app) as statements, app.app_context():
        sales = transactions.every(tenant.company_id)
        first = [next(sales).sale.id, next(sales).sale.id]
        read = len(statements)
        # Newer than all: it moves no other from its place.
        make_sale(app, tenant, datetime(2030, 1, 1, tzinfo=UTC), "paid")
        rest = [sale_status.sale.id for sale_status in sales]
    assert read == 3
    assert sorted([*first, *rest]) == sorted(made)
