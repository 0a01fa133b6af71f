"""Test what was sold and earned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from portal.models.sale import STATES
from portal.models.sale_states import UNDECIDED
from tests.api.admin.caller import Caller
from tests.api.admin.sold import make_sale
from tests.support.tenants import Tenant, make_tenant

# The evening before in Mexico: days are the company’s.
NIGHT = datetime(2025, 3, 10, 1, tzinfo=UTC)
MARCH = {"desde": "2025-03-01", "hasta": "2025-03-31"}


def money(line: dict[str, Any]) -> tuple[str, int, str]:
    return line["moneda"], line["ventas"], line["ingresos"]


def test_only_what_was_earned_counts(app: Flask, operator: Caller, tenant: Tenant) -> None:
    for state in STATES:
        make_sale(app, tenant, NIGHT, state)
    report = operator.get("/mi-empresa/dashboard", **MARCH).json
    assert [money(line) for line in report["totales"]] == [("MXN", 3, "60.00")]
    assert report["ventas_sin_decidir"] == len(UNDECIDED)


def test_income_stands_by_day_product_router_and_currency(
    app: Flask, operator: Caller, tenant: Tenant
) -> None:
    make_sale(app, tenant, NIGHT, "delivered")
    make_sale(app, tenant, NIGHT, "paid", amount=5005, amount_refunded=5, parked_reason="Ver")
    make_sale(app, tenant, NIGHT + timedelta(days=1), "delivered", currency="USD", amount=150)
    make_sale(app, tenant, NIGHT - timedelta(days=40), "delivered")
    report = operator.get("/mi-empresa/dashboard", **MARCH).json
    assert [(line["fecha"], *money(line)) for line in report["por_dia"]] == [
        ("2025-03-09", "MXN", 2, "70.00"),
        ("2025-03-10", "USD", 1, "1.50"),
    ]
    assert [
        (line["producto_id"], line["nombre"], *money(line)) for line in report["por_producto"]
    ] == [
        (tenant.plan_ids[0], "1 Hora de Internet", "MXN", 2, "70.00"),
        (tenant.plan_ids[0], "1 Hora de Internet", "USD", 1, "1.50"),
    ]
    assert [(line["router_id"], line["nombre"]) for line in report["por_router"]] == [
        (tenant.router_id, "Patio")
    ] * 2
    assert (report["ventas_por_atender"], report["routers_activos"]) == (1, 1)
    assert report["productos_activos"] == 2


def test_a_report_is_of_one_company(app: Flask, root: Caller, tenant: Tenant) -> None:
    stranger = make_tenant(app, "Ajena")
    make_sale(app, stranger, NIGHT, "delivered")
    acting = root.acting_for(tenant.company_id)
    own = acting.get("/api/v1/admin/mi-empresa/dashboard", **MARCH).json
    assert own["totales"] == own["por_dia"] == own["por_router"] == []
    assert root.get(f"/admin/empresas/{tenant.company_id}/stats", **MARCH).json == own
    theirs = root.get(f"/admin/empresas/{stranger.company_id}/stats", **MARCH).json
    assert [money(line) for line in theirs["totales"]] == [("MXN", 1, "20.00")]
    assert root.get("/admin/empresas/EMP_0000000000/stats").status_code == 404


def test_the_super_admin_sees_all_companies(app: Flask, root: Caller, tenant: Tenant) -> None:
    make_sale(app, tenant, NIGHT, "delivered", amount=700)
    report = root.get("/admin/dashboard", **MARCH).json
    own = [line for line in report["por_empresa"] if line["empresa_id"] == tenant.company_id]
    assert [(line["nombre"], *money(line)) for line in own] == [("Café Ñandú", "MXN", 1, "7.00")]


def test_the_last_thirty_days_are_the_usual_ones(
    app: Flask, operator: Caller, tenant: Tenant
) -> None:
    now = datetime.now(UTC)
    make_sale(app, tenant, now - timedelta(days=29), "delivered")
    make_sale(app, tenant, now - timedelta(days=31), "delivered")
    report = operator.get("/mi-empresa/dashboard").json
    assert [money(line) for line in report["totales"]] == [("MXN", 1, "20.00")]
