"""Refuse to connect, at an operator's word, to this machine and to its neighbours.

An operator names the host of his router. If that could be this machine or another of its own
network, closed services would stand open to him, and every answer would tell him which ports are
in use. Private networks further off are where routers live, so they are no such case; whoever
has the router beside the server sets ALLOW_PRIVATE_TARGETS.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from portal.hotspot.errors import TargetForbidden
from portal.hotspot.own_networks import own_networks
from portal.hotspot.resolver import Endpoint, look_up_aside

Address = IPv4Address | IPv6Address

OWN_MACHINE = (
    "Esa dirección es de este servidor, de su red o de ningún equipo: indique la del router. "
    "Si el router está en la misma red, quien administra el servidor pone ALLOW_PRIVATE_TARGETS."
)

IN_TUNNEL = (
    "Esa dirección es del túnel por el que otros routers entran a este servidor: deje la dirección "
    "vacía si este también entra por ahí."
)

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
# All of IPv6 that is given out for the public Internet (RFC 4291); other ranges become private in
# Python's tables as they are defined.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_THIS_NETWORK = 0
_ANY_PORT = 0
# Reserved for documentation, so that no interface has all of them.
_NOBODYS = {4: ("198.51.100.77", "203.0.113.77"), 6: ("2001:db8:6d:77::1", "2001:db8:6e:77::1")}


def refuse_own(endpoints: Iterable[Endpoint]) -> None:
    """Raise TargetForbidden where any of these leads to this machine or its networks."""
    for _, address in endpoints:
        if is_own(ip_address(str(address[0]).partition("%")[0])):
            raise TargetForbidden(OWN_MACHINE, executed=False)


def refuse_within(endpoints: Iterable[Endpoint], tunnel: IPv4Network | None) -> None:
    """Raise TargetForbidden where any of these leads into our tunnel, to others' routers."""
    for _, address in endpoints:
        if is_within(ip_address(str(address[0]).partition("%")[0]), tunnel):
            raise TargetForbidden(IN_TUNNEL, executed=False)


def refuse_host_within(host: str, tunnel: IPv4Network | None, seconds: float) -> None:
    """Do as `refuse_within` for a host, asked only where there is a tunnel."""
    if tunnel is not None:
        refuse_within(look_up_aside(host, _ANY_PORT, seconds), tunnel)


def refuse_own_host(host: str, seconds: float) -> None:
    """Do as `refuse_own` for a host; one that is not found in time is nobody's yet."""
    refuse_own(look_up_aside(host, _ANY_PORT, seconds))


def is_own(address: Address) -> bool:
    """Tell whether the address, or the IPv4 one within it, leads here, next door or nowhere."""
    return any(
        _is_special(form) or _is_on_an_interface(form) or _is_next_door(form)
        for form in _forms(address)
    )


def is_within(address: Address, tunnel: IPv4Network | None) -> bool:
    """Tell whether the address, or the IPv4 one within it, is one of our tunnel's."""
    return tunnel is not None and any(form in tunnel for form in _forms(address))


def is_private(address: Address) -> bool:
    """Tell whether the address, or the IPv4 one within it, is none of the public Internet's.

    Stricter than `is_own`: private networks further off count as well.
    """
    return is_own(address) or not all(_is_public(form) for form in _forms(address))


def _is_public(address: Address) -> bool:
    given_out = address.version == 4 or address in _GLOBAL_UNICAST or address in _NAT64
    return given_out and address.is_global


def _forms(address: Address) -> list[Address]:
    """Give the address, and the IPv4 addresses that are reached by it."""
    if isinstance(address, IPv4Address):
        return [address]
    within = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        within.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(form for form in within if form is not None)]


def _is_special(address: Address) -> bool:
    is_here = isinstance(address, IPv4Address) and address.packed[0] == _THIS_NETWORK
    return (
        is_here
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address == IPv4Address("255.255.255.255")
    )


def _is_next_door(address: Address) -> bool:
    return any(address in network for network in own_networks())


def _is_on_an_interface(address: Address) -> bool:
    """Asked of the kernel each time, since interfaces come and go."""
    if not _can_bind(address):
        return False
    # Some machines let anybody's address be bound (net.ipv4.ip_nonlocal_bind).
    binds_any = all(_can_bind(ip_address(text)) for text in _NOBODYS[address.version])
    return not binds_any or _is_sent_from_itself(address)


def _can_bind(address: Address) -> bool:
    try:
        with socket.socket(_family(address), socket.SOCK_DGRAM) as sock:
            sock.bind((str(address), 0))
    except OSError:
        return False
    return True


def _is_sent_from_itself(address: Address) -> bool:
    try:
        with socket.socket(_family(address), socket.SOCK_DGRAM) as sock:
            # Chooses a way and sends nothing.
            sock.connect((str(address), 9))
            return ip_address(sock.getsockname()[0].partition("%")[0]) == address
    except OSError:
        return False


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
