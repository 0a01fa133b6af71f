"""Declare the menus of firewall, routes, interface lists and clock, as far as checks read them."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.sandbox.routeros.menus import kinds, paths
from portal.sandbox.routeros.menus.schema import Menu, Property, shown, texts
from portal.sandbox.routeros.menus.versions import Version

_V7: Version = (7,)
_EDIT = frozenset({"add", "set", "remove", "print"})
_COMMENT = Property("comment", unset="")
_DISABLED = Property("disabled", kinds.boolean, default="false")
_ACTIONS = (
    *("accept", "add-dst-to-address-list", "add-src-to-address-list", "drop"),
    *("fasttrack-connection", "jump", "log", "passthrough", "reject", "return", "tarpit"),
)


def _zone(value: str) -> str:
    """An IANA zone, or the offset that somebody set by hand."""
    if value == "manual":
        return value
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError):
        raise kinds.Mismatch("input does not match any value of {}") from None


FILTER = Menu(
    paths.FILTER,
    _EDIT | {"move", "enable", "disable"},
    (
        Property("chain", required=True),
        Property("action", kinds.one_of(*_ACTIONS), default="accept"),
        *texts("jump-target", "protocol", "src-address", "dst-address", "src-address-list"),
        *texts("dst-address-list", "src-address-type", "dst-address-type", "src-port"),
        *texts("dst-port", "port", "in-interface", "in-interface-list", "in-bridge-port"),
        *texts("connection-state", "connection-nat-state", "hotspot", "limit", "time"),
        *texts("src-mac-address", "ipsec-policy", "reject-with", "log-prefix"),
        Property("log", kinds.boolean, default="false"),
        Property("bytes", read_only=True, default="0"),
        Property("packets", read_only=True, default="0"),
        Property("invalid", read_only=True, default="false"),
        Property("dynamic", read_only=True, default="false"),
        _DISABLED,
        _COMMENT,
    ),
    ordered=True,
    brief=False,
)

ROUTE = Menu(
    paths.ROUTE,
    frozenset({"print"}),
    (
        *shown("dst-address", "gateway"),
        Property("immediate-gw", read_only=True, since=_V7),
        Property("gateway-status", read_only=True, until=_V7),
        *shown("distance", "active", "dynamic", "disabled"),
    ),
)

INTERFACE_LIST = Menu(
    paths.INTERFACE_LIST,
    _EDIT,
    (
        Property("name", required=True),
        *texts("include", "exclude"),
        Property("builtin", read_only=True, default="false"),
        Property("dynamic", read_only=True, default="false"),
        _COMMENT,
    ),
    indexed=("name",),
)

LIST_MEMBER = Menu(
    paths.LIST_MEMBER,
    _EDIT | {"enable", "disable"},
    (
        Property("list", required=True, refers_to=paths.INTERFACE_LIST),
        Property("interface", required=True),
        Property("dynamic", read_only=True, default="false"),
        _DISABLED,
        _COMMENT,
    ),
)

# The time of day cannot be set here: tests put the clock wrong by other means.
CLOCK = Menu(
    paths.CLOCK,
    frozenset({"print", "set"}),
    (
        *shown("time", "date"),
        Property("time-zone-autodetect", kinds.boolean),
        Property("time-zone-name", _zone),
        *shown("gmt-offset", "dst-active"),
    ),
    single=True,
)

NTP_CLIENT = Menu(
    paths.NTP_CLIENT,
    frozenset({"print", "set"}),
    (
        Property("enabled", kinds.boolean),
        Property(
            "mode", kinds.one_of("broadcast", "manycast", "multicast", "unicast"), default="unicast"
        ),
        Property("servers", unset="", since=_V7),
        Property("server-dns-names", unset="", until=_V7),
        Property("vrf", since=_V7, default="main"),
        Property("status", read_only=True, since=_V7),
    ),
    single=True,
)
