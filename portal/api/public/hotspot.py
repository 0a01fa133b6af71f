"""Bring a device back online with a code that was bought."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from portal.access.reconnection import Reconnection, Result, reconnect
from portal.api.blueprints import public_blueprint
from portal.api.router_key import shop
from portal.models import utc_now
from portal.web.fields import IPv4, Mac, Text
from portal.web.schemas import PublicSchema

STATES = {
    Result.ACTIVE: "activo",
    Result.EXPIRED: "expirado",
    Result.WRONG_CODE: "credenciales_invalidas",
    Result.ROUTER_AWAY: "router_no_disponible",
    Result.NOT_IN_NETWORK: "router_no_disponible",
    Result.ENTERS_ITSELF: "entra_por_el_router",
    # Neither over nor wrong: it is good again once the operator enables it.
    Result.BLOCKED: "activo",
}
CONNECTED = "¡Conexión establecida con éxito!"
SENTENCES = {
    Result.ACTIVE: (
        "Su acceso sigue activo, pero no se pudo conectar automáticamente. "
        "Intente de nuevo en un momento."
    ),
    Result.EXPIRED: "Su acceso ya terminó. Puede comprar más tiempo.",
    Result.WRONG_CODE: "El usuario o la contraseña no son correctos.",
    Result.ROUTER_AWAY: (
        "El router no responde en este momento; su acceso no se ha perdido. "
        "Intente de nuevo en unos minutos."
    ),
    Result.NOT_IN_NETWORK: (
        "Este dispositivo no está conectado al WiFi. Únase a la red e intente de nuevo."
    ),
    Result.ENTERS_ITSELF: (
        "Aquí se entra desde la página del WiFi: ábrala y escriba ahí su código."
    ),
    Result.BLOCKED: (
        "El operador desactivó este acceso. Si cree que es un error, hable con el lugar."
    ),
}
LONGEST = 64
EXAMPLE = {
    "username": "AB3C9D",
    "password": "1234",
    "current_mac": "AA:BB:CC:DD:EE:FF",
    "current_ip": "192.168.88.100",
}

blueprint = public_blueprint("hotspot", __name__, "/api/v1/hotspot")


class ReconnectionRequest(PublicSchema):
    """Describe the code, and the device that comes with it."""

    username = Text(LONGEST, required=True)
    password = Text(LONGEST, required=True)
    current_mac = Mac(required=True)
    current_ip = IPv4(blank=None)


class ReconnectionAnswer(Schema):
    """Tell how the access stands. `success`: the device is online now."""

    success = fields.Boolean(required=True)
    estado = fields.String(required=True, metadata={"enum": sorted(set(STATES.values()))})
    auto_conexion = fields.String(required=True, metadata={"enum": ["conectado", "no_conectado"]})
    mensaje = fields.String(required=True)
    timestamp = fields.DateTime(required=True)


@blueprint.route("/auto-reconnect", methods=["POST"])
@blueprint.arguments(ReconnectionRequest, example=EXAMPLE)
@blueprint.response(200, ReconnectionAnswer)
@blueprint.failures(429)
def auto_reconnect(payload: dict[str, Any]) -> dict[str, Any]:
    """Volver a conectar un dispositivo con su código

    Para un código que ya se compró: se revisa la contraseña, se busca el dispositivo entre los que
    están en el WiFi y se le abre el paso. Un router que no responde nunca se cuenta como acceso
    terminado. Varios códigos equivocados hacen esperar. Un router que se atiende por RADIUS y no
    tiene API solo dice quién está en línea: de quien no lo está se contesta `entra_por_el_router`,
    sin mirar el código, y su navegador lo envía a `link-login-only`, que el router puso en la
    dirección del portal.
    """
    found = reconnect(
        shop().router_id,
        payload["username"],
        payload["password"],
        payload["current_mac"],
        payload["current_ip"],
    )
    return _told(found)


def _told(found: Reconnection) -> dict[str, Any]:
    connected = found.online is not None
    return {
        "success": connected,
        "estado": STATES[found.result],
        "auto_conexion": "conectado" if connected else "no_conectado",
        "mensaje": CONNECTED if connected else SENTENCES[found.result],
        "timestamp": utc_now(),
    }
