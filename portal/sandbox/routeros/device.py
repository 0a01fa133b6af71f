"""The router itself: its tables, its clock, and what it is fresh from the factory."""

from __future__ import annotations

from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.factory import CONTENTS
from portal.sandbox.routeros.hotspot import Hotspot
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.menus.store import Table
from portal.sandbox.routeros.menus.tables import MENUS
from portal.sandbox.routeros.menus.versions import parse_version


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
        self._fill()

    @property
    def revision(self) -> int:
        """Grows with every change of a table."""
        return sum(table.revision for table in self.tables.values())

    def defaults(self, path: str) -> dict[str, str]:
        """What a new row of this menu has before anything is set."""
        shown = MENUS[path].shown(self.version)
        return {p.name: p.default for p in shown if p.default is not None}

    def permits(self, feature: str) -> bool:
        """Whether its device-mode lets it be used; before that was known, everything may be."""
        return all(row.get(feature, "true") == "true" for row in self.tables[paths.DEVICE_MODE])

    def reboot(self, *, power_cut: bool = False) -> None:
        """Sessions end, accounts stay, devices are seen again at once; every row has a new id.

        `power_cut`: no session was ended in order, so nothing of it is booked at its end.
        """
        if power_cut:
            self.hotspot.lose_power()
        for session in self.hotspot.active:
            self.hotspot.log_out(session)
        for table in self.tables.values():
            table.renumber()
        self.booted_at = self.clock.now()

    def reset(self) -> None:
        """As from the factory: nobody's users, profiles, sessions, hosts or rules."""
        for table in self.tables.values():
            table.clear()
            table.next_number = 1
        self._fill()
        self.booted_at = self.clock.now()

    def _fill(self) -> None:
        for path, rows in CONTENTS.items():
            for values in rows:
                self.tables[path].add(self.defaults(path) | values)
