"""Take a call from the line and back: latency, faults, token, idempotency, handler, answer."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid

from portal.sandbox.gateway.http import Json, Request, Response
from portal.sandbox.gateway.pace import Pace
from portal.sandbox.gateway.spoiling import spoiled
from portal.sandbox.mercadopago import money, searching
from portal.sandbox.mercadopago.errors import (
    ApiError,
    conflict,
    invalid,
    not_found,
    trouble,
    unauthorized,
)
from portal.sandbox.mercadopago.outside import expire_due
from portal.sandbox.mercadopago.records import Kept, Order, Seller
from portal.sandbox.mercadopago.world import World, order_body

# `*` stands for an id. Behind each: the kind of call, and the status of its success.
ROUTES = {
    ("POST", "v1", "orders"): ("open_order", 201),
    ("GET", "v1", "orders"): ("list", 200),
    ("GET", "v1", "orders", "*"): ("look_up", 200),
    ("POST", "v1", "orders", "*", "transactions"): ("transaction", 201),
    ("POST", "v1", "orders", "*", "process"): ("charge", 200),
    ("POST", "v1", "orders", "*", "cancel"): ("cancel", 200),
    ("POST", "v1", "orders", "*", "refund"): ("refund", 201),
    ("GET", "users", "me"): ("account", 200),
}
TEST_TAGS, LIVE_TAGS = ["normal", "test_user"], ["normal"]


class Api:
    """Mercado Pago's API over one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, request: Request, gone: asyncio.Event) -> Response:
        """Answer one call; `gone` is set when its client has left."""
        world = self._world
        kind, _, _ = _route(request)
        world.meter.count(kind, request.headers.get("x-idempotency-key"))
        pace = Pace(world.latency.of(kind, _presented(request)))
        await pace.first_half()
        fault = world.faults.take(kind, executed=False)
        if fault is not None:
            return await spoiled(world.faults, fault, None, gone, trouble)
        status, body = await self._executed(request)
        response = Response(status, json.dumps(body).encode())
        await pace.second_half()
        fault = world.faults.take(kind, executed=True)
        if fault is not None:
            return await spoiled(world.faults, fault, response, gone, trouble)
        return response

    async def _executed(self, request: Request) -> tuple[int, Json]:
        expire_due(self._world)
        try:
            seller = self._world.sellers.identify(_presented(request))
            if seller is None:
                raise unauthorized()
            if request.method != "POST":
                return await self._handled(request, seller, {})
            return await self._once(request, seller)
        except ApiError as refusal:
            return refusal.status, refusal.body()

    async def _once(self, request: Request, seller: Seller) -> tuple[int, Json]:
        """Carry a write out the first time; afterwards the first answer is given again."""
        key, question = _idempotency_key(request), _question(request)
        kept = self._world.kept.get(f"{seller.account}:{key}")
        if kept is None:
            return await self._first(request, seller, Kept(f"{seller.account}:{key}", question))
        if kept.question != question:
            raise conflict("The idempotency key was used with another request")
        if kept.status is None or kept.body is None:
            raise ApiError(423, "resource_locked", "The request is being processed")
        return kept.status, kept.body

    async def _first(self, request: Request, seller: Seller, kept: Kept) -> tuple[int, Json]:
        self._world.kept[kept.id] = kept
        try:
            kept.status, kept.body = await self._handled(request, seller, _json(request.body))
        except ApiError as refusal:
            kept.status, kept.body = refusal.status, refusal.body()
        # As it was said: what becomes of the order later is not the first answer.
        kept.body = json.loads(json.dumps(kept.body))
        self._world.save("kept", kept)
        return kept.status, kept.body

    async def _handled(self, request: Request, seller: Seller, body: Json) -> tuple[int, Json]:
        world = self._world
        kind, target, status = _route(request)
        match kind:
            case "open_order":
                return status, money.opened(world, seller, body)
            case "list":
                return status, searching.search(world, seller, request.query)
            case "account":
                tags = LIVE_TAGS if seller.live else TEST_TAGS
                return status, {"id": seller.account, "site_id": seller.site, "tags": tags}
            case "look_up":
                return status, order_body(world, self._order(seller, target))
            case "transaction":
                return status, money.payment_added(world, seller, self._order(seller, target), body)
            case "charge":
                return status, await money.processed(world, self._order(seller, target))
            case "cancel":
                return status, money.canceled(world, self._order(seller, target))
            case "refund":
                return status, money.refunded(world, self._order(seller, target), body)
        raise not_found()

    def _order(self, seller: Seller, identifier: str) -> Order:
        order = self._world.orders.get(identifier)
        if order is None or order.account != seller.account:
            raise not_found()
        return order


def _route(request: Request) -> tuple[str, str, int]:
    """The kind of call, the id in its path, and the status of its success."""
    parts = request.path.strip("/").split("/")
    for (method, *pattern), (kind, status) in ROUTES.items():
        fits = len(pattern) == len(parts) and all(
            word in ("*", part) for word, part in zip(pattern, parts, strict=True)
        )
        if method == request.method and fits:
            return kind, parts[2] if "*" in pattern else "", status
    return "unknown", "", 404


def _presented(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("x-idempotency-key", "")
    try:
        return str(uuid.UUID(key))
    except ValueError:
        raise invalid("X-Idempotency-Key is required, as a UUID", "empty_required_header") from None


def _question(request: Request) -> str:
    asked = f"{request.path}\n".encode() + request.body
    return hashlib.sha256(asked).hexdigest()


def _json(body: bytes) -> Json:
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise invalid("The body is not a JSON object", "invalid_json")
    return value
