"""Reading how a router is set up. Nothing here changes it."""

from __future__ import annotations

from portal.hotspot.deadline import Deadline
from portal.hotspot.inspection import (
    ApiUser,
    GardenRow,
    Inspection,
    Server,
    ServerProfile,
    Service,
)
from portal.hotspot.routeros import replies
from portal.hotspot.routeros.channel import Channel
from portal.hotspot.routeros.commands import IDENTITY_PRINT, PROFILE_PRINT, RESOURCE_PRINT, Command
from portal.hotspot.routeros.errors import Trap
from portal.hotspot.routeros.intake import MENU, Row
from portal.hotspot.routeros.text import spellings

SERVER_PRINT = Command("/ip/hotspot/print", properties=("name", "profile", "disabled"), bounds=MENU)
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
    ),
    bounds=MENU,
)
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
USER_PRINT = Command("/user/print", queries=("name",), properties=("name", "group", "address"))
GROUP_PRINT = Command("/user/group/print", queries=("name",), properties=("name", "policy"))
FILE_PRINT = Command("/file/print", queries=("name",), properties=("name", "contents"))

INSPECTION_COMMANDS = (
    SERVER_PRINT,
    SERVER_PROFILE_PRINT,
    SERVICE_PRINT,
    GARDEN_PRINT,
    GARDEN_IP_PRINT,
    USER_PRINT,
    GROUP_PRINT,
    FILE_PRINT,
)
LOGIN_PAGE = "login.html"


def inspect(channel: Channel, username: str, deadline: Deadline) -> Inspection:
    """Read the router, one command after another. Raises RouterError."""

    def rows(command: Command) -> list[Row]:
        return channel.ask(command.order(), deadline).rows

    info = replies.router_info(_only(rows(RESOURCE_PRINT)), _only(rows(IDENTITY_PRINT)))
    profiles = tuple(_server_profile(row) for row in rows(SERVER_PROFILE_PRINT))
    return Inspection(
        info=info,
        servers=tuple(_server(row) for row in rows(SERVER_PRINT)),
        server_profiles=profiles,
        services=tuple(_service(row) for row in rows(SERVICE_PRINT) if not _is_set(row, "dynamic")),
        garden_http=_garden(rows(GARDEN_PRINT)),
        garden_ip=_garden(rows(GARDEN_IP_PRINT)),
        profiles=tuple(replies.profile(row) for row in rows(PROFILE_PRINT)),
        user=_user(channel, username, deadline),
        pages=_pages(channel, profiles, deadline),
    )


def _user(channel: Channel, username: str, deadline: Deadline) -> ApiUser:
    """Our own user. A group with no right to read users is no fault."""
    words = spellings(username)
    found = (_permitted(channel, USER_PRINT, word, deadline) for word in words)
    user = next((rows for rows in found if rows), None)
    if user is None:
        return ApiUser(None, None)
    group = _permitted(channel, GROUP_PRINT, user[0].get("group", ""), deadline)
    policies = frozenset(_listed(group[0], "policy")) if group else None
    return ApiUser(user[0].get("address", ""), policies)


def _pages(
    channel: Channel, profiles: tuple[ServerProfile, ...], deadline: Deadline
) -> dict[str, str | None]:
    found = {}
    for profile in profiles:
        folder = profile.html_directory_override or profile.html_directory
        # On some boards the folder lies below the disk, which its name does not tell.
        for name in (f"{folder}/{LOGIN_PAGE}", f"flash/{folder}/{LOGIN_PAGE}"):
            rows = _permitted(channel, FILE_PRINT, name, deadline)
            if rows is None or rows:
                found[profile.name] = rows[0].get("contents") if rows else None
                break
    return found


def _permitted(
    channel: Channel, command: Command, name: str, deadline: Deadline
) -> list[Row] | None:
    """The rows of this name; None where the router refuses to show them."""
    try:
        return channel.run(command.order(where={"name": name}), deadline).rows
    except Trap:
        return None


def _server(row: Row) -> Server:
    return Server(row.get("name", ""), row.get("profile", ""), _is_set(row, "disabled"))


def _server_profile(row: Row) -> ServerProfile:
    return ServerProfile(
        name=row.get("name", ""),
        login_by=frozenset(_listed(row, "login-by")),
        address=row.get("hotspot-address", ""),
        html_directory=row.get("html-directory", "").strip("/"),
        html_directory_override=row.get("html-directory-override", "").strip("/"),
        dns_name=row.get("dns-name", ""),
        ssl_certificate=_named(row, "ssl-certificate"),
    )


def _service(row: Row) -> Service:
    sessions = row.get("max-sessions", "")
    return Service(
        name=row.get("name", ""),
        disabled=_is_set(row, "disabled"),
        certificate=_named(row, "certificate"),
        max_sessions=int(sessions) if sessions.isascii() and sessions.isdigit() else None,
    )


def _garden(rows: list[Row]) -> tuple[GardenRow, ...]:
    return tuple(
        _garden_row(number, row)
        for number, row in enumerate(rows)
        if not (_is_set(row, "disabled") or _is_set(row, "invalid"))
    )


def _garden_row(number: int, row: Row) -> GardenRow:
    # The action that a version leaves out is the one that rows are made with.
    action = row.get("action", "allow")
    return GardenRow(
        number=number,
        action=action,
        opens=action in ("allow", "accept"),
        server=row.get("server", ""),
        host=row.get("dst-host", ""),
        address=row.get("dst-address", ""),
        address_list=row.get("dst-address-list", ""),
        port=row.get("dst-port", ""),
        protocol=row.get("protocol", ""),
        path=row.get("path", ""),
        method=row.get("method", ""),
        client=row.get("src-address", ""),
        client_list=row.get("src-address-list", ""),
        comment=row.get("comment", ""),
    )


def _only(rows: list[Row]) -> Row:
    return rows[0] if rows else {}


def _is_set(row: Row, key: str) -> bool:
    return row.get(key, "") in ("true", "yes")


def _listed(row: Row, key: str) -> list[str]:
    return [word for word in row.get(key, "").replace(";", ",").split(",") if word]


def _named(row: Row, key: str) -> str:
    name = row.get(key, "")
    return "" if name == "none" else name
