"""Tell what a walled garden lets through.

The first row that matches decides (RouterOS documentation), and what no row means is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from portal.hotspot.inspection import GardenRow
from portal.hotspot.setup.patterns import (
    address_matches,
    host_matches,
    is_everywhere,
    port_matches,
)

_METHODS = ("GET", "POST", "CONNECT")
_TCP = ("tcp", "6")
_SAMPLE = "portal-check"


@dataclass(frozen=True)
class Destination:
    """Name what a customer has to reach before paying: `host` may be `*.` and a domain."""

    host: str
    port: int
    path: str = "/"

    @property
    def sample(self) -> str:
        """Give a host that the way leads to."""
        return self.host.replace("*", _SAMPLE)


class Part(IntEnum):
    """Say how much of a way a row means."""

    NONE = 0
    SOME = 1
    ALL = 2


@dataclass(frozen=True)
class Verdict:
    """Say if a way is open; else which row closes it, or is the first that opens only a part."""

    is_open: bool
    closed_by: GardenRow | None = None
    partly_by: GardenRow | None = None


def verdict(rows: Iterable[GardenRow], way: Destination, server: str) -> Verdict:
    """Give what becomes of a way for the customers of one hotspot; what no row means is closed."""
    partly = None
    for row in rows:
        part = _part(row, way, server)
        if row.opens and part is Part.ALL:
            return Verdict(is_open=True)
        if row.opens and part is Part.SOME:
            partly = partly or row
        elif part is not Part.NONE and not _is_for_a_few(row):
            return Verdict(is_open=False, closed_by=row)
    return Verdict(is_open=False, partly_by=partly)


def _part(row: GardenRow, way: Destination, server: str) -> Part:
    return min(_parts(row, way, server))


def _parts(row: GardenRow, way: Destination, server: str) -> Iterator[Part]:
    yield _whole(row.server in ("", "all", server))
    yield _host(row.host, way)
    yield _address(row.address, way)
    yield _whole(not row.port or port_matches(row.port, way.port))
    yield _protocol(row.protocol)
    yield _path(row.path, way)
    yield Part.ALL if not row.method else Part(row.method.upper() in _METHODS)
    yield Part.ALL if is_everywhere(row.client) else Part.SOME
    yield Part.SOME if row.address_list or row.client_list else Part.ALL


def _is_for_a_few(row: GardenRow) -> bool:
    """Tell whether a row shuts out single devices or addresses, as operators do on purpose."""
    single = bool(row.client) and not any(sign in row.client for sign in "/-!")
    return single or row.client.endswith("/32") or bool(row.address_list or row.client_list)


def _whole(holds: bool) -> Part:
    return Part.ALL if holds else Part.NONE


def _host(pattern: str, way: Destination) -> Part:
    if not pattern:
        return Part.ALL
    if pattern.lower() == way.host.lower():
        return Part.ALL
    found = host_matches(pattern, way.sample)
    return Part.SOME if found is None else _whole(found)


def _address(listed: str, way: Destination) -> Part:
    return _whole(is_everywhere(listed) or address_matches(listed, way.host))


def _protocol(named: str) -> Part:
    if named.startswith("!"):
        return _whole(named[1:] not in _TCP)
    return _whole(not named or named in _TCP)


def _path(pattern: str, way: Destination) -> Part:
    if pattern.strip("/") in ("", "*"):
        return Part.ALL
    return Part.NONE if host_matches(pattern, way.path) is False else Part.SOME
