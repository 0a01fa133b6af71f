"""Name what is read of a router about the RADIUS servers that it asks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AskedServer:
    """Describe a server that a router asks about its hotspots' customers; a port may be unknown.

    `realm` is what the router says to it of itself, which nobody else is to know.
    """

    address: str
    authentication_port: int | None
    accounting_port: int | None
    disabled: bool
    comment: str
    realm: str = field(default="", repr=False)


@dataclass(frozen=True)
class AskedServers:
    """Hold them in the router's order, and whether and where it may be told to end a session."""

    servers: tuple[AskedServer, ...]
    accepts_changes: bool
    incoming_port: int | None
