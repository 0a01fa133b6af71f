"""Take in what payment gateways tell us by themselves."""

from __future__ import annotations

from flask import current_app, request
from marshmallow import Schema, fields

from portal.api.blueprints import open_blueprint
from portal.core.errors import NotFound
from portal.core.records import sane
from portal.ports import provider_names
from portal.worker import webhook_inbox

LARGEST = 64 * 1024

blueprint = open_blueprint("webhooks", __name__, "/api/v1/webhooks")


BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object"},
            "example": {
                "type": "order.paid",
                "data": {"object": {"id": "ord_2tVoN3nHFnMXyBdXx", "object": "order"}},
            },
        }
    },
}


class Received(Schema):
    recibido = fields.Boolean(required=True)


@blueprint.route("/<provider>/<company_id>", methods=["POST"])
@blueprint.doc(requestBody=BODY)
@blueprint.response(200, Received)
@blueprint.failures(400, 401, 404, 413, 429)
def receive(provider: str, company_id: str) -> dict[str, bool]:
    """Recibir un aviso de la pasarela de pago

    Lo llama la pasarela, no usted. Un encabezado suyo trae la firma del cuerpo; se guarda, se
    responde enseguida y después se pregunta a la pasarela misma cómo va la orden.
    """
    if provider not in provider_names() or not sane(company_id):
        raise NotFound(webhook_inbox.NO_COMPANY)
    request.max_content_length = LARGEST
    webhook_inbox.receive(
        provider,
        company_id,
        request.get_data(cache=False),
        request.headers.get,
        current_app.extensions["unsigned_webhooks"],
    )
    return {"recibido": True}
