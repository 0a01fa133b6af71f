"""A stand-in for Mercado Pago's script: the Card Payment Brick in its frame, with the test cards.

The interface is that of its script's second version, `new MercadoPago(key).bricks().create(…)`
with the payment button hidden: the page that includes it never sees a card, only a token.
"""

from __future__ import annotations

import asyncio
import json
from importlib.resources import files

from portal.sandbox.gateway.http import Json, Request, Response
from portal.sandbox.mercadopago.cards import BRANDS, NAMES, Outcome
from portal.sandbox.mercadopago.controls import Controls

PREFIX = "/component/"
SCRIPT = PREFIX + "v2.js"
_FILES = {
    SCRIPT: ("component.js", "text/javascript; charset=utf-8"),
    PREFIX + "card": ("component.html", "text/html; charset=utf-8"),
}


class Component:
    """The script, the form that it puts into a frame, and the tokens that the form asks for."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call below the prefix."""
        if request.method == "POST" and request.path == PREFIX + "tokens":
            return self._mint(request.body)
        name, content_type = _FILES.get(request.path, ("", ""))
        if not name:
            return Response(404, content_type="text/plain")
        body = files(__package__).joinpath(name).read_bytes()
        return Response(200, body, content_type, {"Cache-Control": "no-store"})

    def _mint(self, raw: bytes) -> Response:
        try:
            body = json.loads(raw)
            brand = BRANDS[str(body["number"])]
            outcome = NAMES.get(str(body["name"]).strip().upper(), Outcome.PAID)
        except (ValueError, KeyError, TypeError):
            return _json(400, {"message": "invalid card", "status": 400, "error": "bad_request"})
        token = self._controls.mint(brand, outcome)
        return _json(201, {"id": token.id, "payment_method_id": brand})


def _json(status: int, body: Json) -> Response:
    return Response(status, json.dumps(body).encode())
