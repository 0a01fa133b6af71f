"""Enter, show and try the company's keys at its payment gateway."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.models import GatewayAccount
from portal.operators import gateway_accounts
from portal.web.operator_schemas.gateway_schemas import GatewaySchema, ProbeAnswer

FITS = "La pasarela aceptó la llave y su modo es el correcto."
WRONG_MODE = {
    True: "La llave es de producción, pero la empresa está en modo de pruebas.",
    False: "La llave es de pruebas, pero la empresa está en modo de producción.",
}

EXAMPLE = {
    "conekta_private_key": "key_0Privada1Ejemplo2",
    "conekta_public_key": "key_0Publica1Ejemplo2",
    "conekta_mode": "test",
}

blueprint = session_blueprint("gateway", __name__, "/api/v1/admin/mi-empresa")


@blueprint.route("/conekta")
@blueprint.response(200, GatewaySchema)
def keys() -> Any:
    """Mis llaves de la pasarela de pago; la privada no se muestra

    La llave privada se muestra como `********` si la hay. `avisos` dice si la pasarela nos cuenta
    de los pagos por sí misma.
    """
    return _shown(gateway_accounts.current(acting_company_id()))


@blueprint.route("/conekta", methods=["PUT"])
@blueprint.arguments(GatewaySchema(partial=True), example=EXAMPLE)
@blueprint.response(200, GatewaySchema)
def set_keys(values: Any) -> Any:
    """Cambiar mis llaves; las ventas en curso terminan con las anteriores

    Solo lo que se envía cambia. Las llaves nuevas valen para las ventas nuevas.
    """
    return _set(values)


@blueprint.route("/configurar-conekta", methods=["POST"])
@blueprint.arguments(GatewaySchema(partial=True), example=EXAMPLE)
@blueprint.response(200, GatewaySchema)
def configure(values: Any) -> Any:
    """Lo mismo que PUT /api/v1/admin/mi-empresa/conekta

    La misma llamada con el nombre que le dan otros sistemas.
    """
    return _set(values)


@blueprint.route("/conekta/probar", methods=["POST"])
@blueprint.response(200, ProbeAnswer)
@blueprint.failures(503)
def probe() -> dict[str, Any]:
    """Probar la llave privada: abre y cancela una orden, sin cobrar

    Abre y cancela una orden para saber si la llave sirve y si es de pruebas o de producción, que
    por fuera se ven iguales.
    """
    probed = gateway_accounts.probe(actor(), acting_company_id())
    return {
        "success": probed.mode_fits,
        "livemode": probed.live,
        "conekta_mode": probed.account.mode,
        "modo_correcto": probed.mode_fits,
        "mensaje": FITS if probed.mode_fits else WRONG_MODE[probed.live],
    }


def _set(values: Any) -> GatewayAccount | dict[str, Any]:
    if not values:
        return _shown(gateway_accounts.current(acting_company_id()))
    return gateway_accounts.set_keys(actor(), acting_company_id(), values)


def _shown(account: GatewayAccount | None) -> GatewayAccount | dict[str, Any]:
    nothing = dict.fromkeys(("private_key_sealed", "public_key", "version", "refused_at"))
    return account or {**nothing, "mode": "test"}
