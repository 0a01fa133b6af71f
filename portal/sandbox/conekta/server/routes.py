"""Say which handler answers which call, and what kind of call it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from portal.sandbox.conekta.orders import authorization, orders, settlement, tokens
from portal.sandbox.conekta.server import listing
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import Json, not_found
from portal.sandbox.conekta.webhooks import events, keys, subscriptions
from portal.sandbox.conekta.world import World

Handler = Callable[[World, Call], Awaitable[Json]]


@dataclass(frozen=True)
class Route:
    """Hold a kind of call and its handler; `target` is the id in the path."""

    kind: str
    handler: Handler
    target: str = ""


async def _unknown(world: World, call: Call) -> Json:
    raise not_found("Path", call.target)


# `*` stands for an id.
_ROUTES: dict[tuple[str, ...], tuple[str, Handler]] = {
    ("POST", "orders"): ("open_order", orders.open_order),
    ("GET", "orders"): ("list", listing.orders),
    ("GET", "orders", "*"): ("look_up", orders.look_up),
    ("POST", "orders", "*", "charges"): ("charge", authorization.charge),
    ("POST", "orders", "*", "cancel"): ("cancel", settlement.cancel),
    ("POST", "orders", "*", "refunds"): ("refund", settlement.refund),
    ("POST", "tokens"): ("token", tokens.create),
    ("GET", "events"): ("event", events.index),
    ("GET", "events", "*"): ("event", events.show),
    ("POST", "webhooks"): ("webhook", subscriptions.create),
    ("GET", "webhooks"): ("webhook", subscriptions.index),
    ("GET", "webhooks", "*"): ("webhook", subscriptions.show),
    ("PUT", "webhooks", "*"): ("webhook", subscriptions.change),
    ("DELETE", "webhooks", "*"): ("webhook", subscriptions.delete),
    ("POST", "webhooks", "*", "test"): ("webhook", subscriptions.test),
    ("POST", "webhook_keys"): ("webhook_key", keys.create),
    ("GET", "webhook_keys"): ("webhook_key", keys.index),
    ("GET", "webhook_keys", "*"): ("webhook_key", keys.show),
    ("PUT", "webhook_keys", "*"): ("webhook_key", keys.change),
    ("DELETE", "webhook_keys", "*"): ("webhook_key", keys.delete),
}


def find(method: str, path: str) -> Route:
    """Give the route of a call; one that answers 404 where there is none."""
    parts = path.strip("/").split("/")
    target = parts[1] if len(parts) > 1 else ""
    if len(parts) > 1:
        parts[1] = "*"
    kind, handler = _ROUTES.get((method, *parts), ("unknown", _unknown))
    return Route(kind, handler, target or path)


def kind_of(route: Route, body: Json) -> str:
    """Give the call's kind, which for an order depends on whether it carries its charge."""
    if route.kind == "open_order" and body.get("charges"):
        return "order_with_charge"
    return route.kind
