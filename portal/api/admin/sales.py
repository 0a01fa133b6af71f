"""Show the company's sales, and what they brought in."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.api.admin.report_schemas import ReportAnswer
from portal.api.admin.sale_schemas import (
    SalePage,
    SaleQuery,
    ToldSaleAnswer,
)
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor, administrator
from portal.core.errors import Forbidden
from portal.models.admin_user import Role
from portal.models.sale_states import SaleState
from portal.operators import companies, refunds, reports, transactions
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.periods import PeriodQuery
from portal.web.operator_schemas.sale_schemas import RefundRequest
from portal.web.spreadsheets.download import FileKind, attached
from portal.web.spreadsheets.sales import sales_table

TABLE = (
    "id,id_transaccion,fecha,estado_pago,router_id,producto,precio,moneda,reembolsado,nombre,"
    "email,telefono,mac,usuario_hotspot\r\n"
    "sal_0123456789abcdef0123456789abcdef,ord_2tVoN3nHFnMXyBdXx,2025-03-10 20:30:00,paid,"
    "RTR_01234567,1 Hora de Internet,20.00,MXN,0.00,María García,maria@example.com,"
    '"=""5512345678""",AA:BB:CC:DD:EE:FF,"=""AB3C9D"""\r\n'
)

blueprint = session_blueprint("transacciones", __name__, "/api/v1/admin/mi-empresa")


@blueprint.route("/transacciones")
@blueprint.arguments(SaleQuery, location="query")
@blueprint.response(200, SalePage)
@blueprint.doc(
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": TABLE}}}}
)
@blueprint.also_for(Role.CASHIER)
def listing(query: dict[str, Any]) -> Any:
    """Mis ventas, la última primero; con `formato=csv`, todas las que cumplen el filtro

    Con `formato=csv` responde una tabla para hojas de cálculo con todas las que cumplen el filtro:
    UTF-8, separada por comas, con fechas en la `zona_horaria` de la empresa.
    """
    if query.pop("formato") == "csv":
        # Everybody's names and addresses at once are more than a look.
        if administrator().role == Role.CASHIER:
            raise Forbidden
        return _as_csv(query)
    return page_answer("transacciones", transactions.listing(acting_company_id(), **query), query)


@blueprint.route("/transacciones/<sale_id>")
@blueprint.response(200, ToldSaleAnswer)
@blueprint.failures(404)
@blueprint.also_for(Role.CASHIER)
def sale(sale_id: str) -> Any:
    """Una venta con su historial

    Con el producto y el precio como eran, y cada paso que dio.
    """
    return transactions.get(acting_company_id(), sale_id)


@blueprint.route("/transacciones/<sale_id>/reembolso", methods=["POST"])
@blueprint.arguments(RefundRequest, example={"motivo": "No pudo conectarse"})
@blueprint.response(200, ToldSaleAnswer)
@blueprint.also(202, ToldSaleAnswer)
@blueprint.failures(404, 409)
def refund(payload: dict[str, Any], sale_id: str) -> Any:
    """Devolver el pago completo y cerrar el acceso; 202 mientras la pasarela no lo confirma

    El dinero vuelve completo a la tarjeta. 409 si esa venta no se puede devolver: lo que se pagó
    por SPEI o en efectivo no lo devuelve la pasarela. Devuélvalo usted y regístrelo con `a_mano`,
    que cierra el acceso y lo descuenta de sus ingresos; así también lo que la pasarela no aceptó
    devolver, y lo que llegó de menos. Con `importe` no se registra nada (409) si mientras tanto
    llegó más de lo que devolvió.
    """
    give_back = refunds.book_return if payload["a_mano"] else refunds.refund
    asked = payload["motivo"], payload.get("importe")
    told = give_back(actor(), acting_company_id(), sale_id, *asked)
    return told, 202 if told.sale.state == SaleState.REFUNDING else 200


@blueprint.route("/dashboard")
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, ReportAnswer)
@blueprint.also_for(Role.CASHIER)
def dashboard(period: dict[str, Any]) -> Any:
    """Ventas e ingresos pagados, por día, producto y router; 30 días si no se indica otra cosa

    Solo lo pagado, menos lo devuelto, en los días de la `zona_horaria` de la empresa.
    `ventas_sin_decidir` y `ventas_por_atender` son de ahora.
    """
    return reports.of_company(acting_company_id(), **period)


def _as_csv(query: dict[str, Any]) -> Response:
    filters: Any = {name: query[name] for name in query if name not in ("limit", "offset")}
    company_id = acting_company_id()
    zone = companies.zone_of(company_id)
    table = sales_table(transactions.every(company_id, **filters), zone)
    return attached(table, "transacciones", FileKind.CSV)
