"""Declare the menus of RADIUS, and what a hotspot's profile says of it."""

from __future__ import annotations

from ipaddress import IPv4Address

from portal.sandbox.routeros.menus import kinds, paths
from portal.sandbox.routeros.menus.schema import Menu, Property, texts
from portal.sandbox.routeros.menus.versions import SIGNED_RADIUS, Version

_V7: Version = (7,)
_RADSEC_TIMEOUT: Version = (7, 20)
_NO_ADDRESS = str(IPv4Address(0))
_SERVICES = ("ppp", "login", "hotspot", "wireless", "dhcp", "ipsec", "dot1x")
_PORT_TYPES = ("cable", "ethernet", "wireless-802.11")

MAC_FORMATS = (
    *("XX:XX:XX:XX:XX:XX", "XX-XX-XX-XX-XX-XX", "XX XX XX XX XX XX", "XXXXXXXXXXXX"),
    *("XXXX:XXXX:XXXX", "XXXXXX-XXXXXX", "XXXXXX:XXXXXX"),
)


def _mac_format(value: str) -> str:
    """One of the formats, which the terminal quotes where it has blanks."""
    return kinds.one_of(*MAC_FORMATS)(value.strip('"'))


RADIUS = Menu(
    paths.RADIUS,
    frozenset({"add", "set", "remove", "print", "move", "enable", "disable"}),
    (
        Property("service", kinds.some_of(*_SERVICES), unset=""),
        *texts("called-id", "domain", "realm"),
        Property("address", default=_NO_ADDRESS),
        Property("secret", unset=""),
        Property("authentication-port", kinds.number, default="1812"),
        Property("accounting-port", kinds.number, default="1813"),
        Property("timeout", kinds.waiting, default="300ms"),
        Property("accounting-backup", kinds.boolean, default="false"),
        Property("src-address", unset=_NO_ADDRESS),
        Property("protocol", kinds.one_of("udp", "radsec"), default="udp", since=_V7),
        Property("certificate", unset="none", since=_V7),
        Property("radsec-timeout", kinds.waiting, default="3s300ms", since=_RADSEC_TIMEOUT),
        Property(
            "require-message-auth",
            kinds.one_of("no", "yes-for-request-resp"),
            default="yes-for-request-resp",
            since=SIGNED_RADIUS,
        ),
        Property("disabled", kinds.boolean, default="false"),
        Property("comment", unset=""),
    ),
    ordered=True,
)

INCOMING = Menu(
    paths.RADIUS_INCOMING,
    frozenset({"print", "set"}),
    (
        Property("accept", kinds.boolean, default="false"),
        Property("port", kinds.number, default="3799"),
        Property("vrf", default="main", since=_V7),
    ),
    single=True,
)

OF_PROFILES = (
    Property("use-radius", kinds.boolean, default="false"),
    Property("radius-accounting", kinds.boolean, default="true"),
    Property("radius-interim-update", kinds.duration_or("received"), default="received"),
    Property("radius-mac-format", _mac_format, default=MAC_FORMATS[0]),
    Property("nas-port-type", kinds.one_of(*_PORT_TYPES), default="wireless-802.11"),
    *texts("radius-default-domain", "radius-location-id", "radius-location-name"),
)
