"""A stand-in for Conekta's checkout script: the card form in its iframe, with the test cards.

The interface is that of the current script, `ConektaCheckoutComponents.Card` with
`useExternalSubmit` (as Conekta's WooCommerce plugin uses it): the page that includes it never
sees a card, only a token.
"""

from __future__ import annotations

import asyncio
import json
from importlib.resources import files

from portal.sandbox.conekta.keyring import Identity, account_of
from portal.sandbox.conekta.orders import tokens
from portal.sandbox.conekta.server.call import read_json
from portal.sandbox.conekta.server.errors import ApiError, Json
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway.http import Request, Response

PREFIX = "/component/"
SCRIPT = PREFIX + "conekta-checkout.min.js"
_FILES = {
    SCRIPT: ("component.js", "text/javascript; charset=utf-8"),
    PREFIX + "card": ("component.html", "text/html; charset=utf-8"),
}


class Component:
    """The script, the form that it puts into a frame, and the tokens that the form asks for."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call below the prefix."""
        if request.method == "POST" and request.path == PREFIX + "tokens":
            return self._mint(request)
        name, content_type = _FILES.get(request.path, ("", ""))
        if not name:
            return Response(404, content_type="text/plain")
        body = files(__package__).joinpath(name).read_bytes()
        return Response(200, body, content_type, {"Cache-Control": "no-store"})

    def _mint(self, request: Request) -> Response:
        language = request.headers.get("accept-language", "es")
        try:
            body = read_json(request.body)
            token = tokens.mint(self._world, _owner(self._world, body), str(body["number"]), {})
        except (ApiError, KeyError) as refusal:
            message = "Revisa los datos de tu tarjeta."
            if isinstance(refusal, ApiError):
                message = refusal.details[0].text.in_language(language)
            return _json(422, {"message_to_purchaser": message})
        return _json(200, {"id": token.id, "object": "token", "livemode": token.livemode})


def _owner(world: World, body: Json) -> Identity:
    """Whose public key it is, where anybody said so; public keys are told to nobody."""
    key = str(body.get("key", ""))
    identity = world.keyring.identify(key)
    return identity or Identity(account_of(key), live=False, known=False)


def _json(status: int, body: Json) -> Response:
    return Response(status, json.dumps(body).encode(), "application/json")
