"""Hand a router its set-up script by the link that was made for it."""

from __future__ import annotations

from flask import Response, request

from portal.api.blueprints import open_blueprint
from portal.core.errors import Gone
from portal.operators.audit import Actor
from portal.operators.router_kit.kit_links import OVER, fetch_script
from portal.web.request_context import caller_text, request_id

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
    text = fetch_script(Actor("router", request_id(), caller_text()), token)
    return Response(text, mimetype="text/plain")
