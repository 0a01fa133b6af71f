"""Enter, show and try the company's keys at any payment gateway, and choose between them."""

from __future__ import annotations

from typing import Any

from portal.api.admin.gateway import FITS, WRONG_MODE
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.models import GatewayAccount
from portal.operators import gateway_accounts
from portal.ports import provider_names
from portal.web.operator_schemas.gateway_schemas import (
    AnyGatewaySchema,
    AnyProbeAnswer,
    GatewayListSchema,
)

EXAMPLE = {
    "llave_privada": "key_0Privada1Ejemplo2",
    "llave_publica": "key_0Publica1Ejemplo2",
    "modo": "test",
}

blueprint = session_blueprint("gateways", __name__, "/api/v1/admin/mi-empresa/pasarelas")


@blueprint.route("")
@blueprint.response(200, GatewayListSchema)
def listing() -> dict[str, Any]:
    """Las pasarelas que puedo usar, con mis llaves en cada una

    Las llaves secretas se muestran como `********` si las hay. Una venta termina en la pasarela en
    que empezó, cambie lo que cambie después.
    """
    company_id = acting_company_id()
    return {"pasarelas": [gateway_accounts.at(company_id, name) for name in provider_names()]}


@blueprint.route("/<provider>")
@blueprint.response(200, AnyGatewaySchema)
@blueprint.failures(404)
def keys(provider: str) -> GatewayAccount:
    """Mis llaves en una pasarela; las secretas no se muestran

    `avisos` dice si la pasarela nos cuenta de los pagos por sí misma, y si no, qué hacer.
    """
    return gateway_accounts.at(acting_company_id(), provider)


@blueprint.route("/<provider>", methods=["PUT"])
@blueprint.arguments(AnyGatewaySchema(partial=True), example=EXAMPLE)
@blueprint.response(200, AnyGatewaySchema)
@blueprint.failures(404)
def set_keys(values: Any, provider: str) -> GatewayAccount:
    """Cambiar mis llaves en una pasarela; las ventas en curso terminan con las anteriores

    Solo lo que se envía cambia. Las llaves nuevas valen para las ventas nuevas.
    """
    before = gateway_accounts.at(acting_company_id(), provider)
    if not values:
        return before
    return gateway_accounts.set_keys(actor(), acting_company_id(), values, provider)


@blueprint.route("/<provider>/probar", methods=["POST"])
@blueprint.response(200, AnyProbeAnswer)
@blueprint.failures(404, 409, 503)
def probe(provider: str) -> dict[str, Any]:
    """Probar la llave privada de una pasarela: abre y cancela una orden, sin cobrar

    Dice si la llave sirve y si es de pruebas o de producción, que por fuera se ven iguales.
    """
    gateway_accounts.entered(acting_company_id(), provider)
    probed = gateway_accounts.probe(actor(), acting_company_id(), provider)
    return {
        "success": probed.mode_fits,
        "livemode": probed.live,
        "modo": probed.account.mode,
        "mensaje": FITS if probed.mode_fits else WRONG_MODE[probed.live],
    }


@blueprint.route("/<provider>/preferir", methods=["POST"])
@blueprint.response(200, AnyGatewaySchema)
@blueprint.failures(404, 409)
def prefer(provider: str) -> GatewayAccount:
    """Cobrar las ventas nuevas con esta pasarela

    De las pasarelas con llaves solo una se usa por sí misma; las otras siguen a mano en
    `POST /api/v1/payments/pagar`.
    """
    return gateway_accounts.prefer(actor(), acting_company_id(), provider)
