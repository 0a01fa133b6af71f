"""Let a custom portal ask for the Internet by which its customer pays elsewhere."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from portal.access.payment_pass.answers import PassAnswer, PassStatus
from portal.access.payment_pass.giving import give_pass, pass_status
from portal.access.payment_pass.terms import PASS_KILOBITS, PASS_SECONDS
from portal.api.blueprints import public_blueprint
from portal.api.router_key import shop
from portal.core.errors import NotFound
from portal.core.records import sane
from portal.sales.purchase import find_status
from portal.web.pass_texts import WHY_NOT

STATES = {
    PassAnswer.STANDS: "activo",
    PassAnswer.OFFERED: "disponible",
    PassAnswer.NOT_WAITING: "no_hace_falta",
    PassAnswer.NOT_OFFERED: "no_disponible",
    PassAnswer.DEVICE_LIMIT: "limite_del_equipo",
    PassAnswer.ROUTER_LIMIT: "limite_del_router",
    PassAnswer.NOT_IN_NETWORK: "fuera_de_la_red",
    PassAnswer.ONLINE: "con_internet",
    PassAnswer.ROUTER_AWAY: "router_no_disponible",
}
SENTENCES = dict(WHY_NOT) | {
    PassAnswer.STANDS: (
        "El teléfono tiene Internet lento para pagar. Se quita en cuanto se sepa cómo quedó el "
        "pago."
    ),
    PassAnswer.OFFERED: "Se le puede dar Internet lento, por unos minutos, para que pague.",
}

blueprint = public_blueprint("pases", __name__, "/api/v1/payments")


class PaymentPassAnswer(Schema):
    """Tell how a purchase's device stands to the Internet that it may have to pay with."""

    success = fields.Boolean(
        required=True, metadata={"description": "El teléfono puede salir a Internet a pagar."}
    )
    estado = fields.String(required=True, metadata={"enum": sorted(STATES.values())})
    vence = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Cuándo se le quita, a más tardar; nulo si no lo tiene."},
    )
    minutos = fields.Integer(required=True, metadata={"description": "Cuánto dura."})
    kbps = fields.Integer(required=True, metadata={"description": "Qué tan rápido es, por lado."})
    mensaje = fields.String(required=True)


@blueprint.route("/<reference>/pase", methods=["POST"])
@blueprint.response(200, PaymentPassAnswer)
@blueprint.failures(404)
def ask_for_pass(reference: str) -> dict[str, Any]:
    """Dar Internet por unos minutos a quien tiene que pagar fuera

    Para un pago con `accion_requerida`: al teléfono de esa compra (`mac_cliente`) se le abre un
    Internet lento, para que llegue a la página de su banco o a su app, y se le quita en cuanto el
    pago se decide. Nadie más lo recibe. Pedirlo otra vez no da otro: conecta de nuevo al que se
    desconectó. La tienda pone límites por equipo y por router, o no lo ofrece: `estado` lo dice.
    """
    return _told(give_pass(_sale_id(reference)))


@blueprint.route("/<reference>/pase")
@blueprint.response(200, PaymentPassAnswer)
@blueprint.failures(404)
def look_up_pass(reference: str) -> dict[str, Any]:
    """Si quien tiene que pagar fuera puede pedir Internet para hacerlo

    Sin pedirlo: `disponible` si se le puede dar, `activo` si ya lo tiene. Los límites los pone la
    tienda.
    """
    return _told(pass_status(_sale_id(reference)))


def _sale_id(reference: str) -> str:
    """Find this router's sale of this reference. Raises NotFound."""
    found = find_status(shop().router_id, reference) if sane(reference) else None
    # The gateway's id finds it too, but opens nothing.
    if found is None or found.sale.id != reference:
        raise NotFound("Pago no encontrado")
    return found.sale.id


def _told(status: PassStatus) -> dict[str, Any]:
    return {
        "success": status.stands,
        "estado": STATES[status.answer],
        "vence": status.ends_at,
        "minutos": PASS_SECONDS // 60,
        "kbps": PASS_KILOBITS,
        "mensaje": SENTENCES[status.answer],
    }
