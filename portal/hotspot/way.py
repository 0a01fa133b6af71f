"""Find the address by which a router sees this machine."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from portal.hotspot.deadline import Deadline
from portal.hotspot.resolver import Endpoint, Resolver
from portal.hotspot.targets import refuse_own

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Way:
    """Hold this machine's address towards a router, and the router's."""

    ours: Address
    theirs: Address

    @property
    def is_over_internet(self) -> bool:
        """Tell whether the Internet lies between."""
        return self.theirs.is_global

    @property
    def seen_from(self) -> tuple[str, ...]:
        """Give what the router sees us by; nothing where something between may change it."""
        kept = self.ours.is_global or not self.is_over_internet
        return (str(ip_network(self.ours)),) if kept else ()


def way_to(host: str, port: int, seconds: float, *, to_own: bool) -> Way | None:
    """Give the way to a router over IPv4 or IPv6; None where there is none.

    Nothing is sent. Raises TargetForbidden, unless ways `to_own` machine are wanted too.
    """
    try:
        endpoints = Resolver(host, port).endpoints(Deadline(seconds))
    except (OSError, ValueError):
        return None
    if not to_own:
        refuse_own(endpoints)
    ways = (_way(endpoint) for endpoint in endpoints)
    return next((way for way in ways if way is not None), None)


def _way(endpoint: Endpoint) -> Way | None:
    family, address = endpoint
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect(address)
            return Way(_plain(sock.getsockname()[0]), _plain(sock.getpeername()[0]))
    except OSError:
        return None


def _plain(text: str) -> Address:
    """Give an address without the interface that a link-local one names."""
    return ip_address(text.partition("%")[0])
