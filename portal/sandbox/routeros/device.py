"""Be the router itself: its tables, its clock, and what it is fresh from the factory."""

from __future__ import annotations

from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.factory import CONTENTS
from portal.sandbox.routeros.hotspot import Hotspot
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.menus.errors import Refusal
from portal.sandbox.routeros.menus.store import Row, Table
from portal.sandbox.routeros.menus.tables import MENUS
from portal.sandbox.routeros.menus.versions import parse_version
from portal.sandbox.routeros.radius.credentials import Credentials
from portal.sandbox.routeros.radius.incoming import Incoming
from portal.sandbox.routeros.radius.radius import REJECTED, Radius


class Device:
    """Be a router of one version and licence. Not thread-safe: one loop owns it.

    `host` is the address from which it speaks RADIUS, and where it takes Disconnects, at
    `incoming_port`: 0 is a free one, None what its table says.
    """

    def __init__(
        self,
        *,
        version: str = "7.20.8",
        license_level: int = 4,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        incoming_port: int | None = 0,
    ) -> None:
        self.version_text = version
        self.version = parse_version(version)
        self.clock = clock or Clock()
        self.booted_at = self.clock.now()
        self.tables = {path: Table(menu.indexed) for path, menu in MENUS.items()}
        self.hotspot = Hotspot(self.tables, self.clock, license_level)
        self.radius = Radius(self.tables, self.hotspot, self.clock, self.version, host)
        self.incoming = Incoming(self.tables, self.hotspot, self.radius, host, incoming_port)
        self._fill()

    @property
    def revision(self) -> int:
        """Count every change of a table."""
        return sum(table.revision for table in self.tables.values())

    def defaults(self, path: str) -> dict[str, str]:
        """Give what a new row of this menu has before anything is set."""
        shown = MENUS[path].shown(self.version)
        return {p.name: p.default for p in shown if p.default is not None}

    def permits(self, feature: str) -> bool:
        """Tell whether its device-mode lets it be used; before there was one, everything may be."""
        return all(row.get(feature, "true") == "true" for row in self.tables[paths.DEVICE_MODE])

    async def log_in(
        self,
        name: str,
        address: str,
        mac: str | None,
        given: Credentials,
        login_by: str,
        domain: str = "",
    ) -> None:
        """Log the host at this address in, as itself or RADIUS says; raises Refusal."""
        host = self.tables[paths.HOST].first("address", address)
        if host is None or mac not in (None, host.get("mac-address")):
            raise Refusal(f"unknown host IP {address}")
        if self.radius.decides(name, host.get("server")):
            await self.radius.log_in(host, name, given, login_by, domain)
            return
        user = self.hotspot.accounts.find(name, host.get("server"))
        if user is None or not given.fits(user.get("password")):
            raise Refusal(REJECTED)
        password = user.get("password")
        self.hotspot.log_in(name, password, address, mac, login_by=login_by, domain=domain)

    def count_traffic(self, session: Row, bytes_in: int, bytes_out: int) -> None:
        """Count what a session has used beside what flows by itself; it may end of it."""
        self.hotspot.use(session, bytes_in, bytes_out)
        accounted = self.radius.sessions.get(session)
        if accounted is not None:
            self.radius.replan(session, accounted)
        else:
            self.hotspot.replan_local(session)
        self.hotspot.settle()

    def reboot(self, *, power_cut: bool = False) -> None:
        """End sessions and keep accounts; devices are seen again at once, every row has a new id.

        `power_cut`: no session was ended in order, so nothing of it is booked at its end.
        """
        if power_cut:
            self.hotspot.lose_power()
        for session in self.hotspot.active:
            self.hotspot.log_out(session, Cause.NAS_REBOOT)
        for table in self.tables.values():
            table.renumber()
        self.booted_at = self.clock.now()
        self.radius.forget(power_cut=power_cut)
        self.radius.began()

    def reset(self) -> None:
        """Be as from the factory: without anybody's users, profiles, sessions, hosts or rules."""
        self.radius.forget(power_cut=True)
        for table in self.tables.values():
            table.clear()
            table.next_number = 1
        self._fill()
        self.booted_at = self.clock.now()

    def _fill(self) -> None:
        for path, rows in CONTENTS.items():
            for values in rows:
                self.tables[path].add(self.defaults(path) | values)
