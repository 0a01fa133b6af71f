"""Do to the simulated Conekta what tests and the demo do from outside its API.

Runs on the server's own thread; `ConektaSandbox` and the control API both stand on it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from portal.sandbox.conekta.orders import arrivals, outcomes, settlement, tokens
from portal.sandbox.conekta.records import Order
from portal.sandbox.conekta.server.errors import Json
from portal.sandbox.conekta.webhooks.deliveries import Deliverer
from portal.sandbox.conekta.webhooks.events import event_body
from portal.sandbox.conekta.world import World

_ALTERABLE = {"amount", "currency", "livemode", "status"}


class Controls:
    """Turn knobs, view; an unknown order raises KeyError, a bad choice TypeError or ValueError."""

    def __init__(self, world: World, deliverer: Deliverer) -> None:
        self.world = world
        self.deliverer = deliverer

    @property
    def refused(self) -> set[str]:
        """Give the private keys that are not taken."""
        return self.world.keyring.refused

    def orders(self, key: str | None = None) -> list[Json]:
        """Give bodies of all orders, oldest first, or of those that a private key can see."""
        if key is None:
            chosen = list(self.world.orders.values())
        else:
            identity = self.world.keyring.identify(key)
            chosen = self.world.by_account[identity.account] if identity else []
        return [self.world.order_body(order) for order in chosen]

    def order(self, order_id: str) -> Json:
        """Give one order's body."""
        return self.world.order_body(self._order(order_id))

    def events(self) -> list[Json]:
        """Give every event, oldest first, with the log of its deliveries."""
        return [event_body(event) for event in self.world.events.values()]

    def pay(self, order_id: str, amount: int | None = None, network: str | None = None) -> None:
        """Money arrives from outside: cash, a transfer, or late; again where it came already."""
        arrivals.pay_outside(self.world, self._order(order_id), amount, network)

    def expire(self, order_id: str) -> None:
        """Let the time to pay run out."""
        settlement.expire(self.world, self._order(order_id))

    def charge_back(self, order_id: str) -> None:
        """Let the buyer's bank take the money back."""
        settlement.charge_back(self.world, self._order(order_id))

    def refund(self, order_id: str, amount: int) -> None:
        """Refund centavos as the operator does in Conekta's own panel."""
        settlement.give_back(self.world, self._order(order_id), amount)

    def challenge(self, order_id: str, passed: bool) -> None:
        """Let the buyer pass or fail the 3DS that the order waits for."""
        order = self._order(order_id)
        if order.challenge is None:
            raise ValueError("the order does not wait for 3DS")
        outcomes.finish_challenge(self.world, order, passed)

    def alter(self, order_id: str, **fields: Any) -> None:
        """Set an order's `amount`, `currency`, `livemode` or `status` to what it never was."""
        if not fields.keys() <= _ALTERABLE:
            raise TypeError(f"only {', '.join(sorted(_ALTERABLE))} can be altered")
        order = self._order(order_id)
        for name, value in fields.items():
            setattr(order, name, value)
        for charge in order.charges:
            charge.amount = order.amount
        self.world.save_order(order, "order.updated")

    def age(self, order_id: str, seconds: int) -> None:
        """Let what was paid on an order have been paid so much earlier."""
        order = self._order(order_id)
        for charge in order.charges:
            charge.paid_at = None if charge.paid_at is None else charge.paid_at - seconds
        self.world.save_order(order)

    def mint(self, number: str, key: str) -> str:
        """Give a single-use token for a test card, as the browser's script gets with `key`."""
        identity = self.world.keyring.identify(key)
        if identity is None:
            raise ValueError("this key is refused")
        return tokens.mint(self.world, identity, number, {}).id

    def behave(self, **choices: Any) -> None:
        """Change some of `Behaviour`."""
        self.world.behaviour = replace(self.world.behaviour, **choices)

    def deliver(self, **choices: Any) -> None:
        """Change some of `Manners`; what was held back goes out when nothing is to be held."""
        self.deliverer.manners = replace(self.deliverer.manners, **choices)
        if not self.deliverer.manners.reverse:
            self.deliverer.release()

    def turn_keys(
        self, refuse: Collection[str] | None = None, accept: Collection[str] | None = None
    ) -> None:
        """Refuse private keys from now on, or accept them again."""
        self.refused.update(refuse or ())
        self.refused.difference_update(accept or ())

    def _order(self, order_id: str) -> Order:
        return self.world.orders[order_id]
