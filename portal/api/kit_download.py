"""Hand a router its script, and take its public key, by links that were made for it."""

from __future__ import annotations

from flask import Response, request

from portal.api.blueprints import open_blueprint
from portal.core.errors import Gone
from portal.operators.audit import Actor
from portal.operators.dial_in.enrolment import post_key
from portal.operators.router_kit.kit_links import OVER, fetch_script
from portal.web.operator_schemas.tunnel_schemas import EXAMPLE, TunnelKeyBody
from portal.web.request_context import caller_text, request_id
from portal.web.schemas import Message

blueprint = open_blueprint("enlace-de-kit", __name__, "/api/v1/kit")


@blueprint.route("/<token>")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.failures(404, 410, 422)
def script(token: str) -> Response:
    """El guion que prepara un router, por su enlace de un solo uso

    Lo pide el router con `/tool fetch`. La segunda vez, o pasados 15 minutos, es 410.
    """
    if request.method == "HEAD":
        # Whoever only looks must not use it up, nor learn whether it is good.
        raise Gone(OVER)
    text = fetch_script(_router(), token)
    return Response(text, mimetype="text/plain")


@blueprint.route("/tunel/<tunnel_token>", methods=["POST"])
@blueprint.arguments(TunnelKeyBody, example=EXAMPLE)
@blueprint.response(200, Message)
@blueprint.failures(404, 409, 410)
def tunnel_key(values: dict[str, str], tunnel_token: str) -> dict[str, str]:
    """La llave pública de un router, por el enlace de un solo uso de su kit

    La envía el router con `/tool fetch`; el enlace vale 24 horas. La misma llave otra vez no cambia
    nada; otra es 409, como la que ya es de otro router.
    """
    post_key(_router(), tunnel_token, values["public_key"])
    return {"mensaje": "Llave recibida."}


def _router() -> Actor:
    return Actor("router", request_id(), caller_text())
