"""Find the servers that `/radius` names, as they are asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.sandbox.routeros.menus import kinds
from portal.sandbox.routeros.menus.store import Row, Table

_HOTSPOT, _RADSEC = "hotspot", "radsec"


@dataclass(frozen=True)
class Server:
    """Hold one of them. `timeout` in seconds; `wants_signature`: unsigned answers are dropped."""

    address: str
    secret: bytes = field(repr=False)
    authentication_port: int
    accounting_port: int
    timeout: float
    is_backup: bool
    source: str
    realm: str
    wants_signature: bool


def servers(table: Table, domain: str = "", tls_port: int | None = None) -> list[Server]:
    """List those that serve hotspots, in the router's order, without those of other domains.

    `tls_port` is where on this machine a peer speaks RadSec for us (as `radsecproxy` does): all
    whose protocol that is are asked by it, and none without it.
    """
    return [_server(row, tls_port) for row in table if _serves(row, domain, tls_port)]


def for_accounting(found: list[Server]) -> list[Server]:
    """Give the same, with the backups after all others."""
    return sorted(found, key=lambda server: server.is_backup)


def _serves(row: Row, domain: str, tls_port: int | None) -> bool:
    serves = _HOTSPOT in row.get("service").split(",") and row.get("disabled") != "true"
    is_spoken = row.get("protocol") != _RADSEC or tls_port is not None
    return serves and is_spoken and row.get("domain") in ("", domain)


def _server(row: Row, tls_port: int | None) -> Server:
    by_tls = tls_port if row.get("protocol") == _RADSEC else None
    return Server(
        address="127.0.0.1" if by_tls else row.get("address"),
        secret=row.get("secret").encode(),
        authentication_port=by_tls or int(row.get("authentication-port")),
        accounting_port=by_tls or int(row.get("accounting-port")),
        timeout=kinds.milliseconds(row.get("timeout")) / 1000,
        is_backup=row.get("accounting-backup") == "true",
        source=row.get("src-address"),
        realm=row.get("realm"),
        wants_signature=row.get("require-message-auth") == "yes-for-request-resp",
    )
