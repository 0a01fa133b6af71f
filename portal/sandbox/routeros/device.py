"""The router itself: its tables, its clock, and what it is fresh from the factory."""

from __future__ import annotations

from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.hotspot import Hotspot
from portal.sandbox.routeros.store import Table
from portal.sandbox.routeros.tables import (
    HOTSPOT,
    IDENTITY,
    MENUS,
    RESOURCE,
    SERVER_PROFILE,
    SERVICE,
    USER,
    USER_PROFILE,
    Property,
)
from portal.sandbox.routeros.versions import parse_version

_SERVICES = {
    "telnet": 23,
    "ftp": 21,
    "www": 80,
    "ssh": 22,
    "www-ssl": 443,
    "api": 8728,
    "winbox": 8291,
    "api-ssl": 8729,
}


class Device:
    """A router of one version and licence. Not thread-safe: one loop owns it."""

    def __init__(
        self, *, version: str = "7.20.8", license_level: int = 4, clock: Clock | None = None
    ) -> None:
        self.version_text = version
        self.version = parse_version(version)
        self.clock = clock or Clock()
        self.booted_at = self.clock.now()
        self.tables = {path: Table(menu.indexed) for path, menu in MENUS.items()}
        self.hotspot = Hotspot(self.tables, self.clock, license_level)
        self.changes = 0
        self._fill()

    def defaults(self, path: str) -> dict[str, str]:
        """What a new row of this menu has before anything is set."""
        shown: tuple[Property, ...] = MENUS[path].shown(self.version)
        return {p.name: p.default for p in shown if p.default is not None}

    def reboot(self) -> None:
        """Sessions end, accounts stay, devices are seen again at once; every row has a new id."""
        for session in self.hotspot.active:
            self.hotspot.log_out(session)
        for table in self.tables.values():
            table.renumber()
        self.booted_at = self.clock.now()
        self.changes += 1

    def reset(self) -> None:
        """As from the factory: no users, profiles, sessions, hosts or rules of anybody's."""
        for table in self.tables.values():
            table.clear()
            table.next_number = 1
        self._fill()
        self.booted_at = self.clock.now()
        self.changes += 1

    def _fill(self) -> None:
        self._put(IDENTITY, name="MikroTik")
        self._put(
            RESOURCE,
            **{"free-memory": "805306368", "total-memory": "1073741824", "cpu": "ARM64"},
            **{"cpu-count": "4", "cpu-load": "3", "architecture-name": "arm64"},
            **{"board-name": "RB5009UG+S+", "platform": "MikroTik"},
        )
        for name, port in _SERVICES.items():
            self._put(SERVICE, name=name, port=str(port))
        self._put(SERVER_PROFILE, name="default", default="true")
        address = {"hotspot-address": "10.5.50.1"}
        self._put(SERVER_PROFILE, name="hsprof1", **address)
        self._put(
            HOTSPOT,
            **{"name": "hotspot1", "interface": "bridge", "address-pool": "dhcp_pool0"},
            **{"profile": "hsprof1", "idle-timeout": "5m", "keepalive-timeout": "none"},
            **{"addresses-per-mac": "2", "proxy-status": "running", "invalid": "false"},
            HTTPS="false",
            disabled="false",
        )
        self._put(USER_PROFILE, name="default", default="true")
        trial = "counters and limits for trial users"
        self._put(USER, name="default-trial", comment=trial, default="true")

    def _put(self, path: str, **values: str) -> None:
        self.tables[path].add(self.defaults(path) | values)
