"""Name what is read of a router's firewall, interfaces and clock for an operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FilterRule:
    """Describe an enabled rule of the firewall's filter.

    `conditions` are all that a packet must meet, in the router's own words. `dynamic` rules are
    the router's own making.
    """

    chain: str
    action: str
    jump_target: str
    conditions: Mapping[str, str]
    dynamic: bool = False


@dataclass(frozen=True)
class InterfaceList:
    """Hold a list's interfaces, and the lists that it takes in or leaves out."""

    members: frozenset[str] = frozenset()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Firewall:
    """Hold the filter's rules in their order, the interface lists by name, and the ways out.

    `wans` are the interfaces over which the router reaches the Internet.
    """

    rules: tuple[FilterRule, ...]
    lists: Mapping[str, InterfaceList]
    wans: tuple[str, ...]


@dataclass(frozen=True)
class RouterClock:
    """Say how a router's clock stands.

    `ahead` is by how many seconds it is ahead of this machine's, negative behind; `offset` how
    many seconds its zone is ahead of UTC. None: it cannot be read.
    """

    ahead: float | None
    offset: int | None
    zone: str
    has_ntp: bool
