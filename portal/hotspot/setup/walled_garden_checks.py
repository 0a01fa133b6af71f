"""Check that customers who have not paid reach what they need, and which row keeps them out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from portal.hotspot.inspection import Garden, GardenRow, Inspection
from portal.hotspot.routeros.values import readable
from portal.hotspot.setup import terminal
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.served import served
from portal.hotspot.setup.walled_garden import Destination, Verdict, verdict

HTTPS = 443
_SHOWN = (
    ("server", "server"),
    ("src-address", "client"),
    ("src-address-list", "client_list"),
    ("method", "method"),
    ("dst-host", "host"),
    ("dst-address", "address"),
    ("dst-address-list", "address_list"),
    ("protocol", "protocol"),
    ("dst-port", "port"),
    ("path", "path"),
)


def walled_garden(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check both layers, host by host."""
    servers = [server.name for server in served(facts, found)] or [facts.server or ""]
    for layer, rows in ((terminal.HTTP, found.garden_http), (terminal.IP, found.garden_ip)):
        for way in _ways(facts):
            judged = ((server, verdict(rows, way, server)) for server in servers)
            closed = next(((name, said) for name, said in judged if not said.is_open), None)
            name = f"Jardín {layer.name}: {way.host}"
            if closed is None:
                yield Finding(name, State.OK, "abierto")
                continue
            where = f" ({readable(closed[0])})" if len(servers) > 1 else ""
            mend = _mend(layer, rows, way, facts.mark, closed[1])
            yield Finding(name, State.MISSING, _said(closed[1]) + where, mend)


def closed_hosts(facts: KitFacts, found: Garden) -> list[str]:
    """Name the hosts that a device cannot reach before it has paid, on any of the hotspots."""
    servers = [server.name for server in served(facts, found)]
    return [
        way.host
        for way in _ways(facts)
        if any(_is_closed(way, server, found) for server in servers)
    ]


def _is_closed(way: Destination, server: str, found: Garden) -> bool:
    """Of what is encrypted the router sees no host, so that the layer of addresses decides."""
    if verdict(found.garden_ip, way, server).is_open:
        return False
    return way.port == HTTPS or not verdict(found.garden_http, way, server).is_open


def portal_address(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Warn that a hotspot knows IPv4 only: it neither opens nor forwards to an IPv6 address."""
    if ":" in facts.portal_host:
        yield Finding(
            "Dirección pública del portal",
            State.ADVICE,
            f"{facts.portal_host} es IPv6 y el hotspot solo atiende IPv4: sus clientes llegan al "
            "portal solo si su red también tiene IPv6; ponga en PUBLIC_URL un nombre con "
            "dirección IPv4",
        )


def _ways(facts: KitFacts) -> Iterator[Destination]:
    portal = urlsplit(facts.portal_url)
    port = portal.port or (HTTPS if portal.scheme == "https" else 80)
    for host in facts.walled_garden:
        is_ours = host == facts.portal_host
        path = urlsplit(facts.entry).path
        yield Destination(host, port, path) if is_ours else Destination(host, HTTPS)


def _said(said: Verdict) -> str:
    if said.closed_by is not None:
        return f"cerrado por la {_row(said.closed_by)}, que va antes de cualquiera que lo abra"
    if said.partly_by is not None:
        return f"cerrado: la {_row(said.partly_by)} solo abre una parte"
    return "cerrado"


def _row(row: GardenRow) -> str:
    values = [f"action={row.action}"]
    values += [
        f"{name}={readable(getattr(row, kept))}" for name, kept in _SHOWN if getattr(row, kept)
    ]
    return f"fila {row.number} ({' '.join(values)})"


def _mend(
    layer: terminal.Layer, rows: tuple[GardenRow, ...], way: Destination, mark: str, said: Verdict
) -> str:
    if said.closed_by is None:
        return layer.add(way.host, mark)
    is_there = any(
        row.opens and row.comment == mark and way.host in (row.host, row.address) for row in rows
    )
    return layer.move(way.host, mark) if is_there else layer.add_first(way.host, mark)
