"""Gather what the kit has to know of a router and of its shop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.hotspot.routeros.values import is_sendable, spellings
from portal.hotspot.setup.dial_in.commands import TunnelFacts
from portal.hotspot.setup.errors import KitError
from portal.hotspot.setup.quoting import Code
from portal.hotspot.setup.radius.facts import RadiusFacts

# A host name or address, or all names below one; neither script nor page need escape it.
_HOST = re.compile(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?", re.ASCII)
_ROUTER_ID = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_DIALLED = re.compile(r"[0-9A-Fa-f.:/]+", re.ASCII)


@dataclass(frozen=True)
class PlanTerms:
    """Hold what a plan promises and its user profile has to keep.

    `seconds` is how long it lasts, None without an end; `devices` how many come in at once, None
    where it is not said and one does. `rate_limit` is RouterOS' `rx/tx`, the client's upload first.
    """

    name: str
    seconds: int | None = None
    devices: int | None = None
    rate_limit: str | None = None


@dataclass(frozen=True)
class UserProfile:
    """Describe a hotspot user profile, and the plans that it is sold with."""

    name: str
    plans: tuple[PlanTerms, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Give the words by which a router may know it."""
        return spellings(self.name)

    @property
    def rate_limit(self) -> str | None:
        """Give the one rate that its plans promise; None where they promise none, or several."""
        said = {plan.rate_limit for plan in self.plans} - {None}
        return said.pop() if len(said) == 1 else None

    @property
    def shared_users(self) -> int | None:
        """Give how many devices the plan for the most of them sells; None where none says."""
        return max((plan.devices for plan in self.plans if plan.devices), default=None)


@dataclass(frozen=True)
class KitFacts:
    """Hold the facts of one router's kit.

    `portal_url` is where customers reach us; `hosts` are what they must reach before they have
    paid, the portal's own among them. `allowed_from`: the addresses or networks (as `10.0.0.1`,
    `10.0.0.0/24`) from which the API's user may enter, empty for anywhere. `api_ssl`: whether
    we speak TLS to it, `identified` whether we then know that it is the router that answers,
    `over_internet` whether the Internet lies between. `login_hosts` are where we believe its
    login page to live, with a port where it is not the usual one. `certificate` names one that
    stands on the router, and `server` the one hotspot to set up (None: all).
    `replace_shared`: pages that another hotspot shows as well may be replaced. `time_zone` is
    the IANA name of the zone that the company counts its days in. `tunnel`: the router dials in.
    `radius` is how its customers are let in by RADIUS, None where the router's own users are;
    `has_api`: whether its API is ours to enter as well, as it may be beside RADIUS.
    Raises KitError.
    """

    portal_url: str
    router_id: str
    router_name: str
    router_host: str
    api_user: str
    api_password: str = field(repr=False)
    api_ssl: bool
    identified: bool = True
    over_internet: bool = False
    allowed_from: tuple[str, ...] = ()
    login_hosts: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    profiles: tuple[UserProfile, ...] = ()
    server: str | None = None
    certificate: str | None = None
    replace_shared: bool = False
    time_zone: str = ""
    radius: RadiusFacts | None = None
    has_api: bool = True
    tunnel: TunnelFacts | None = None

    def __post_init__(self) -> None:
        if not (_URL.fullmatch(self.portal_url) and _has_place(self.portal_url)):
            raise KitError("La dirección pública del portal no es una dirección http(s) simple.")
        if not _ROUTER_ID.fullmatch(self.router_id):
            raise KitError("El identificador del router no es válido.")
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise KitError(f"El host «{host}» no es válido.")
        for address in self.allowed_from:
            if not _DIALLED.fullmatch(address):
                raise KitError(f"La dirección «{address}» no es válida.")
        names = (self.api_user, self.api_password, *(p.name for p in self.profiles))
        for name in (*names, self.server or "", self.certificate or ""):
            if not is_sendable(name):
                raise KitError("Un nombre o la contraseña contiene caracteres de control.")

    @property
    def mark(self) -> str:
        """Give the comment that tells what this kit made from what others made."""
        return f"portal {self.router_id}"

    @property
    def entry(self) -> str:
        """Give the address to which the router sends its customers, without any parameter."""
        return f"{self.portal_url.rstrip('/')}/r/{self.router_id}"

    @property
    def portal_host(self) -> str:
        """Give the portal's own host name or address."""
        return urlsplit(self.portal_url).hostname or ""

    @property
    def service(self) -> str:
        """Name the router's service that we use."""
        return "api-ssl" if self.api_ssl else "api"

    @property
    def service_word(self) -> Code:
        """Give that name as a script writes it."""
        return Code(self.service)

    @property
    def walled_garden(self) -> tuple[str, ...]:
        """List all hosts to open to customers who have not paid, each once.

        No IPv6 address is among them: a hotspot takes care of IPv4 alone.
        """
        hosts = dict.fromkeys((self.portal_host, *self.hosts))
        return tuple(host for host in hosts if ":" not in host)

    @property
    def api_users(self) -> tuple[str, ...]:
        """Give the words by which a router may know the API's user."""
        return spellings(self.api_user)

    @property
    def servers(self) -> tuple[str, ...]:
        """Give the words by which a router may know the hotspot named; empty for all hotspots."""
        return () if self.server is None else spellings(self.server)


def _has_place(url: str) -> bool:
    """Tell whether the address names a host, and a port if any that is one."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def without_port(host: str) -> str:
    """Give the host of `host:port` in lower case, without the brackets of an IPv6 address."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
