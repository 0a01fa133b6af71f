"""Show and change the operator's own company."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.operators import companies
from portal.web.operator_schemas.alert_schemas import EXAMPLE as ALERTS
from portal.web.operator_schemas.company_schemas import CompanySchema

EXAMPLE = {
    "nombre": "Café Ñandú",
    "zona_horaria": "America/Tijuana",
    "minutos_para_reembolso": 30,
    "color": "#0f766e",
    "razon_social": "Cafetería Ñandú SA de CV",
    "rfc": "EKU9003173C9",
    "domicilio": "Av. Hidalgo 12, Centro, 22000 Tijuana, B.C.",
    "tasa_iva": 8,
    "metodos_pago": ["tarjeta", "spei", "efectivo"],
    "monto_minimo_efectivo": "20.00",
    "horas_para_pagar": 48,
    "pases_por_equipo_dia": 2,
    "pases_por_router_hora": 12,
    "alertas": ALERTS,
}

blueprint = session_blueprint("mi-empresa", __name__, "/api/v1/admin/mi-empresa")


@blueprint.route("")
@blueprint.response(200, CompanySchema)
def company() -> Any:
    """Mi empresa

    Los datos de la empresa, como los ven sus clientes y como los usa el sistema. Los secretos se
    muestran como `********`.
    """
    return companies.get(acting_company_id())


@blueprint.route("", methods=["PUT"])
@blueprint.arguments(CompanySchema(partial=True), example=EXAMPLE)
@blueprint.response(200, CompanySchema)
def update(values: Any) -> Any:
    """Cambiar los datos de mi empresa; lo que no se envía queda como estaba

    Solo lo que se envía cambia. Quién vende (`razon_social`, `rfc`, `domicilio`) lo lee el cliente
    al pagar. En `zona_horaria` se cuentan sus días: los de listas, reportes, recibos y tablas. En
    `alertas`, por qué medios se avisa a la empresa y de qué.
    """
    return companies.update(actor(), acting_company_id(), **values)
