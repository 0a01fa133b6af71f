"""Do to the simulated Mercado Pago what tests and the demo do from outside its API.

Runs on the server's own thread; `MercadoPagoSandbox` and the control API both stand on it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from portal.sandbox.gateway.http import Json
from portal.sandbox.mercadopago import money, outside
from portal.sandbox.mercadopago.cards import BRANDS, Outcome
from portal.sandbox.mercadopago.notices import Notices
from portal.sandbox.mercadopago.records import CardToken, Subscription
from portal.sandbox.mercadopago.world import World, order_body

ALTERABLE = {"total_amount", "site", "status", "status_detail", "parts", "live"}


class Controls:
    """Turn knobs, view; an unknown order raises KeyError, a bad choice TypeError or ValueError."""

    def __init__(self, world: World, notices: Notices) -> None:
        self.world, self.notices = world, notices

    @property
    def refused(self) -> set[str]:
        """Give the access tokens that are not taken."""
        return self.world.sellers.refused

    def orders(self, token: str | None = None) -> list[Json]:
        """Give bodies of all orders, oldest first, or of those of an access token's seller."""
        seller = None if token is None else self.world.sellers.identify(token)
        account = None if seller is None else seller.account
        chosen = self.world.orders.values()
        return [
            order_body(self.world, order)
            for order in chosen
            if token is None or order.account == account
        ]

    def order(self, order_id: str) -> Json:
        """Give one order's body."""
        return order_body(self.world, self.world.orders[order_id])

    def mint(self, brand: str, outcome: Outcome) -> CardToken:
        """Give a token of 32 hex digits, as its script makes them."""
        last = next(number for number, name in BRANDS.items() if name == brand)[-4:]
        moment = self.world.moment()
        token = CardToken(secrets.token_hex(16), brand, outcome.value, last, moment)
        self.world.tokens[token.id] = token
        self.world.save("token", token)
        return token

    def tell(self, token: str, url: str, secret: str) -> None:
        """Enter an address as a seller does in the panel."""
        seller = self.world.sellers.identify(token)
        if seller is None:
            raise ValueError("this access token is refused")
        subscription = Subscription(seller.account, url, secret)
        self.world.subscriptions[seller.account] = subscription
        self.world.save("subscription", subscription)

    def pay(self, order_id: str, amount: str | None = None) -> None:
        """Money arrives from outside, a decimal string; again where it came already."""
        money.pay(self.world, self.world.orders[order_id], amount)

    def expire(self, order_id: str) -> None:
        """Let the time to pay run out. Raises ValueError for an order that waits for no money."""
        order = self.world.orders[order_id]
        if order.status not in money.CANCELABLE:
            raise ValueError("the order does not wait for money")
        outside.expire(self.world, order)

    def challenge(self, order_id: str, passed: bool) -> None:
        """Let the buyer pass or fail the 3DS that the order waits for."""
        order = self.world.orders[order_id]
        if order.challenge is None:
            raise ValueError("the order does not wait for 3DS")
        money.challenged(self.world, order, passed)

    def refund(self, order_id: str, amount: str) -> None:
        """Refund as the operator does in Mercado Pago's own panel."""
        money.give_back(self.world, self.world.orders[order_id], amount)

    def charge_back(self, order_id: str) -> None:
        """Let the buyer's bank take the money back."""
        money.charge_back(self.world, self.world.orders[order_id])

    def alter(self, order_id: str, **fields: Any) -> None:
        """Set an order's fields to what they never were."""
        if not fields.keys() <= ALTERABLE:
            raise TypeError(f"only {', '.join(sorted(ALTERABLE))} can be altered")
        order = self.world.orders[order_id]
        for name, value in fields.items():
            setattr(order, name, value)
        for payment in order.payments:
            payment["amount"] = order.total_amount
            if "paid_amount" in payment:
                payment["paid_amount"] = order.total_amount
        self.world.changed(order)

    def behave(self, **choices: Any) -> None:
        """Change some of `Behaviour`."""
        self.world.behaviour = replace(self.world.behaviour, **choices)
