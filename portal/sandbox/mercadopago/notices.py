"""Tell sellers of their orders: signed, told again until it is heard."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from portal.sandbox.gateway import outgoing
from portal.sandbox.gateway.http import Json
from portal.sandbox.mercadopago.records import Order, Subscription
from portal.sandbox.mercadopago.world import World


@dataclass
class Manners:
    """Hold how notices go: `copies` of each, again after each of `retry_after` seconds."""

    copies: int = 1
    lose: bool = False
    retry_after: tuple[float, ...] = (1, 5, 30, 300, 3600)
    timeout: float = 22.0


class Notices:
    """Post to each seller's address what becomes of their orders."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.manners = Manners()
        self.sent: list[Json] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def happened(self, order: Order) -> None:
        """Tell of an order as it stands now."""
        subscription = self._world.subscriptions.get(order.account)
        if subscription is None or self.manners.lose:
            return
        body = self._body(order)
        for _ in range(self.manners.copies):
            task = asyncio.get_running_loop().create_task(self._insist(subscription, order, body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _body(self, order: Order) -> bytes:
        notice = {
            "action": f"order.{order.status}",
            "api_version": "v1",
            "data": {
                "external_reference": order.parts.get("external_reference"),
                "id": order.id,
                "status": order.status,
                "type": "online",
            },
            "date_created": order.last_updated_date,
            "live_mode": order.live,
            "type": "order",
            "user_id": order.account,
        }
        return json.dumps(notice).encode()

    async def _insist(self, subscription: Subscription, order: Order, body: bytes) -> None:
        for pause in (*self.manners.retry_after, None):
            status = await self._post(subscription, order, body)
            self.sent.append({"id": order.id, "status": status})
            if 200 <= status < 300 or pause is None:
                return
            await asyncio.sleep(pause)

    async def _post(self, subscription: Subscription, order: Order, body: bytes) -> int:
        query = urlencode({"data.id": order.id, "type": "order"})
        request_id = secrets.token_hex(8)
        headers = {
            "Content-Type": "application/json",
            "x-request-id": request_id,
            "x-signature": self._signature(subscription.secret, order.id, request_id),
        }
        url = f"{subscription.url}?{query}"
        return await outgoing.post(url, body, headers, self.manners.timeout)

    def _signature(self, secret: str, order_id: str, request_id: str) -> str:
        behaviour = self._world.behaviour
        signed = order_id.lower() if behaviour.lower_case_ids else order_id
        stamp = self._world.clock.now() * (1000 if behaviour.milliseconds else 1)
        text = f"id:{signed};request-id:{request_id};ts:{stamp};"
        digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return f"ts={stamp},v1={digest}"
