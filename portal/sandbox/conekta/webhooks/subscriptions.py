"""Subscribe addresses to events."""

from __future__ import annotations

import json
import re

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.records import Webhook
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import Json, Text, invalid
from portal.sandbox.conekta.server.listing import page, page_body
from portal.sandbox.conekta.server.parameters import WEBHOOK, WEBHOOK_CHANGE
from portal.sandbox.conekta.world import World, owned

# What a webhook listens to when it does not say.
EVENTS = (
    "charge.created",
    "charge.paid",
    "charge.preauthorized",
    "charge.declined",
    "charge.canceled",
    "charge.expired",
    "charge.refunded",
    "charge.chargeback.created",
    "order.created",
    "order.pending_payment",
    "order.paid",
    "order.pre_authorized",
    "order.declined",
    "order.canceled",
    "order.expired",
    "order.partially_refunded",
    "order.refunded",
    "order.charged_back",
    "webhook_ping",
)
# The pattern in Conekta's OpenAPI that refuses addresses of the machine itself.
_LOCAL = re.compile(r"localhost|127\.0\.0\.1")


def webhook_body(webhook: Webhook) -> Json:
    """Give a webhook as JSON."""
    return {
        "id": webhook.id,
        "object": "webhook",
        "url": webhook.url,
        "status": "listening" if webhook.active else "paused",
        "active": webhook.active,
        "livemode": webhook.livemode,
        "subscribed_events": webhook.subscribed_events,
        "synchronous": False,
        "production_enabled": webhook.livemode,
        "development_enabled": not webhook.livemode,
    }


async def create(world: World, call: Call) -> Json:
    """`POST /webhooks`."""
    request = call.accept(WEBHOOK)
    _refuse_local(world, request["url"])
    events = request.get("subscribed_events") or list(EVENTS)
    webhook = Webhook(ids.hexadecimal(), call.account, call.identity.live, request["url"], events)
    world.save_webhook(webhook)
    return webhook_body(webhook)


async def show(world: World, call: Call) -> Json:
    """`GET /webhooks/{id}`."""
    return webhook_body(_own(world, call))


async def change(world: World, call: Call) -> Json:
    """`PUT /webhooks/{id}`."""
    webhook = _own(world, call)
    request = call.accept(WEBHOOK_CHANGE)
    _refuse_local(world, request.get("url", ""))
    for name, value in request.items():
        setattr(webhook, name, value)
    world.save_webhook(webhook)
    return webhook_body(webhook)


async def delete(world: World, call: Call) -> Json:
    """`DELETE /webhooks/{id}`."""
    webhook = _own(world, call)
    world.forget_webhook(webhook)
    return webhook_body(webhook)


async def index(world: World, call: Call) -> Json:
    """`GET /webhooks`."""
    found = [item for item in world.webhooks.values() if item.account == call.account][::-1]
    wanted = call.query.get("url")
    found = [item for item in found if wanted in (None, item.url)]
    chosen = page([item.id for item in found], call.query)
    bodies = [webhook_body(item) for item in found[chosen]]
    return page_body(f"{world.url}/webhooks", call.query, bodies, chosen, len(found))


async def test(world: World, call: Call) -> Json:
    """`POST /webhooks/{id}/test`: delivers a ping."""
    webhook = _own(world, call)
    data = json.dumps({"livemode": webhook.livemode, "action": "ping"})
    world.emit(webhook.account, webhook.livemode, "webhook_ping", data, only=webhook)
    return webhook_body(webhook)


def _own(world: World, call: Call) -> Webhook:
    return owned(world.webhooks, "Webhook", call.target, call.account)


def _refuse_local(world: World, url: str) -> None:
    if _LOCAL.search(url) and not world.behaviour.local_webhooks:
        text = Text("La URL no es válida.", "The url is not valid.")
        raise invalid("url.format", text, "url")
