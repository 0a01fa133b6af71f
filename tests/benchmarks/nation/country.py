"""Number the routers of a country and what was sold on them, alike in database and simulation.

Sale `n` of `sales`, counted from 1, was made on router `n % routers`; the latest `accesses` of
them still live. So whoever knows the sizes knows each router's users without asking anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

FIRST_ADDRESS = int(IPv4Address("127.64.0.0"))
ONE_IN = 20
SLOW, DEAD = 3, 7
USED_SECONDS, USED_IN, USED_OUT = 600, 1_000_000, 4_000_000
USER, PASSWORD = "portal", "nation-router-planted"


@dataclass(frozen=True)
class Country:
    """How much there is of everything. Of each router's users `online` are using it now."""

    routers: int
    accesses: int
    sales: int
    companies: int
    online: int

    @property
    def first_living(self) -> int:
        """The number of the oldest sale that still lives."""
        return self.sales - self.accesses + 1

    def living_on(self, router: int) -> range:
        """The numbers of the sales that live on a router."""
        first = self.first_living
        return range(first + (router - first) % self.routers, self.sales + 1, self.routers)

    def answering(self) -> Iterator[int]:
        """The routers that answer at all."""
        return (number for number in range(self.routers) if not is_dead(number))


def is_slow(router: int) -> bool:
    """Whether it takes long over each answer: one in twenty does."""
    return router % ONE_IN == SLOW


def is_dead(router: int) -> bool:
    """Whether it never says a word, to nobody: one in twenty."""
    return router % ONE_IN == DEAD


def address(router: int) -> str:
    """Where it is reached: an address of this machine alone."""
    return str(IPv4Address(FIRST_ADDRESS + router))


def router_at(place: str) -> int:
    """Which router is reached there."""
    return int(IPv4Address(place)) - FIRST_ADDRESS


def router_id(router: int) -> str:
    """Its id in the database."""
    return f"RTR_{router:08X}"


def access_id(sale: int) -> str:
    """The id of what was sold, as `'acc_' || substr(md5(n::text), 1, 20)` is in SQL."""
    return "acc_" + hashlib.md5(str(sale).encode(), usedforsecurity=False).hexdigest()[:20]


def name_of(sale: int) -> str:
    """The hotspot user that was sold."""
    return f"u{sale:08d}"
