"""Read how a router is set up. Nothing here changes it."""

from __future__ import annotations

from datetime import UTC, datetime

from portal.hotspot.asked_servers import AskedServers
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterRefused
from portal.hotspot.inspection import (
    ApiUser,
    Garden,
    GardenRow,
    Inspection,
    Inspector,
    Profile,
    RouterInfo,
    Server,
    ServerProfile,
    Service,
    UserScript,
)
from portal.hotspot.network import Firewall, RouterClock
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.channel import Channel
from portal.hotspot.routeros.commands import Command, Invocation
from portal.hotspot.routeros.errors import Trap
from portal.hotspot.routeros.menus import (
    ADDRESS_PRINT,
    API_USER_PRINT,
    CLOCK_PRINT,
    DEVICE_MODE_PRINT,
    FILE_PRINT,
    FILTER_PRINT,
    GARDEN_IP_PRINT,
    GARDEN_PRINT,
    GROUP_PRINT,
    IDENTITY_PRINT,
    INCOMING_PRINT,
    LIST_MEMBER_PRINT,
    LIST_PRINT,
    NTP_PRINT,
    PROFILE_PRINT,
    RADIUS_PRINT,
    RESOURCE_PRINT,
    ROUTE_PRINT,
    SERVER_PRINT,
    SERVER_PROFILE_PRINT,
    SERVICE_PRINT,
)
from portal.hotspot.routeros.network_rows import (
    filter_rules,
    interface_lists,
    router_clock,
    wans,
)
from portal.hotspot.routeros.profile_scripts import user_scripts
from portal.hotspot.routeros.radius_rows import asked_servers
from portal.hotspot.routeros.values import Row, readable, seconds, spellings, text, truth

LOGIN_PAGE = "login.html"


class RouterInspector(Inspector):
    """Tell how one router is set up, over the RouterOS API. Nothing here changes it."""

    def __init__(self, channel: Channel, username: str) -> None:
        self._channel = channel
        self._username = username

    def profiles(self, timeout: float) -> tuple[Profile, ...]:
        reply = self._channel.ask(PROFILE_PRINT.order(), Deadline(timeout))
        return tuple(_profile(row) for row in reply.rows)

    def user_scripts(self, timeout: float) -> tuple[UserScript, ...]:
        return user_scripts(self.profiles(timeout))

    def info(self, timeout: float) -> RouterInfo:
        deadline = Deadline(timeout)
        resource = self._channel.ask(RESOURCE_PRINT.order(), deadline).rows
        identity = self._channel.ask(IDENTITY_PRINT.order(), deadline).rows
        if not resource or not identity:
            raise RouterRefused(messages.UNREADABLE)
        return _router_info(resource[0], identity[0])

    def clock(self, timeout: float) -> RouterClock | None:
        return _clock(self._channel, Deadline(timeout))

    def walled_garden(self, timeout: float) -> Garden:
        deadline = Deadline(timeout)

        def rows(command: Command) -> list[Row]:
            return self._channel.ask(command.order(), deadline).rows

        return Garden(
            servers=tuple(map(_server, rows(SERVER_PRINT))),
            garden_http=_garden(rows(GARDEN_PRINT)),
            garden_ip=_garden(rows(GARDEN_IP_PRINT)),
        )

    def fingerprint(self, timeout: float) -> str:
        return self._channel.fingerprint(Deadline(timeout))

    def inspect(self, timeout: float) -> Inspection:
        deadline = Deadline(timeout)

        def rows(command: Command) -> list[Row]:
            return self._channel.ask(command.order(), deadline).rows

        profiles = tuple(map(_server_profile, rows(SERVER_PROFILE_PRINT)))
        return Inspection(
            info=_router_info(_only(rows(RESOURCE_PRINT)), _only(rows(IDENTITY_PRINT))),
            servers=tuple(map(_server, rows(SERVER_PRINT))),
            server_profiles=profiles,
            services=tuple(
                _service(row) for row in rows(SERVICE_PRINT) if not truth(row, "dynamic")
            ),
            garden_http=_garden(rows(GARDEN_PRINT)),
            garden_ip=_garden(rows(GARDEN_IP_PRINT)),
            profiles=tuple(map(_profile, rows(PROFILE_PRINT))),
            user=_user(self._channel, self._username, deadline),
            pages=_pages(self._channel, profiles, deadline),
            firewall=_firewall(self._channel, deadline),
            clock=_clock(self._channel, deadline),
            radius=_radius(self._channel, deadline),
            addresses=_addresses(self._channel, deadline),
            device_mode=_device_mode(self._channel, deadline),
        )


def _user(channel: Channel, username: str, deadline: Deadline) -> ApiUser:
    """Our own user. A group with no right to read users is no fault."""
    words = spellings(username)
    found = (_permitted(channel, API_USER_PRINT, word, deadline) for word in words)
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


def _firewall(channel: Channel, deadline: Deadline) -> Firewall | None:
    rules = _rows(channel, FILTER_PRINT.order(), deadline)
    lists = _rows(channel, LIST_PRINT.order(), deadline)
    members = _rows(channel, LIST_MEMBER_PRINT.order(), deadline)
    routes = _rows(channel, ROUTE_PRINT.order(where={"dst-address": "0.0.0.0/0"}), deadline)
    if rules is None or lists is None or members is None or routes is None:
        return None
    return Firewall(filter_rules(rules), interface_lists(lists, members), wans(routes))


def _clock(channel: Channel, deadline: Deadline) -> RouterClock | None:
    ntp = _rows(channel, NTP_PRINT.order(), deadline)
    before = datetime.now(UTC)
    clock = _rows(channel, CLOCK_PRINT.order(), deadline)
    if not clock or ntp is None:
        return None
    return router_clock(clock[0], _only(ntp), before + (datetime.now(UTC) - before) / 2)


def _radius(channel: Channel, deadline: Deadline) -> AskedServers | None:
    servers = _rows(channel, RADIUS_PRINT.order(), deadline)
    incoming = _rows(channel, INCOMING_PRINT.order(), deadline)
    return None if servers is None or not incoming else asked_servers(servers, incoming[0])


def _addresses(channel: Channel, deadline: Deadline) -> tuple[str, ...] | None:
    rows = _rows(channel, ADDRESS_PRINT.order(), deadline)
    if rows is None:
        return None
    return tuple(row.get("address", "") for row in rows if not truth(row, "disabled"))


def _device_mode(channel: Channel, deadline: Deadline) -> Row | None:
    return _only(_rows(channel, DEVICE_MODE_PRINT.order(), deadline) or []) or None


def _permitted(
    channel: Channel, command: Command, name: str, deadline: Deadline
) -> list[Row] | None:
    """Give the rows of this name; None where the router refuses to show them."""
    return _rows(channel, command.order(where={"name": name}), deadline)


def _rows(channel: Channel, order: Invocation, deadline: Deadline) -> list[Row] | None:
    try:
        return channel.run(order, deadline).rows
    except Trap:
        return None


def _server(row: Row) -> Server:
    name = row.get("name", "")
    disabled, interface = truth(row, "disabled"), row.get("interface", "")
    return Server(name, row.get("profile", ""), disabled, readable(name), interface)


def _server_profile(row: Row) -> ServerProfile:
    return ServerProfile(
        name=row.get("name", ""),
        login_by=frozenset(_listed(row, "login-by")),
        address=row.get("hotspot-address", ""),
        html_directory=row.get("html-directory", "").strip("/"),
        html_directory_override=row.get("html-directory-override", "").strip("/"),
        dns_name=row.get("dns-name", ""),
        ssl_certificate=_named(row, "ssl-certificate"),
        shown=text(row, "name"),
        uses_radius=truth(row, "use-radius"),
        # It is so where nothing is said.
        reports_to_radius=row.get("radius-accounting", "yes") in ("yes", "true"),
        radius_interim=row.get("radius-interim-update", ""),
    )


def _service(row: Row) -> Service:
    return Service(
        name=row.get("name", ""),
        disabled=truth(row, "disabled"),
        certificate=_named(row, "certificate"),
        max_sessions=_count(row, "max-sessions"),
        port=_count(row, "port"),
        addresses=tuple(_listed(row, "address")),
    )


def _count(row: Row, key: str) -> int | None:
    said = row.get(key, "")
    return int(said) if said.isascii() and said.isdigit() else None


def _garden(rows: list[Row]) -> tuple[GardenRow, ...]:
    return tuple(
        _garden_row(number, row)
        for number, row in enumerate(rows)
        if not (truth(row, "disabled") or truth(row, "invalid"))
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


def _listed(row: Row, key: str) -> list[str]:
    return [word for word in row.get(key, "").replace(";", ",").split(",") if word]


def _named(row: Row, key: str) -> str:
    name = row.get(key, "")
    return "" if name == "none" else name


def _profile(row: Row) -> Profile:
    """Read a row of `/ip/hotspot/user/profile`."""
    return Profile(
        id=row.get(".id", ""),
        name=text(row, "name"),
        rate_limit=text(row, "rate-limit"),
        shared_users=text(row, "shared-users"),
        session_timeout=text(row, "session-timeout"),
        idle_timeout=text(row, "idle-timeout"),
        keepalive_timeout=text(row, "keepalive-timeout"),
        # It is so where nothing is said.
        add_mac_cookie=row.get("add-mac-cookie", "yes") in ("yes", "true"),
        stored=row.get("name", ""),
        on_login=text(row, "on-login"),
        on_logout=text(row, "on-logout"),
    )


def _router_info(resource: Row, identity: Row) -> RouterInfo:
    """`/system/resource` and `/system/identity` together."""
    return RouterInfo(
        identity=text(identity, "name"),
        version=text(resource, "version"),
        board=text(resource, "board-name"),
        uptime=seconds(resource, "uptime"),
    )
