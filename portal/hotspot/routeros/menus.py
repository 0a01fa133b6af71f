"""List every command that is ever sent to a router, with all it may carry."""

from __future__ import annotations

from portal.hotspot.routeros.commands import CROWD, MENU, Command

_USER = (
    ".id",
    "name",
    "comment",
    "disabled",
    "profile",
    "uptime",
    "bytes-in",
    "bytes-out",
    "limit-uptime",
    "limit-bytes-total",
    "email",
    "mac-address",
)
# What tells whose a user is, and what somebody has made of it.
_OWNERSHIP = (
    ".id",
    "comment",
    "disabled",
    "email",
    "mac-address",
    "profile",
    "uptime",
    "bytes-in",
    "bytes-out",
)
_LIMITS = ("profile", "limit-uptime", "limit-bytes-total")
USER_ADD = Command(
    "/ip/hotspot/user/add",
    arguments=("name", "password", "comment", "email", "disabled", "mac-address", *_LIMITS),
)
USER_SET = Command(
    "/ip/hotspot/user/set", arguments=("disabled", "comment", "email", "mac-address", *_LIMITS)
)
USER_REMOVE = Command("/ip/hotspot/user/remove")
USER_PRINT = Command("/ip/hotspot/user/print", queries=("name",), properties=_USER, bounds=CROWD)
# The one command that asks for passwords, which another tool's codes are nothing without.
LEFT_PRINT = Command("/ip/hotspot/user/print", properties=(*_USER[1:], "password"), bounds=CROWD)
USER_FIND = Command("/ip/hotspot/user/print", queries=("name",), properties=_OWNERSHIP)
ACTIVE_PRINT = Command(
    "/ip/hotspot/active/print",
    queries=("user", "mac-address"),
    properties=(".id", "user", "address", "mac-address", "uptime", "bytes-in", "bytes-out"),
    bounds=CROWD,
)
ACTIVE_REMOVE = Command("/ip/hotspot/active/remove")
COOKIE_PRINT = Command("/ip/hotspot/cookie/print", queries=("user",), properties=(".id",))
COOKIE_REMOVE = Command("/ip/hotspot/cookie/remove")
ACTIVE_LOGIN = Command(
    "/ip/hotspot/active/login", arguments=("user", "password", "mac-address", "ip")
)
HOST_PRINT = Command(
    "/ip/hotspot/host/print",
    queries=("mac-address", "address"),
    properties=("mac-address", "address", "authorized", "bypassed", "uptime"),
    bounds=CROWD,
)
PROFILE_PRINT = Command(
    "/ip/hotspot/user/profile/print",
    properties=(
        ".id",
        "name",
        "rate-limit",
        "shared-users",
        "session-timeout",
        "idle-timeout",
        "keepalive-timeout",
        "add-mac-cookie",
        "on-login",
        "on-logout",
    ),
    bounds=MENU,
)
PROFILE_ADD = Command(
    "/ip/hotspot/user/profile/add",
    arguments=(
        *("name", "rate-limit", "shared-users", "session-timeout"),
        *("add-mac-cookie", "mac-cookie-timeout"),
    ),
)
RESOURCE_PRINT = Command("/system/resource/print", properties=("version", "board-name", "uptime"))
IDENTITY_PRINT = Command("/system/identity/print", properties=("name",))

COMMANDS = (
    USER_ADD,
    USER_SET,
    USER_REMOVE,
    USER_PRINT,
    LEFT_PRINT,
    USER_FIND,
    ACTIVE_PRINT,
    ACTIVE_REMOVE,
    ACTIVE_LOGIN,
    COOKIE_PRINT,
    COOKIE_REMOVE,
    HOST_PRINT,
    PROFILE_PRINT,
    PROFILE_ADD,
    RESOURCE_PRINT,
    IDENTITY_PRINT,
)

SERVER_PRINT = Command(
    "/ip/hotspot/print", properties=("name", "interface", "profile", "disabled"), bounds=MENU
)
SERVER_PROFILE_PRINT = Command(
    "/ip/hotspot/profile/print",
    properties=(
        "name",
        "login-by",
        "hotspot-address",
        "html-directory",
        "html-directory-override",
        "dns-name",
        "ssl-certificate",
        *("use-radius", "radius-accounting", "radius-interim-update"),
    ),
    bounds=MENU,
)
# The secret is none of what is asked for.
RADIUS_PRINT = Command(
    "/radius/print",
    properties=(
        *("service", "address", "authentication-port", "accounting-port", "disabled", "comment"),
        "realm",
    ),
    bounds=MENU,
)
INCOMING_PRINT = Command("/radius/incoming/print", properties=("accept", "port"))
# Without a list of properties, since max-sessions is not one of every version's.
SERVICE_PRINT = Command("/ip/service/print")
_GARDEN = ("action", "server", "src-address", "dst-host", "dst-port", "disabled", "comment")
GARDEN_PRINT = Command(
    "/ip/hotspot/walled-garden/print", properties=(*_GARDEN, "method", "path"), bounds=MENU
)
GARDEN_IP_PRINT = Command(
    "/ip/hotspot/walled-garden/ip/print",
    properties=(
        *_GARDEN,
        *("src-address-list", "dst-address", "dst-address-list", "protocol", "invalid"),
    ),
    bounds=MENU,
)
API_USER_PRINT = Command("/user/print", queries=("name",), properties=("name", "group", "address"))
GROUP_PRINT = Command("/user/group/print", queries=("name",), properties=("name", "policy"))
FILE_PRINT = Command("/file/print", queries=("name",), properties=("name", "contents"))

# Without lists of properties, since versions differ in them; whatever else a rule names counts.
FILTER_PRINT = Command("/ip/firewall/filter/print", bounds=MENU)
ROUTE_PRINT = Command("/ip/route/print", queries=("dst-address",))
NTP_PRINT = Command("/system/ntp/client/print")
LIST_PRINT = Command(
    "/interface/list/print", properties=("name", "include", "exclude"), bounds=MENU
)
LIST_MEMBER_PRINT = Command(
    "/interface/list/member/print", properties=("list", "interface", "disabled"), bounds=MENU
)
CLOCK_PRINT = Command(
    "/system/clock/print", properties=("date", "time", "gmt-offset", "time-zone-name")
)

ADDRESS_PRINT = Command("/ip/address/print", properties=("address", "disabled"), bounds=MENU)
# What it tells differs by version; before 7 there is none.
DEVICE_MODE_PRINT = Command("/system/device-mode/print")

INSPECTION_COMMANDS = (
    ADDRESS_PRINT,
    DEVICE_MODE_PRINT,
    SERVER_PRINT,
    SERVER_PROFILE_PRINT,
    RADIUS_PRINT,
    INCOMING_PRINT,
    SERVICE_PRINT,
    GARDEN_PRINT,
    GARDEN_IP_PRINT,
    API_USER_PRINT,
    GROUP_PRINT,
    FILE_PRINT,
    FILTER_PRINT,
    ROUTE_PRINT,
    NTP_PRINT,
    LIST_PRINT,
    LIST_MEMBER_PRINT,
    CLOCK_PRINT,
)
