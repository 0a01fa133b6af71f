"""List what is measured: every way in which customers come, on every deployment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil

from tests.benchmarks.deployment import POSTGRESQL, SQLITE
from tests.benchmarks.fleet import AUTHORISATION_SECONDS, CALL_SECONDS, ROUTER_SECONDS, Device

ORDER_FIRST, IN_ORDER = "order_first", "in_order"
MANY_USERS = 5000


@dataclass(frozen=True)
class Matrix:
    """The values that are combined. `routers` is over how many a crowd spreads at most.

    A lone customer is watched for `alone_seconds`, a crowd for `crowd_seconds`.
    """

    databases: Sequence[str] = (SQLITE, POSTGRESQL)
    charges: Sequence[str] = (ORDER_FIRST, IN_ORDER)
    users: Sequence[int] = (0, MANY_USERS)
    customers: Sequence[int] = (1, 16, 64)
    routers: int = 8
    together: bool = True
    alone_seconds: float = 5.0
    crowd_seconds: float = 2.0

    def crowds(self) -> Iterator[Crowd]:
        """Every crowd; `together` has each also stand at one router, beside spreading."""
        for customers, auto in product(self.customers, (False, True)):
            spreads = {min(self.routers, customers)} | ({1} if self.together else set())
            for routers in sorted(spreads):
                yield Crowd(customers, routers, auto)

    def seconds(self, crowd: Crowd) -> float:
        """How long this crowd is watched."""
        return self.alone_seconds if crowd.customers == 1 else self.crowd_seconds


@dataclass(frozen=True, order=True)
class Crowd:
    """Customers at once, spread evenly over routers, with or without automatic connection."""

    customers: int
    routers: int
    auto: bool

    def phones(self, seconds: float) -> list[list[Device]]:
        """Each customer's phones, one for every sale that there is time for in so many seconds.

        A phone that is online already is not connected again.
        """
        sales = ceil(seconds / AUTHORISATION_SECONDS) + 1 if self.auto else 1
        return [
            [Device(number + sale * self.customers, number % self.routers) for sale in range(sales)]
            for number in range(self.customers)
        ]


@dataclass(frozen=True)
class Scenario:
    """One measurement: a crowd, on a deployment, with so many other users on each router."""

    crowd: Crowd
    database: str
    charge: str
    users: int

    def least(self, router_commands: int) -> float:
        """Seconds that a sale takes at least, given the sandboxes' delays.

        The order is opened beside the first router command; the charge and the other commands
        come one after the other.
        """
        opening = CALL_SECONDS if self.charge == ORDER_FIRST else 0.0
        charging = CALL_SECONDS + AUTHORISATION_SECONDS
        return max(opening, ROUTER_SECONDS) + charging + (router_commands - 1) * ROUTER_SECONDS
