"""Show the company's sales, and what they brought in."""

from __future__ import annotations

from typing import Any

from flask import Response, stream_with_context

from portal.api.admin.pages import page_answer
from portal.api.admin.report_schemas import ReportAnswer
from portal.api.admin.sale_csv import table
from portal.api.admin.sale_schemas import (
    PeriodQuery,
    RefundRequest,
    SalePage,
    SaleQuery,
    ToldSaleAnswer,
)
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.models.sale_states import SaleState
from portal.operators import companies, refunds, reports, transactions

CSV_NAME = 'attachment; filename="transacciones.csv"'

blueprint = session_blueprint("transacciones", __name__, "/api/v1/admin/mi-empresa")


@blueprint.route("/transacciones")
@blueprint.arguments(SaleQuery, location="query")
@blueprint.response(200, SalePage)
@blueprint.failures(404)
def listing(query: dict[str, Any]) -> Any:
    """Mis ventas, la última primero; con `formato=csv`, todas las que cumplen el filtro"""
    if query.pop("formato") == "csv":
        return _as_csv(query)
    return page_answer("transacciones", transactions.listing(acting_company_id(), **query), query)


@blueprint.route("/transacciones/<sale_id>")
@blueprint.response(200, ToldSaleAnswer)
@blueprint.failures(404)
def sale(sale_id: str) -> Any:
    """Una venta con su historial"""
    return transactions.get(acting_company_id(), sale_id)


@blueprint.route("/transacciones/<sale_id>/reembolso", methods=["POST"])
@blueprint.arguments(RefundRequest)
@blueprint.response(200, ToldSaleAnswer)
@blueprint.also(202, ToldSaleAnswer)
@blueprint.failures(404, 409)
def refund(payload: dict[str, str], sale_id: str) -> Any:
    """Devolver el pago completo y cerrar el acceso; 202 mientras la pasarela no lo confirma"""
    told = refunds.refund(actor(), acting_company_id(), sale_id, payload["motivo"])
    return told, 202 if told.sale.state == SaleState.REFUNDING else 200


@blueprint.route("/dashboard")
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, ReportAnswer)
def dashboard(period: dict[str, Any]) -> Any:
    """Ventas e ingresos pagados, por día, producto y router; 30 días si no se indica otra cosa"""
    return reports.of_company(acting_company_id(), **period)


def _as_csv(query: dict[str, Any]) -> Response:
    filters: Any = {name: query[name] for name in query if name not in ("limit", "offset")}
    company_id = acting_company_id()
    zone = companies.zone_of(company_id)
    lines = table(transactions.every(company_id, **filters), zone)
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = CSV_NAME
    return response
