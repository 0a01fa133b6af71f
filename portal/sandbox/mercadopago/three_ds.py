"""Show the 3DS page: ask the buyer for their bank's code, decide, and send them back."""

from __future__ import annotations

import asyncio

from portal.sandbox.gateway import bank_page
from portal.sandbox.gateway.http import Request, Response
from portal.sandbox.mercadopago.money import challenged
from portal.sandbox.mercadopago.world import World


class ThreeDs:
    """Serve the pages under `/3ds/`; one that is left undone leaves its order waiting."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Show the form, or decide by the code that was entered."""
        order = self._world.challenged(request.path.removeprefix(bank_page.PREFIX))
        if order is None:
            return bank_page.over()
        if request.method != "POST":
            return bank_page.form(order.total_amount)
        challenged(self._world, order, passed=bank_page.is_confirmed(request))
        back = order.parts.get("config", {}).get("online", {}).get("callback_url")
        return bank_page.send_back(back, paid=order.status == "processed")
