"""The menus this router knows: commands, arguments, properties. Anything else is refused.

Names are those of RouterOS 7.9.2 to 7.24 as read off real routers; `since` and `until` mark
what only some versions have.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.routeros import kinds
from portal.sandbox.routeros.kinds import Kind
from portal.sandbox.routeros.versions import Version

HOTSPOT = "/ip/hotspot"
SERVER_PROFILE = "/ip/hotspot/profile"
USER = "/ip/hotspot/user"
USER_PROFILE = "/ip/hotspot/user/profile"
ACTIVE = "/ip/hotspot/active"
HOST = "/ip/hotspot/host"
COOKIE = "/ip/hotspot/cookie"
WALLED_GARDEN = "/ip/hotspot/walled-garden"
WALLED_GARDEN_IP = "/ip/hotspot/walled-garden/ip"
IP_BINDING = "/ip/hotspot/ip-binding"
SERVICE = "/ip/service"
IDENTITY = "/system/identity"
RESOURCE = "/system/resource"

_V7: Version = (7,)
_MAX_SESSIONS: Version = (7, 16)
_ACTIVE_IS_READ_ONLY: Version = (7, 21)

_PRINT_FLAGS = frozenset(
    {"brief", "count-only", "detail", "from", "show-ids", "terse", "without-paging"}
)


@dataclass(frozen=True)
class Property:
    """What a row has under a name.

    `default` is what a new row gets; `unset` is the value that means absent, which is then not
    printed; `refers_to` is the menu whose row names are allowed (besides `unset`).
    """

    name: str
    kind: Kind = kinds.text
    default: str | None = None
    unset: str | None = None
    required: bool = False
    refers_to: str | None = None
    read_only: bool = False
    since: Version = ()


@dataclass(frozen=True)
class Menu:
    """One menu. `single` menus have one row and no ids; `extra` are arguments of own commands.

    `until` gives the first version in which a command is gone.
    """

    path: str
    commands: frozenset[str]
    properties: tuple[Property, ...]
    indexed: tuple[str, ...] = ()
    single: bool = False
    extra: tuple[tuple[str, frozenset[str]], ...] = ()
    until: tuple[tuple[str, Version], ...] = ()

    def has(self, command: str, version: Version) -> bool:
        """Whether this version knows the command."""
        gone = dict(self.until).get(command)
        return command in self.commands and (gone is None or version < gone)

    def shown(self, version: Version) -> tuple[Property, ...]:
        """The properties that this version prints."""
        return tuple(p for p in self.properties if version >= p.since)

    def writable(self, version: Version) -> dict[str, Property]:
        """The properties that `add` and `set` take."""
        return {p.name: p for p in self.shown(version) if not p.read_only}

    def arguments(self, command: str, version: Version) -> frozenset[str]:
        """The arguments that a command takes, without the API's own that begin with a dot."""
        if command == "print":
            return frozenset() if self.single else _PRINT_FLAGS
        if command in ("add", "set"):
            return frozenset(self.writable(version))
        return dict(self.extra).get(command, frozenset())


_EDIT = frozenset({"add", "set", "remove", "print"})
_SWITCH = _EDIT | {"enable", "disable"}


def _shown(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, read_only=True) for name in names)


def _texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, unset="") for name in names)


_COMMENT = Property("comment", unset="")
_DISABLED = Property("disabled", kinds.boolean, default="false")
_DYNAMIC = Property("dynamic", read_only=True, default="false")
_ON_SERVER = Property("server", unset="all", refers_to=HOTSPOT)
_TRAFFIC = _shown("bytes-in", "bytes-out", "packets-in", "packets-out")

MENUS: dict[str, Menu] = {
    menu.path: menu
    for menu in (
        Menu(
            USER,
            _SWITCH,
            (
                _ON_SERVER,
                Property("name", required=True),
                Property("password", unset=""),
                Property("address", kinds.address, unset="0.0.0.0"),  # noqa: S104
                Property("mac-address", kinds.mac, unset="00:00:00:00:00:00"),
                Property("profile", default="default", refers_to=USER_PROFILE),
                *_texts("email", "routes"),
                Property("otp-secret", unset="", since=(7, 22)),
                Property("limit-uptime", kinds.duration, unset="0s"),
                Property("limit-bytes-in", kinds.size, unset="0"),
                Property("limit-bytes-out", kinds.size, unset="0"),
                Property("limit-bytes-total", kinds.size, unset="0"),
                *_shown("uptime"),
                *_TRAFFIC,
                Property("default", read_only=True),
                _DYNAMIC,
                _DISABLED,
                _COMMENT,
            ),
            indexed=("name", "comment"),
        ),
        Menu(
            USER_PROFILE,
            _EDIT,
            (
                Property("name", required=True),
                Property("address-pool", default="none"),
                Property("session-timeout", kinds.duration, unset="0s"),
                Property("idle-timeout", kinds.duration_or_none, default="none"),
                Property("keepalive-timeout", kinds.duration_or_none, default="2m"),
                Property("status-autorefresh", kinds.duration_or_none, default="1m"),
                Property("shared-users", kinds.number_or_unlimited, default="1"),
                Property("add-mac-cookie", kinds.boolean, default="true"),
                Property("mac-cookie-timeout", kinds.duration, default="3d"),
                *_texts("rate-limit", "parent-queue", "queue-type", "address-list"),
                *_texts("incoming-filter", "outgoing-filter"),
                *_texts("incoming-packet-mark", "outgoing-packet-mark"),
                Property("transparent-proxy", kinds.boolean, default="false"),
                Property("advertise", kinds.boolean, unset="false"),
                *_texts("on-login", "on-logout"),
                Property("open-status-page", kinds.one_of("always", "http-login"), unset="always"),
                Property("default", read_only=True, default="false"),
            ),
            indexed=("name",),
        ),
        Menu(
            ACTIVE,
            frozenset({"print", "remove", "login", "set"}),
            (
                *_shown("server", "user", "domain", "address", "mac-address", "login-by"),
                *_shown("uptime", "idle-time", "session-time-left", "keepalive-timeout"),
                *_TRAFFIC,
                *_shown("radius"),
                _COMMENT,
            ),
            indexed=("user", "mac-address", "address"),
            extra=(("login", frozenset({"user", "password", "ip", "mac-address", "domain"})),),
            until=(("set", _ACTIVE_IS_READ_ONLY),),
        ),
        Menu(
            HOST,
            frozenset({"print", "remove"}),
            (
                *_shown("mac-address", "address", "to-address", "server", "bridge-port"),
                *_shown("uptime", "idle-time", "keepalive-timeout"),
                *_TRAFFIC,
                *_shown("found-by", "DHCP", "authorized", "bypassed", "comment"),
            ),
            indexed=("mac-address", "address"),
        ),
        Menu(
            COOKIE,
            frozenset({"print", "remove"}),
            _shown("user", "domain", "mac-address", "expires-in", "mac-cookie"),
            indexed=("mac-address", "user"),
        ),
        Menu(
            WALLED_GARDEN,
            _SWITCH,
            (
                Property("action", kinds.one_of("allow", "deny"), default="allow"),
                _ON_SERVER,
                *_texts("src-address", "method", "dst-host", "dst-port", "path"),
                Property("hits", read_only=True, default="0"),
                _DYNAMIC,
                _DISABLED,
                _COMMENT,
            ),
        ),
        Menu(
            WALLED_GARDEN_IP,
            _SWITCH,
            (
                Property("action", kinds.one_of("accept", "drop", "reject"), default="accept"),
                _ON_SERVER,
                *_texts("src-address", "src-address-list", "dst-address", "dst-address-list"),
                *_texts("dst-host", "protocol", "dst-port"),
                Property("invalid", read_only=True, default="false"),
                _DISABLED,
                _COMMENT,
            ),
        ),
        Menu(
            IP_BINDING,
            _SWITCH,
            (
                Property("mac-address", kinds.mac, unset="00:00:00:00:00:00"),
                *_texts("address"),
                Property("to-address", kinds.address, unset="0.0.0.0"),  # noqa: S104
                _ON_SERVER,
                Property("type", kinds.one_of("regular", "bypassed", "blocked"), default="regular"),
                *_shown("bypassed", "blocked"),
                _DISABLED,
                _COMMENT,
            ),
        ),
        Menu(
            HOTSPOT,
            frozenset({"print"}),
            (
                *_shown("name", "interface", "address-pool", "profile", "idle-timeout"),
                *_shown("keepalive-timeout", "addresses-per-mac", "proxy-status"),
                *_shown("invalid", "HTTPS", "disabled"),
            ),
            indexed=("name",),
        ),
        Menu(
            SERVER_PROFILE,
            frozenset({"print", "set"}),
            (
                Property("name", required=True),
                Property("hotspot-address", kinds.address, unset="0.0.0.0"),  # noqa: S104
                *_texts("dns-name"),
                Property("html-directory", default="hotspot"),
                *_texts("html-directory-override", "rate-limit"),
                Property("http-cookie-lifetime", kinds.duration, default="3d"),
                Property(
                    "login-by",
                    kinds.some_of(
                        "cookie", "http-chap", "http-pap", "https", "mac", "mac-cookie", "trial"
                    ),
                    default="cookie,http-chap",
                ),
                Property("ssl-certificate", unset="none"),
                Property("split-user-domain", kinds.boolean, default="false"),
                Property("use-radius", kinds.boolean, default="false"),
                Property("default", read_only=True, default="false"),
            ),
            indexed=("name",),
        ),
        Menu(
            SERVICE,
            frozenset({"print", "set", "enable", "disable"}),
            (
                *_shown("name"),
                Property("port", kinds.number),
                Property("address", unset=""),
                Property("certificate", unset="none"),
                Property("tls-version", kinds.one_of("any", "only-1.2"), unset=""),
                Property("vrf", since=_V7, default="main"),
                Property("max-sessions", kinds.number, since=_MAX_SESSIONS, default="20"),
                Property("invalid", read_only=True, default="false"),
                _DISABLED,
            ),
            indexed=("name",),
        ),
        Menu(IDENTITY, frozenset({"print", "set"}), (Property("name"),), single=True),
        Menu(
            RESOURCE,
            frozenset({"print"}),
            (
                *_shown("uptime", "version", "build-time", "free-memory", "total-memory"),
                *_shown("cpu", "cpu-count", "cpu-load", "architecture-name"),
                *_shown("board-name", "platform"),
            ),
            single=True,
        ),
    )
}
