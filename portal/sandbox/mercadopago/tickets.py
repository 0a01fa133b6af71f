"""Show the page of a payment that waits: what the buyer shows at the shop, or sends money to."""

from __future__ import annotations

import asyncio
from html import escape

from portal.sandbox.gateway.http import Request, Response
from portal.sandbox.mercadopago.world import World

PREFIX = "/ticket/"
PAGE = "<!doctype html><meta charset=utf-8><title>{0}</title><h1>{0}</h1><p>{1}</p><p>{2}</p>"


class Tickets:
    """Serve the pages under `/ticket/`, while their payments wait."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Show the reference and the amount."""
        wanted = request.path.removeprefix(PREFIX)
        for order in self._world.awaiting.values():
            payment = order.payments[0]
            if payment["id"] == wanted:
                method = payment["payment_method"]
                told = (method["id"], method["reference"], payment["amount"])
                return Response(200, PAGE.format(*map(escape, told)).encode(), "text/html")
        return Response(404, b"", "text/html")
