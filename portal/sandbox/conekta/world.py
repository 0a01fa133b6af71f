"""Hold everything the sandbox knows. Only the server's own thread touches it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.keyring import Keyring
from portal.sandbox.conekta.records import Charge, Event, Order, Token, Webhook, WebhookKey
from portal.sandbox.conekta.server.bodies import charge_body, order_body
from portal.sandbox.conekta.server.errors import Json, not_found
from portal.sandbox.conekta.settings import Behaviour, Latency
from portal.sandbox.gateway.clock import Clock
from portal.sandbox.gateway.faults import Faults
from portal.sandbox.gateway.journal import Journal
from portal.sandbox.gateway.meter import Meter
from portal.sandbox.gateway.pace import Pace

Owned = TypeVar("Owned", Order, Webhook, WebhookKey, Event)
KEPT_EVENTS = 5000


class World:
    """Hold orders, tokens, webhooks, events, and the knobs that tests turn."""

    def __init__(
        self, keyring: Keyring, behaviour: Behaviour, latency: Latency, journal: Journal
    ) -> None:
        self.clock = Clock()
        self.meter = Meter()
        self.faults = Faults()
        self.keyring = keyring
        self.behaviour = behaviour
        self.latency = latency
        self.url = ""
        self.orders: dict[str, Order] = {}
        self.tokens: dict[str, Token] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.webhook_keys: dict[str, WebhookKey] = {}
        self.events: dict[str, Event] = {}
        self.awaiting: dict[str, Order] = {}
        self.by_account: defaultdict[str, list[Order]] = defaultdict(list)
        self.challenges: dict[str, Order] = {}
        self.happened: Callable[[Event, Webhook | None], None] = lambda event, only: None
        self._journal = journal

    def load(self) -> None:
        """Take up what the state file holds."""
        for kind, record in self._journal.open():
            if kind == "order":
                self._remember(Order.from_json(record))
            elif kind == "token":
                self.tokens[record["id"]] = Token(**record)
            elif kind == "webhook":
                self.webhooks[record["id"]] = Webhook(**record)
            elif kind == "webhook_key":
                self.webhook_keys[record["id"]] = WebhookKey(**record)
            elif kind == "event":
                self.events[record["id"]] = Event(**record)

    def close(self) -> None:
        """Let go of the state file."""
        self._journal.close()

    def save_order(self, order: Order, *events: str) -> None:
        """Keep an order as it now is, and tell of `order.*` events with its body."""
        if order.id not in self.orders:
            self._remember(order)
        self._await(order)
        order.updated_at = self.clock.now()
        self._journal.write("order", order.id, order)
        if events:
            body = _event_data(self.order_body(order))
            for name in events:
                self.emit(order.account, order.livemode, name, body)

    def tell_charge(self, order: Order, charge: Charge, *events: str) -> None:
        """Tell of `charge.*` events with the charge's body."""
        body = _event_data(charge_body(order, charge))
        for name in events:
            self.emit(order.account, order.livemode, name, body)

    def emit(
        self, account: str, livemode: bool, name: str, data: str, only: Webhook | None = None
    ) -> Event:
        """Record an event and have it delivered, to one webhook or to all that listen."""
        event = Event(ids.hexadecimal(), account, livemode, name, self.clock.now(), data)
        self.events[event.id] = event
        self.save_event(event)
        if len(self.events) > KEPT_EVENTS:
            oldest = next(iter(self.events))
            del self.events[oldest]
            self._journal.write("event", oldest, None)
        self.happened(event, only)
        return event

    def save_event(self, event: Event) -> None:
        """Keep an event as it now is."""
        self._journal.write("event", event.id, event)

    def save_token(self, token: Token) -> None:
        """Keep a token as it now is."""
        self.tokens[token.id] = token
        self._journal.write("token", token.id, token)

    def save_webhook(self, webhook: Webhook) -> None:
        """Keep a webhook as it now is."""
        self.webhooks[webhook.id] = webhook
        self._journal.write("webhook", webhook.id, webhook)

    def forget_webhook(self, webhook: Webhook) -> None:
        """Remove a webhook."""
        del self.webhooks[webhook.id]
        self._journal.write("webhook", webhook.id, None)

    def save_webhook_key(self, key: WebhookKey) -> None:
        """Keep a webhook key as it now is."""
        self.webhook_keys[key.id] = key
        self._journal.write("webhook_key", key.id, key)

    def forget_webhook_key(self, key: WebhookKey) -> None:
        """Remove a webhook key."""
        del self.webhook_keys[key.id]
        self._journal.write("webhook_key", key.id, None)

    def order_body(self, order: Order) -> Json:
        """Give the order's body, with its 3DS page at this sandbox."""
        return order_body(order, f"{self.url}/3ds/")

    async def authorise(self) -> None:
        """Take the time that a bank takes."""
        await Pace.prolong(self.latency.authorisation)

    def _await(self, order: Order) -> None:
        waits = order.status == "pending_payment" and any(c.is_deferred for c in order.charges)
        if waits:
            self.awaiting[order.id] = order
        else:
            self.awaiting.pop(order.id, None)

    def _remember(self, order: Order) -> None:
        self.orders[order.id] = order
        self.by_account[order.account].append(order)
        self._await(order)
        if order.challenge is not None:
            self.challenges[order.challenge] = order


def _event_data(body: Json) -> str:
    return json.dumps({"object": body, "previous_attributes": {}})


def owned(records: dict[str, Owned], kind: str, identifier: str, account: str) -> Owned:
    """Give the record with this id in the account; raises `ApiError` 404 where there is none."""
    record = records.get(identifier)
    if record is None or record.account != account:
        raise not_found(kind, identifier)
    return record
