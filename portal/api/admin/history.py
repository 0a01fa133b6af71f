"""Show the company's trail: who did what, and what it was before and after."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id
from portal.operators import companies
from portal.operators.trail import history
from portal.web.operator_schemas.history_schemas import HistoryPage, HistoryQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.spreadsheets.download import FileKind, attached
from portal.web.spreadsheets.trail import trail_table

TABLE = (
    "numero,fecha,quien,accion,descripcion,objeto,antes,despues,detalles,ip,solicitud,huella\r\n"
    '7,2026-11-10 20:30:00,ana@example.com,plan.update,Cambió un plan,12,"{""precio"": '
    '""20.00""}","{""precio"": ""25.00""}",,192.0.2.7,0123456789abcdef,' + "0" * 64 + "\r\n"
)

blueprint = session_blueprint("historial", __name__, "/api/v1/admin/mi-empresa")


@blueprint.route("/historial")
@blueprint.arguments(HistoryQuery, location="query")
@blueprint.response(200, HistoryPage)
@blueprint.doc(
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": TABLE}}}}
)
def listing(query: dict[str, Any]) -> Any:
    """Quién hizo qué, lo último primero; con `formato=csv`, todo lo que cumple el filtro

    Cada entrada dice qué había antes y qué quedó; de un secreto, solo que cambió. Nada de esto se
    puede cambiar ni borrar: cada `huella` incluye la anterior, y lo que falte o se altere se nota.
    """
    if query.pop("formato") == "csv":
        return _as_csv(query)
    return page_answer("historial", history.listing(acting_company_id(), **query), query)


def _as_csv(query: dict[str, Any]) -> Response:
    filters: Any = {name: query[name] for name in query if name not in ("limit", "offset")}
    company_id = acting_company_id()
    table = trail_table(history.every(company_id, **filters), companies.zone_of(company_id))
    return attached(table, "historial", FileKind.CSV)
