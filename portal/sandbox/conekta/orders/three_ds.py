"""Show the 3DS page: ask the buyer for their bank's code, decide, and send them back."""

from __future__ import annotations

import asyncio

from portal.sandbox.conekta.orders.outcomes import finish_challenge
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway import bank_page
from portal.sandbox.gateway.http import Request, Response


class ThreeDs:
    """Serve the pages under `/3ds/`; one that is left undone leaves its order pending."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Show the form, or decide by the code that was entered."""
        order = self._world.challenges.get(request.path.rpartition("/")[2])
        if order is None or order.challenge is None or not request.path.endswith(order.challenge):
            return bank_page.over()
        if request.method != "POST":
            return bank_page.form(f"{order.amount / 100:.2f} {order.currency}")
        finish_challenge(self._world, order, passed=bank_page.is_confirmed(request))
        return bank_page.send_back(order.return_url, paid=order.status == "paid")
