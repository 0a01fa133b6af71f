"""Keep the keys that sign what is delivered."""

from __future__ import annotations

import asyncio

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.records import WebhookKey
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import Json
from portal.sandbox.conekta.server.listing import page, page_body
from portal.sandbox.conekta.server.parameters import WEBHOOK_KEY
from portal.sandbox.conekta.webhooks import signing
from portal.sandbox.conekta.world import World, owned


def body_of(key: WebhookKey) -> Json:
    """Give a webhook key as JSON, without the PEM."""
    return {
        "id": key.id,
        "object": "webhook_key",
        "active": key.active,
        "livemode": key.livemode,
        "created_at": key.created_at,
        "deactivated_at": key.deactivated_at,
    }


async def create(world: World, call: Call) -> Json:
    """`POST /webhook_keys`: the only answer that carries the public key."""
    request = call.accept(WEBHOOK_KEY)
    pem = await asyncio.to_thread(signing.new_private_pem)
    key = WebhookKey(
        id=ids.hexadecimal(),
        account=call.account,
        livemode=call.identity.live,
        created_at=world.clock.now(),
        pem=pem,
        active=request.get("active", True),
    )
    world.save_webhook_key(key)
    public = signing.public_pem(pem)
    if world.behaviour.literal_newlines:
        public = public.replace("\n", "\\n")
    body = body_of(key)
    del body["deactivated_at"]
    return {**body, "public_key": public}


async def show(world: World, call: Call) -> Json:
    """`GET /webhook_keys/{id}`."""
    return body_of(_own(world, call))


async def change(world: World, call: Call) -> Json:
    """`PUT /webhook_keys/{id}`: switches it on or off."""
    key = _own(world, call)
    key.active = call.accept(WEBHOOK_KEY).get("active", False)
    key.deactivated_at = None if key.active else world.clock.now()
    world.save_webhook_key(key)
    return body_of(key)


async def delete(world: World, call: Call) -> Json:
    """`DELETE /webhook_keys/{id}`."""
    key = _own(world, call)
    world.forget_webhook_key(key)
    body = body_of(key)
    del body["deactivated_at"]
    return {**body, "active": False, "deleted": True}


async def index(world: World, call: Call) -> Json:
    """`GET /webhook_keys`."""
    found = [item for item in world.webhook_keys.values() if item.account == call.account][::-1]
    chosen = page([item.id for item in found], call.query)
    bodies = [body_of(item) for item in found[chosen]]
    return page_body(f"{world.url}/webhook_keys", call.query, bodies, chosen, len(found))


def _own(world: World, call: Call) -> WebhookKey:
    return owned(world.webhook_keys, "WebhookKey", call.target, call.account)
