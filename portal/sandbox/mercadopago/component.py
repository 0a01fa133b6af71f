"""Stand in for Mercado Pago's script and its Card Payment Brick, with the test cards.

The interface is that of its script's second version, `new MercadoPago(key).bricks().create(…)`
with the payment button hidden.
"""

from __future__ import annotations

import json
from importlib.resources import files

from portal.sandbox.gateway.card_form import PREFIX, CardForm, TestCard, json_response
from portal.sandbox.gateway.http import Request, Response
from portal.sandbox.mercadopago.cards import BRANDS, NAMES, Outcome
from portal.sandbox.mercadopago.controls import Controls

SCRIPT = PREFIX + "v2.js"
NUMBER = "4075 5957 1648 3764"
# The holder's name decides, not the number.
CARDS = (
    TestCard("Aprobada: APRO", "Paid: APRO", NUMBER, "APRO"),
    TestCard("Declinada: OTHE", "Declined: OTHE", NUMBER, "OTHE"),
    TestCard("Sin fondos: FUND", "No funds: FUND", NUMBER, "FUND"),
    TestCard("Con código del banco (1234): 3DS", "Bank asks for a code (1234): 3DS", NUMBER, "3DS"),
)


def card_form(controls: Controls) -> CardForm:
    """Give the form whose tokens this Mercado Pago knows."""
    source = files(__package__).joinpath("component.js").read_bytes()
    return CardForm(SCRIPT, source, CARDS, lambda request: _mint(controls, request))


def _mint(controls: Controls, request: Request) -> Response:
    try:
        body = json.loads(request.body)
        brand = BRANDS[str(body["number"])]
        outcome = NAMES.get(str(body["name"]).strip().upper(), Outcome.PAID)
    except (ValueError, KeyError, TypeError):
        error = {"message": "invalid card", "status": 400, "error": "bad_request"}
        return json_response(400, error)
    token = controls.mint(brand, outcome)
    return json_response(201, {"id": token.id, "payment_method_id": brand})
