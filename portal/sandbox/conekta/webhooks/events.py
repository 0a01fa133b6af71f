"""Write what happened, as Conekta lists it and as it delivers it."""

from __future__ import annotations

import json

from portal.sandbox.conekta.records import Event
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import Json
from portal.sandbox.conekta.server.listing import page, page_body
from portal.sandbox.conekta.world import World, owned


def event_body(event: Event) -> Json:
    """Give an event as JSON, with the log of its deliveries."""
    return {
        "data": json.loads(event.data),
        "livemode": event.livemode,
        "webhook_status": event.status,
        "webhook_logs": event.logs,
        "id": event.id,
        "object": "event",
        "type": event.type,
        "created_at": event.created_at,
    }


def delivered_body(event: Event) -> bytes:
    """Give the raw body that is posted to a webhook and that the signature is made over."""
    body = event_body(event)
    del body["webhook_logs"]
    return json.dumps({**body, "webhook_status": "pending"}).encode()


async def index(world: World, call: Call) -> Json:
    """`GET /events`."""
    found = [item for item in world.events.values() if item.account == call.account][::-1]
    chosen = page([item.id for item in found], call.query)
    bodies = [event_body(item) for item in found[chosen]]
    return page_body(f"{world.url}/events", call.query, bodies, chosen, len(found))


async def show(world: World, call: Call) -> Json:
    """`GET /events/{id}`."""
    return event_body(owned(world.events, "Event", call.target, call.account))
