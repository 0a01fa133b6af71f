"""Stand in for Conekta's checkout script, with the test cards.

The interface is that of the current script, `ConektaCheckoutComponents.Card` and `.Integration`
with `useExternalSubmit` (as Conekta's WooCommerce plugin uses them).
"""

from __future__ import annotations

from importlib.resources import files

from portal.sandbox.conekta.checkout_frame import CHARGES, CheckoutFrame
from portal.sandbox.conekta.keyring import Identity, account_of
from portal.sandbox.conekta.orders import tokens
from portal.sandbox.conekta.server.call import read_json
from portal.sandbox.conekta.server.errors import ApiError, Json
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway.card_form import PREFIX, CardForm, TestCard, json_response
from portal.sandbox.gateway.http import Request, Response

SCRIPT = PREFIX + "conekta-checkout.min.js"
HOLDER = "Cliente de Prueba"
CARDS = (
    TestCard("Aprobada: 4242", "Paid: 4242", "4242 4242 4242 4242", HOLDER),
    TestCard("Declinada: 0002", "Declined: 0002", "4000 0000 0000 0002", HOLDER),
    TestCard("Sin fondos: 0127", "No funds: 0127", "4000 0000 0000 0127", HOLDER),
    TestCard(
        "Con código del banco (1234): 1091",
        "Bank asks for a code (1234): 1091",
        "4000 0000 0000 1091",
        HOLDER,
    ),
)


def card_form(world: World) -> CardForm:
    """Give the form whose tokens this world knows."""
    folder = files(__package__)
    return CardForm(
        SCRIPT,
        folder.joinpath("component.js").read_bytes(),
        CARDS,
        lambda request: _mint(world, request),
        folder.joinpath("frame.js").read_text(),
        {CHARGES: CheckoutFrame(world).answer},
    )


def _mint(world: World, request: Request) -> Response:
    language = request.headers.get("accept-language", "es")
    try:
        body = read_json(request.body)
        token = tokens.mint(world, _owner(world, body), str(body["number"]), {})
    except (ApiError, KeyError) as refusal:
        message = "Revisa los datos de tu tarjeta."
        if isinstance(refusal, ApiError):
            message = refusal.details[0].text.in_language(language)
        return json_response(422, {"message_to_purchaser": message})
    return json_response(200, {"id": token.id, "object": "token", "livemode": token.livemode})


def _owner(world: World, body: Json) -> Identity:
    """Whose public key it is, where anybody said so; public keys are told to nobody."""
    key = str(body.get("key", ""))
    identity = world.keyring.identify(key)
    return identity or Identity(account_of(key), live=False, known=False)
