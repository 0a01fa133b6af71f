"""How a router is set up, as far as its hotspot and our way in are concerned."""

from __future__ import annotations

from dataclasses import dataclass

from portal.hotspot.router import Profile, RouterInfo
from portal.hotspot.routeros.text import readable


@dataclass(frozen=True)
class Server:
    """A hotspot, and the name of its profile."""

    name: str
    profile: str
    disabled: bool

    @property
    def shown(self) -> str:
        """The name as people read it."""
        return readable(self.name)


@dataclass(frozen=True)
class ServerProfile:
    """How a hotspot lets people in. What is not set is empty."""

    name: str
    login_by: frozenset[str]
    address: str
    html_directory: str
    html_directory_override: str
    dns_name: str
    ssl_certificate: str

    @property
    def shown(self) -> str:
        """The name as people read it."""
        return readable(self.name)


@dataclass(frozen=True)
class Service:
    """A service of the router. `max_sessions` is None where the version does not tell."""

    name: str
    disabled: bool
    certificate: str
    max_sessions: int | None


@dataclass(frozen=True)
class GardenRow:
    """An enabled row of a walled garden's layer. What is not set is empty, and means any.

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
class ApiUser:
    """The API's user and its group's policies. None: the router did not let us read them."""

    addresses: str | None
    policies: frozenset[str] | None


@dataclass(frozen=True)
class Inspection:
    """What stands on the router, names as its own words (see `text.readable`).

    `garden_http` and `garden_ip` are the walled garden's layers, in the router's order. `pages`
    are the texts of the hotspots' login pages, by profile; None where they could not be read,
    absent where there is none.
    """

    info: RouterInfo
    servers: tuple[Server, ...]
    server_profiles: tuple[ServerProfile, ...]
    services: tuple[Service, ...]
    garden_http: tuple[GardenRow, ...]
    garden_ip: tuple[GardenRow, ...]
    profiles: tuple[Profile, ...]
    user: ApiUser
    pages: dict[str, str | None]
