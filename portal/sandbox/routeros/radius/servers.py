"""The servers that `/radius` names, as they are asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.sandbox.routeros.menus import kinds
from portal.sandbox.routeros.menus.store import Row, Table

_HOTSPOT = "hotspot"


@dataclass(frozen=True)
class Server:
    """One of them. `timeout` in seconds; `wants_signature`: an answer without one is dropped."""

    address: str
    secret: bytes = field(repr=False)
    authentication_port: int
    accounting_port: int
    timeout: float
    is_backup: bool
    source: str
    realm: str
    wants_signature: bool


def servers(table: Table, domain: str = "") -> list[Server]:
    """Those that serve hotspots, in the router's order.

    Whoever speaks RadSec, or is for other domains, is not among them.
    """
    return [_server(row) for row in table if _serves(row, domain)]


def for_accounting(found: list[Server]) -> list[Server]:
    """The same, with the backups after all others."""
    return sorted(found, key=lambda server: server.is_backup)


def _serves(row: Row, domain: str) -> bool:
    serves = _HOTSPOT in row.get("service").split(",") and row.get("disabled") != "true"
    return serves and row.get("protocol") != "radsec" and row.get("domain") in ("", domain)


def _server(row: Row) -> Server:
    return Server(
        address=row.get("address"),
        secret=row.get("secret").encode(),
        authentication_port=int(row.get("authentication-port")),
        accounting_port=int(row.get("accounting-port")),
        timeout=kinds.milliseconds(row.get("timeout")) / 1000,
        is_backup=row.get("accounting-backup") == "true",
        source=row.get("src-address"),
        realm=row.get("realm"),
        wants_signature=row.get("require-message-auth") == "yes-for-request-resp",
    )
