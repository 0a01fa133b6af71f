"""Declare the menus of what dials in: tunnels, addresses, the scheduler, the device's mode."""

from __future__ import annotations

from portal.sandbox.routeros.menus import kinds, paths
from portal.sandbox.routeros.menus.schema import Menu, Property, shown, texts
from portal.sandbox.routeros.menus.versions import Version

# The first with WireGuard: RouterOS' changelog.
_WIREGUARD: Version = (7, 1)
_V7: Version = (7,)
_EDIT = frozenset({"add", "set", "remove", "print"})
_SWITCH = _EDIT | {"enable", "disable"}
_NAME = Property("name", required=True)
_COMMENT = Property("comment", unset="")
_DISABLED = Property("disabled", kinds.boolean, default="false")

WIREGUARD = Menu(
    paths.WIREGUARD,
    _SWITCH,
    (
        _NAME,
        Property("mtu", default="1420"),
        Property("listen-port", default="13231"),
        Property("private-key"),
        Property("public-key", read_only=True),
        Property("running", read_only=True, default="true"),
        _DISABLED,
        _COMMENT,
    ),
    indexed=("name",),
    brief=False,
    since=_WIREGUARD,
)

WIREGUARD_PEER = Menu(
    paths.WIREGUARD_PEER,
    _SWITCH,
    (
        Property("interface", required=True, refers_to=paths.WIREGUARD),
        Property("public-key", required=True),
        *texts("preshared-key", "allowed-address", "endpoint-address", "endpoint-port"),
        Property("persistent-keepalive", kinds.duration, unset="0s"),
        *shown("current-endpoint-address", "current-endpoint-port", "last-handshake", "rx", "tx"),
        _DISABLED,
        _COMMENT,
    ),
    since=_WIREGUARD,
)

L2TP_CLIENT = Menu(
    paths.L2TP_CLIENT,
    _SWITCH,
    (
        _NAME,
        Property("connect-to", required=True),
        *texts("user", "password", "ipsec-secret", "allow"),
        Property("profile", default="default-encryption"),
        Property("use-ipsec", kinds.boolean, default="false"),
        Property("add-default-route", kinds.boolean, default="false"),
        Property("keepalive-timeout", kinds.duration_or("disabled"), default="1m"),
        Property("running", read_only=True, default="false"),
        Property("disabled", kinds.boolean, default="true"),
        _COMMENT,
    ),
    indexed=("name",),
)

ADDRESS = Menu(
    paths.ADDRESS,
    _SWITCH,
    (
        Property("address", required=True),
        Property("interface", required=True),
        *texts("network"),
        Property("dynamic", read_only=True, default="false"),
        _DISABLED,
        _COMMENT,
    ),
)

SCHEDULER = Menu(
    paths.SCHEDULER,
    _SWITCH,
    (
        _NAME,
        *texts("start-date", "start-time", "on-event", "policy"),
        Property("interval", kinds.duration, default="0s"),
        Property("run-count", read_only=True, default="0"),
        _DISABLED,
        _COMMENT,
    ),
    indexed=("name",),
)

DEVICE_MODE = Menu(
    paths.DEVICE_MODE,
    frozenset({"print"}),
    shown("mode", "fetch", "scheduler", "hotspot"),
    single=True,
    since=_V7,
)
