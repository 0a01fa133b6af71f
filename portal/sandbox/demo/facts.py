"""Hold what a visitor needs to use a running demo."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Host:
    """Hold a device that stands in the hotspot."""

    mac: str
    ip: str


@dataclass(frozen=True)
class RouterAccess:
    """Hold how the simulated router's API is entered."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Facts:
    """Hold addresses without a trailing slash, but the portal's; passwords and key in clear."""

    portal_url: str
    api_url: str
    api_key: str = field(repr=False)
    admin_email: str
    admin_password: str = field(repr=False)
    owner_email: str
    owner_password: str = field(repr=False)
    company_id: str
    router_id: str
    router: RouterAccess
    gateway_url: str
    hosts: tuple[Host, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give it in JSON's types."""
        return asdict(self)
