"""How a router is set up, as far as its hotspot and our way in are concerned."""

from __future__ import annotations

from dataclasses import dataclass

from portal.hotspot.router import Profile, RouterInfo


@dataclass(frozen=True)
class Server:
    """A hotspot, and the name of its profile."""

    name: str
    profile: str
    disabled: bool


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


@dataclass(frozen=True)
class Service:
    """A service of the router. `max_sessions` is None where the version does not tell."""

    name: str
    disabled: bool
    certificate: str
    max_sessions: int | None


@dataclass(frozen=True)
class ApiUser:
    """The API's user and its group's policies. None: the router did not let us read them."""

    addresses: str | None
    policies: frozenset[str] | None


@dataclass(frozen=True)
class Inspection:
    """What stands on the router. `allowed_http` and `allowed_ip` are the walled garden's layers.

    `pages` are the texts of the hotspots' login pages, by profile; None where they could not
    be read, absent where there is none.
    """

    info: RouterInfo
    servers: tuple[Server, ...]
    server_profiles: tuple[ServerProfile, ...]
    services: tuple[Service, ...]
    allowed_http: frozenset[str]
    allowed_ip: frozenset[str]
    profiles: tuple[Profile, ...]
    user: ApiUser
    pages: dict[str, str | None]
