"""Who asks, as far as the network tells."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

# Who is given an IPv6 network has 2⁶⁴ addresses to come from.
IPV6_NETWORK = 64


def client_address() -> str:
    """Whom a request counts for, as far as the trusted proxies tell: `192.0.2.1`, `2001:db8::/64`.

    A whole café may share it.
    """
    return network_of(request.remote_addr)


def network_of(caller: str | None) -> str:
    """Whom an address counts for, in the same form; `unknown` where it is none."""
    try:
        address = ip_address(caller or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)
