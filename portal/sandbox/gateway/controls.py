"""Describe what can be done to every simulated gateway from outside its API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from portal.sandbox.gateway.clock import Clock
from portal.sandbox.gateway.faults import Faults
from portal.sandbox.gateway.http import Json
from portal.sandbox.gateway.latency import Latency
from portal.sandbox.gateway.meter import Meter


class SimulatedWorld(Protocol):
    """Describe what every simulated gateway has, whatever it is of."""

    faults: Faults
    clock: Clock
    meter: Meter
    latency: Latency
    url: str

    @property
    def orders(self) -> Mapping[str, object]:
        """Give all orders, by id."""

    @property
    def behaviour(self) -> Any:
        """Give a dataclass of the choices that tests make."""


class GatewayControls(Protocol):
    """Describe its knobs; an unknown order raises KeyError, a bad choice TypeError or ValueError.

    Amounts are as the gateway itself writes them.
    """

    @property
    def world(self) -> SimulatedWorld:
        """Give what is controlled."""

    @property
    def refused(self) -> set[str]:
        """Give the private keys that are not taken."""

    def orders(self) -> list[Json]:
        """Give the bodies of all orders, oldest first."""

    def order(self, order_id: str) -> Json:
        """Give one order's body."""

    @property
    def pay(self) -> Callable[..., None]:
        """Let money arrive from outside."""

    @property
    def refund(self) -> Callable[..., None]:
        """Give money back as the operator does in the gateway's own panel."""

    def expire(self, order_id: str) -> None:
        """Let the time to pay run out."""

    def charge_back(self, order_id: str) -> None:
        """Let the buyer's bank take the money back."""

    def challenge(self, order_id: str, passed: bool) -> None:
        """Let the buyer pass or fail the 3DS that the order waits for."""

    def alter(self, order_id: str, **fields: Any) -> None:
        """Set an order's fields to what they never were."""

    def behave(self, **choices: Any) -> None:
        """Change some of the world's `behaviour`."""
