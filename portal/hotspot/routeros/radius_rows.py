"""Read rows about RADIUS."""

from __future__ import annotations

from portal.hotspot.asked_servers import AskedServer, AskedServers
from portal.hotspot.routeros.values import Row, truth

_HOTSPOT = "hotspot"


def asked_servers(servers: list[Row], incoming: Row) -> AskedServers:
    """Give what `/radius` and `/radius/incoming` say of hotspots."""
    return AskedServers(
        servers=tuple(_server(row) for row in servers if _serves_hotspots(row)),
        accepts_changes=truth(incoming, "accept"),
        incoming_port=_number(incoming, "port"),
    )


def _serves_hotspots(row: Row) -> bool:
    return _HOTSPOT in row.get("service", "").replace(";", ",").split(",")


def _server(row: Row) -> AskedServer:
    return AskedServer(
        address=row.get("address", ""),
        authentication_port=_number(row, "authentication-port"),
        accounting_port=_number(row, "accounting-port"),
        disabled=truth(row, "disabled"),
        comment=row.get("comment", ""),
        realm=row.get("realm", ""),
    )


def _number(row: Row, key: str) -> int | None:
    said = row.get(key, "")
    return int(said) if said.isascii() and said.isdigit() else None
