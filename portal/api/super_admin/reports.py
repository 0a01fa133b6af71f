"""Show what all companies sold and earned."""

from __future__ import annotations

from typing import Any

from portal.api.admin.report_schemas import OverallReportAnswer, ReportAnswer
from portal.api.blueprints import session_blueprint
from portal.models.admin_user import Role
from portal.operators import reports
from portal.web.operator_schemas.periods import PeriodQuery

blueprint = session_blueprint("reportes", __name__, "/admin", (Role.SUPER_ADMIN,))


@blueprint.route("/dashboard")
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, OverallReportAnswer)
def dashboard(period: dict[str, Any]) -> Any:
    """Ventas e ingresos de todas las empresas

    Solo lo pagado, menos lo devuelto. Sus días son los de esta instalación.
    """
    return reports.of_all(**period)


@blueprint.route("/empresas/<company_id>/stats")
@blueprint.arguments(PeriodQuery, location="query")
@blueprint.response(200, ReportAnswer)
@blueprint.failures(404)
def stats(period: dict[str, Any], company_id: str) -> Any:
    """Ventas e ingresos de una empresa

    Lo mismo que ve la empresa en su dashboard, en los días de su `zona_horaria`.
    """
    return reports.of_company(company_id, **period)
