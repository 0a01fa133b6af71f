"""Gather what the kit has to know of the RADIUS servers that decide for a router."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address

from portal.hotspot.routeros.values import is_sendable
from portal.hotspot.setup.errors import KitError

AUTHENTICATION_PORT = 1812
ACCOUNTING_PORT = 1813
INCOMING_PORT = 3799
RADSEC_PORT = 2083
# RouterOS and all servers know no other one for RadSec (RFC 6614, 2.3).
RADSEC_SECRET = "radsec"  # noqa: S105
MOST_SERVERS = 2
_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}", re.ASCII)
# A login that waits for longer is given up by whoever waits; a shorter one asks again in vain.
SHORTEST, LONGEST = 300, 3000


@dataclass(frozen=True)
class RadiusServer:
    """Name a server by its IP address, and the ports of logins and accounting."""

    address: str
    authentication_port: int = AUTHENTICATION_PORT
    accounting_port: int = ACCOUNTING_PORT


@dataclass(frozen=True)
class RadiusFacts:
    """Hold what a router whose customers are let in by RADIUS is set up with.

    `servers` are asked in their order, the second where the first is silent for three times
    `timeout` milliseconds. `name` is what tells this router from all others, which it says to
    the servers alone: who knows it can speak for the router, since many share one secret.
    Sessions are ended from outside at `incoming_port`. `radsec` speaks TLS to port 2083, which
    RouterOS 6 cannot; `certificate` is then the router's own one for it, if any. Raises KitError.
    """

    servers: tuple[RadiusServer, ...]
    secret: str = field(repr=False)
    name: str = field(repr=False)
    incoming_port: int = INCOMING_PORT
    timeout: int = 1000
    radsec: bool = False
    certificate: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.servers) <= MOST_SERVERS:
            raise KitError("Un router pregunta a uno o dos servidores RADIUS.")
        for server in self.servers:
            _check_address(server.address)
        if not _NAME.fullmatch(self.name):
            raise KitError("El nombre del router para RADIUS no es válido.")
        if not SHORTEST <= self.timeout <= LONGEST:
            raise KitError(f"El router espera a RADIUS entre {SHORTEST} y {LONGEST} ms.")
        if not (is_sendable(self.secret) and is_sendable(self.certificate or "") and self.secret):
            raise KitError("El secreto de RADIUS contiene caracteres de control o está vacío.")

    @property
    def said_secret(self) -> str:
        """Give the secret that the router is told."""
        return RADSEC_SECRET if self.radsec else self.secret

    def ports(self, server: RadiusServer) -> tuple[int, int]:
        """Give the ports of logins and accounting as they are spoken to."""
        if self.radsec:
            return RADSEC_PORT, RADSEC_PORT
        return server.authentication_port, server.accounting_port


def _check_address(address: str) -> None:
    try:
        ip_address(address)
    except ValueError:
        raise KitError(f"El servidor RADIUS «{address}» no es una dirección IP.") from None
