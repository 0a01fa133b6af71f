"""Compute the properties that are not stored when a row is printed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from portal.sandbox.routeros.menus import durations, paths
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.menus.tunnel_keys import public_of
from portal.sandbox.routeros.menus.versions import ISO_DATES

if TYPE_CHECKING:
    from portal.sandbox.routeros.device import Device

_BYTES_PER_PACKET = 1_000
_BUILT = time.gmtime(1_760_000_000)


def _traffic(used: dict[str, float]) -> dict[str, str]:
    shown = {"uptime": durations.render(used["uptime"])}
    for way in ("in", "out"):
        count = int(used[f"bytes-{way}"])
        shown[f"bytes-{way}"] = str(count)
        shown[f"packets-{way}"] = str(count // _BYTES_PER_PACKET)
    return shown


def _user(device: Device, row: Row) -> dict[str, str]:
    return _traffic(device.hotspot.accounts.shown(row))


def _active(device: Device, row: Row) -> dict[str, str]:
    shown = _traffic(device.hotspot.accounts.session_used(row)) | {"idle-time": "0s"}
    if "ends" in row.gauges:
        shown["session-time-left"] = durations.render(row.gauges["ends"] - device.clock.now())
    return shown


def _host(device: Device, row: Row) -> dict[str, str]:
    session = device.hotspot.active.first("address", row.get("address"))
    nothing = {"bytes-in": 0.0, "bytes-out": 0.0}
    used = device.hotspot.accounts.session_used(session) if session else nothing
    shown = _traffic({**used, "uptime": device.clock.now() - row.gauges["joined"]})
    bypassed = any(
        binding.get("type") == "bypassed"
        and binding.get("disabled") != "true"
        and row.get("mac-address") == binding.get("mac-address", row.get("mac-address"))
        and row.get("address") == binding.get("address", row.get("address"))
        for binding in device.tables[paths.IP_BINDING]
    )
    return shown | {"idle-time": "0s", "bypassed": "true" if bypassed else "false"}


def _cookie(device: Device, row: Row) -> dict[str, str]:
    return {"expires-in": durations.render(row.gauges["expires"] - device.clock.now())}


def _binding(device: Device, row: Row) -> dict[str, str]:
    kind = row.get("type")
    return {name: "true" if kind == name else "false" for name in ("bypassed", "blocked")}


def _resource(device: Device, row: Row) -> dict[str, str]:
    built = "%Y-%m-%d %H:%M:%S" if device.version >= ISO_DATES else "%b/%d/%Y %H:%M:%S"
    stamp = time.strftime(built, _BUILT)
    return {
        "uptime": durations.render(device.clock.now() - device.booted_at),
        "version": f"{device.version_text} (stable)",
        "build-time": stamp if device.version[0] >= 7 else stamp.lower(),
    }


def _clock(device: Device, row: Row) -> dict[str, str]:
    name = row.get("time-zone-name")
    zone = UTC if name == "manual" else ZoneInfo(name)
    off = 0.0 if _is_set_by_ntp(device) else row.gauges.get("off", 0.0)
    now = datetime.fromtimestamp(device.clock.now() + off, zone)
    date = now.strftime("%Y-%m-%d" if device.version >= ISO_DATES else "%b/%d/%Y")
    return {
        "time": now.strftime("%H:%M:%S"),
        "date": date.lower(),
        "gmt-offset": f"{now:%z}"[:3] + ":" + f"{now:%z}"[3:],
        "dst-active": "true" if now.dst() else "false",
    }


def _ntp(device: Device, row: Row) -> dict[str, str]:
    return {"status": "synchronized" if _is_set_by_ntp(device) else "stopped"}


def _is_set_by_ntp(device: Device) -> bool:
    [client] = device.tables[paths.NTP_CLIENT]
    servers = client.get("servers") or client.get("server-dns-names")
    return client.get("enabled") == "true" and bool(servers)


def _wireguard(device: Device, row: Row) -> dict[str, str]:
    return {"public-key": public_of(row.get("private-key"))}


_VIEWS: dict[str, Callable[[Device, Row], dict[str, str]]] = {
    paths.WIREGUARD: _wireguard,
    paths.USER: _user,
    paths.ACTIVE: _active,
    paths.HOST: _host,
    paths.COOKIE: _cookie,
    paths.IP_BINDING: _binding,
    paths.RESOURCE: _resource,
    paths.CLOCK: _clock,
    paths.NTP_CLIENT: _ntp,
}


def readable(device: Device, path: str, row: Row) -> dict[str, str]:
    """Give all that a row shows: stored and computed values, and its `.id`."""
    view = _VIEWS.get(path)
    return {".id": row.id, **row.values, **(view(device, row) if view else {})}
