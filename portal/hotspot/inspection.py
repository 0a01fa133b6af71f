"""Name what is read of a router for an operator: who it is, and how it is set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from portal.hotspot.asked_servers import AskedServers
from portal.hotspot.network import Firewall, RouterClock


@dataclass(frozen=True)
class RouterInfo:
    """Describe what router this is."""

    identity: str
    version: str
    board: str
    uptime: int


@dataclass(frozen=True)
class Profile:
    """Describe a hotspot user profile. `id` is only to be shown: it changes on reboot.

    Times are as the router writes them, empty or `none` for none. `on_login` and `on_logout` are
    the operator's scripts, which may hold secrets of theirs.
    `stored` is the name as a word of the router's own, which differs from `name` where the
    router has it in an older encoding; only lines for its terminal need it.
    """

    id: str
    name: str
    rate_limit: str
    shared_users: str
    session_timeout: str
    idle_timeout: str = ""
    keepalive_timeout: str = ""
    add_mac_cookie: bool = True
    stored: str = ""
    on_login: str = field(default="", repr=False)
    on_logout: str = field(default="", repr=False)


@dataclass(frozen=True)
class UserScript:
    """Describe a profile's own script that runs as a user comes or goes.

    `writes` are the user's fields that it is seen to write, in the router's own names, and
    `remove` and `disable` where it does that to the user.
    """

    profile: str
    event: str
    writes: frozenset[str]


@dataclass(frozen=True)
class Server:
    """Name a hotspot, its profile and interface. `shown` is its name as people read it."""

    name: str
    profile: str
    disabled: bool
    shown: str
    interface: str = ""


@dataclass(frozen=True)
class ServerProfile:
    """Say how a hotspot lets people in. What is not set is empty; `shown` is its name to people.

    `radius_interim` is how often it reports to RADIUS, in the router's words.
    """

    name: str
    login_by: frozenset[str]
    address: str
    html_directory: str
    html_directory_override: str
    dns_name: str
    ssl_certificate: str
    shown: str
    uses_radius: bool = False
    reports_to_radius: bool = True
    radius_interim: str = ""


@dataclass(frozen=True)
class Service:
    """Describe a service of the router. `max_sessions` is None where the version does not tell.

    `addresses` are those that it answers, all where there are none.
    """

    name: str
    disabled: bool
    certificate: str
    max_sessions: int | None
    port: int | None = None
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class GardenRow:
    """Describe an enabled row of a walled garden's layer. What is not set is empty: it means any.

    `number` is the row's as the router's terminal counts, from 0. `client` is the customer's
    address, the others are what is to be reached.
    """

    number: int
    action: str
    opens: bool
    server: str = ""
    host: str = ""
    address: str = ""
    address_list: str = ""
    port: str = ""
    protocol: str = ""
    path: str = ""
    method: str = ""
    client: str = ""
    client_list: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Garden:
    """Hold the hotspots, and the walled garden's layers in the router's order."""

    servers: tuple[Server, ...]
    garden_http: tuple[GardenRow, ...]
    garden_ip: tuple[GardenRow, ...]


@dataclass(frozen=True)
class ApiUser:
    """Name the API's user and its group's policies. None: the router did not let us read them."""

    addresses: str | None
    policies: frozenset[str] | None


@dataclass(frozen=True)
class Inspection(Garden):
    """Hold what stands on the router, names as its own words.

    `pages` are the texts of the hotspots' login pages, by profile; None where they could not be
    read, absent where there is none. Nor may `firewall`, `clock`, `radius`, `addresses` (with their
    prefix lengths) and `device_mode` be, which tells what the router may be used for.
    """

    info: RouterInfo
    server_profiles: tuple[ServerProfile, ...]
    services: tuple[Service, ...]
    profiles: tuple[Profile, ...]
    user: ApiUser
    pages: dict[str, str | None]
    firewall: Firewall | None = None
    clock: RouterClock | None = None
    radius: AskedServers | None = None
    addresses: tuple[str, ...] | None = None
    device_mode: Mapping[str, str] | None = None


class Inspector(Protocol):
    """Tell how a router is set up. Any method may raise RouterError; `timeout` is in seconds."""

    def profiles(self, timeout: float) -> tuple[Profile, ...]:
        """Give the hotspot user profiles."""

    def user_scripts(self, timeout: float) -> tuple[UserScript, ...]:
        """Give the scripts of all user profiles: what may have changed a user of ours."""

    def info(self, timeout: float) -> RouterInfo:
        """Read identity and version: also the connection test."""

    def clock(self, timeout: float) -> RouterClock | None:
        """Read the clock; None where the router does not let us. Two commands."""

    def walled_garden(self, timeout: float) -> Garden:
        """Read what customers reach before they have paid. Three commands."""

    def fingerprint(self, timeout: float) -> str:
        """Read the certificate shown before anybody logs in: its SHA-256, lower-case hex."""

    def inspect(self, timeout: float) -> Inspection:
        """Read how the hotspot and our way in are set up. For a check, never in a sale."""
