"""Tell which networks this machine is attached to, from the kernel's own routes.

Linux lists them in /proc (proc(5)): a route without a gateway leads to a network whose machines
are neighbours. Elsewhere there is no such list, and no network counts as our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

Network = IPv4Network | IPv6Network

IPV4_ROUTES, IPV6_ROUTES = Path("/proc/net/route"), Path("/proc/net/ipv6_route")
NO_GATEWAY = 0


def own_networks() -> Iterator[Network]:
    """Yield the networks of this machine's interfaces, as they are now."""
    yield from ipv4_networks(_read(IPV4_ROUTES))
    yield from ipv6_networks(_read(IPV6_ROUTES))


def ipv4_networks(routes: str) -> Iterator[IPv4Network]:
    """Yield the attached networks out of the text of /proc/net/route.

    Its numbers are little-endian hex: destination, gateway and mask are columns 2, 3 and 8.
    """
    for line in routes.splitlines()[1:]:
        columns = line.split()
        destination, gateway, mask = (_number(columns[at]) for at in (1, 2, 7))
        if gateway == NO_GATEWAY and mask:
            yield IPv4Network((destination, mask.bit_count()), strict=False)


def ipv6_networks(routes: str) -> Iterator[IPv6Network]:
    """Yield the attached networks out of the text of /proc/net/ipv6_route.

    Destination, prefix length (hex) and next hop are columns 1, 2 and 5.
    """
    for line in routes.splitlines():
        columns = line.split()
        length = int(columns[1], 16)
        if int(columns[4], 16) == NO_GATEWAY and length:
            yield IPv6Network((int(columns[0], 16), length), strict=False)


def _number(little_endian: str) -> int:
    return int.from_bytes(bytes.fromhex(little_endian)[::-1], "big")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
