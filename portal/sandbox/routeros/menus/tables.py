"""Declare the menus this router knows: commands, arguments, properties. All else is refused.

Names are those of RouterOS 7.9.2 to 7.24 as read off real routers; `since` and `set_until`
mark what only some versions have.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from portal.sandbox.routeros.menus import kinds, paths
from portal.sandbox.routeros.menus.network_tables import (
    CLOCK,
    FILTER,
    INTERFACE_LIST,
    LIST_MEMBER,
    NTP_CLIENT,
    ROUTE,
)
from portal.sandbox.routeros.menus.radius_tables import INCOMING, OF_PROFILES, RADIUS
from portal.sandbox.routeros.menus.schema import Menu, Property, shown, texts
from portal.sandbox.routeros.menus.system_tables import FILE, GROUP, PEOPLE
from portal.sandbox.routeros.menus.tunnel_tables import (
    ADDRESS,
    DEVICE_MODE,
    L2TP_CLIENT,
    SCHEDULER,
    WIREGUARD,
    WIREGUARD_PEER,
)
from portal.sandbox.routeros.menus.versions import Version

_V7: Version = (7,)
_MAX_SESSIONS: Version = (7, 16)
_ONE_TIME_PASSWORDS: Version = (7, 22)
_ACTIVE_IS_READ_ONLY: Version = (7, 21)

_NO_ADDRESS = str(IPv4Address(0))
_NO_MAC = "00:00:00:00:00:00"
_LOGIN_METHODS = ("cookie", "http-chap", "http-pap", "https", "mac", "mac-cookie", "trial")

_EDIT = frozenset({"add", "set", "remove", "print"})
_SWITCH = _EDIT | {"enable", "disable"}
_LOOK = frozenset({"print"})

_NAME = Property("name", required=True)
_COMMENT = Property("comment", unset="")
_DISABLED = Property("disabled", kinds.boolean, default="false")
_DYNAMIC = Property("dynamic", read_only=True, default="false")
_ON_SERVER = Property("server", unset="all", refers_to=paths.HOTSPOT)
_TRAFFIC = shown("bytes-in", "bytes-out", "packets-in", "packets-out")

_USER = Menu(
    paths.USER,
    _SWITCH,
    (
        _ON_SERVER,
        _NAME,
        Property("password", unset=""),
        Property("address", kinds.address, unset=_NO_ADDRESS),
        Property("mac-address", kinds.mac, unset=_NO_MAC),
        Property("profile", default="default", refers_to=paths.USER_PROFILE),
        *texts("email", "routes"),
        Property("otp-secret", unset="", since=_ONE_TIME_PASSWORDS),
        Property("limit-uptime", kinds.duration, unset="0s"),
        Property("limit-bytes-in", kinds.size, unset="0"),
        Property("limit-bytes-out", kinds.size, unset="0"),
        Property("limit-bytes-total", kinds.size, unset="0"),
        *shown("uptime"),
        *_TRAFFIC,
        *shown("default"),
        _DYNAMIC,
        _DISABLED,
        _COMMENT,
    ),
    indexed=("name", "comment"),
)

_USER_PROFILE = Menu(
    paths.USER_PROFILE,
    _EDIT,
    (
        _NAME,
        Property("address-pool", default="none"),
        Property("session-timeout", kinds.duration, unset="0s"),
        Property("idle-timeout", kinds.duration_or("none"), default="none"),
        Property("keepalive-timeout", kinds.duration_or("none"), default="2m"),
        Property("status-autorefresh", kinds.duration_or("none"), default="1m"),
        Property("shared-users", kinds.number_or("unlimited"), default="1"),
        Property("add-mac-cookie", kinds.boolean, default="true"),
        Property("mac-cookie-timeout", kinds.duration, default="3d"),
        *texts("rate-limit", "parent-queue", "queue-type", "address-list"),
        *texts("incoming-filter", "outgoing-filter"),
        *texts("incoming-packet-mark", "outgoing-packet-mark"),
        Property("transparent-proxy", kinds.boolean, default="false"),
        *texts("on-login", "on-logout"),
        Property("open-status-page", kinds.one_of("always", "http-login"), default="always"),
        Property("default", read_only=True, default="false"),
    ),
    indexed=("name",),
)

_ACTIVE = Menu(
    paths.ACTIVE,
    frozenset({"print", "remove", "login", "set"}),
    (
        *shown("server", "user", "domain", "address", "mac-address", "login-by"),
        *shown("uptime", "idle-time", "session-time-left", "keepalive-timeout"),
        *_TRAFFIC,
        *shown("radius"),
        _COMMENT,
    ),
    indexed=("user", "mac-address", "address"),
    login=frozenset({"user", "password", "ip", "mac-address", "domain"}),
    set_until=_ACTIVE_IS_READ_ONLY,
)

_HOST = Menu(
    paths.HOST,
    frozenset({"print", "remove"}),
    (
        *shown("mac-address", "address", "to-address", "server", "bridge-port"),
        *shown("uptime", "idle-time"),
        *_TRAFFIC,
        *shown("found-by", "DHCP", "authorized", "bypassed"),
    ),
    indexed=("mac-address", "address"),
)

_COOKIE = Menu(
    paths.COOKIE,
    frozenset({"print", "remove"}),
    shown("user", "mac-address", "expires-in", "mac-cookie"),
    indexed=("mac-address", "user"),
)

_WALLED_GARDEN = Menu(
    paths.WALLED_GARDEN,
    _SWITCH | {"move"},
    (
        Property("action", kinds.one_of("allow", "deny"), default="allow"),
        _ON_SERVER,
        *texts("src-address", "method", "dst-host", "dst-port", "path"),
        Property("hits", read_only=True, default="0"),
        _DYNAMIC,
        _DISABLED,
        _COMMENT,
    ),
    ordered=True,
)

_WALLED_GARDEN_IP = Menu(
    paths.WALLED_GARDEN_IP,
    _SWITCH | {"move"},
    (
        Property("action", kinds.one_of("accept", "drop", "reject"), default="accept"),
        _ON_SERVER,
        *texts("src-address", "src-address-list", "dst-address", "dst-address-list"),
        *texts("dst-host", "protocol", "dst-port"),
        Property("invalid", read_only=True, default="false"),
        _DISABLED,
        _COMMENT,
    ),
    ordered=True,
)

_IP_BINDING = Menu(
    paths.IP_BINDING,
    _SWITCH,
    (
        Property("mac-address", kinds.mac, unset=_NO_MAC),
        *texts("address"),
        Property("to-address", kinds.address, unset=_NO_ADDRESS),
        _ON_SERVER,
        Property("type", kinds.one_of("regular", "bypassed", "blocked"), default="regular"),
        *shown("bypassed", "blocked"),
        _DISABLED,
        _COMMENT,
    ),
)

_HOTSPOT = Menu(
    paths.HOTSPOT,
    _LOOK,
    (
        *shown("name", "interface", "address-pool", "profile", "idle-timeout"),
        *shown("keepalive-timeout", "addresses-per-mac", "proxy-status"),
        *shown("invalid", "HTTPS", "disabled"),
    ),
    indexed=("name",),
)

_SERVER_PROFILE = Menu(
    paths.SERVER_PROFILE,
    frozenset({"print", "set"}),
    (
        _NAME,
        Property("hotspot-address", kinds.address, unset=_NO_ADDRESS),
        *texts("dns-name"),
        Property("html-directory", default="hotspot"),
        *texts("html-directory-override", "rate-limit"),
        Property("http-cookie-lifetime", kinds.duration, default="3d"),
        Property("login-by", kinds.some_of(*_LOGIN_METHODS), default="cookie,http-chap"),
        Property("ssl-certificate", unset="none"),
        Property("split-user-domain", kinds.boolean, default="false"),
        *OF_PROFILES,
        Property("default", read_only=True, default="false"),
    ),
    indexed=("name",),
)

_SERVICE = Menu(
    paths.SERVICE,
    frozenset({"print", "set", "enable", "disable"}),
    (
        *shown("name"),
        Property("port", kinds.number),
        *texts("address"),
        Property("certificate", unset="none"),
        Property("tls-version", kinds.one_of("any", "only-1.2", ""), unset=""),
        Property("vrf", since=_V7, default="main"),
        Property("max-sessions", kinds.number, since=_MAX_SESSIONS, default="20"),
        Property("invalid", read_only=True, default="false"),
        _DISABLED,
    ),
    indexed=("name",),
)

_IDENTITY = Menu(paths.IDENTITY, frozenset({"print", "set"}), (Property("name"),), single=True)

_RESOURCE = Menu(
    paths.RESOURCE,
    _LOOK,
    (
        *shown("uptime", "version", "build-time", "free-memory", "total-memory"),
        *shown("cpu", "cpu-count", "cpu-load", "architecture-name"),
        *shown("board-name", "platform"),
    ),
    single=True,
)

MENUS: dict[str, Menu] = {
    menu.path: menu
    for menu in (
        *(_USER, _USER_PROFILE, _ACTIVE, _HOST, _COOKIE),
        *(_WALLED_GARDEN, _WALLED_GARDEN_IP, _IP_BINDING),
        *(_HOTSPOT, _SERVER_PROFILE, _SERVICE, _IDENTITY, _RESOURCE),
        *(PEOPLE, GROUP, FILE),
        *(WIREGUARD, WIREGUARD_PEER, L2TP_CLIENT, ADDRESS, SCHEDULER, DEVICE_MODE),
        *(RADIUS, INCOMING),
        *(FILTER, ROUTE, INTERFACE_LIST, LIST_MEMBER, CLOCK, NTP_CLIENT),
    )
}
