"""Handle what a router holds: its rows, what an operator types, who is near."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.factory_network import DEVICE_MODES
from portal.sandbox.routeros.login_pages.files import put_file
from portal.sandbox.routeros.menus import kinds, paths
from portal.sandbox.routeros.menus.views import readable
from portal.sandbox.routeros.wire.commands import execute

T = TypeVar("T")
Rows = list[dict[str, str]]


class Run(Protocol):
    """Call in the router's own thread."""

    def __call__(self, call: Callable[[], T]) -> T:
        """What the call gives."""


class DeviceHandles:
    """Part of a router's sandbox; every method may be called from any thread."""

    def __init__(self, device: Device, run: Run) -> None:
        self._device = device
        self._run = run

    def rows(self, path: str) -> Rows:
        """Give a menu's rows with all they show."""
        return self._run(lambda: self._rows(path))

    @property
    def users(self) -> dict[str, dict[str, str]]:
        """Give the hotspot users by name, without the built-in `default-trial`."""
        return {row["name"]: row for row in self.rows(paths.USER) if "default" not in row}

    @property
    def active(self) -> Rows:
        """Give the sessions."""
        return self.rows(paths.ACTIVE)

    @property
    def hosts(self) -> Rows:
        """Give the devices."""
        return self.rows(paths.HOST)

    @property
    def cookies(self) -> Rows:
        """Give the MAC cookies."""
        return self.rows(paths.COOKIE)

    def execute(self, path: str, /, **args: str) -> str | None:
        """Run a command as if an operator had typed it: rows are named by `numbers`.

        `_` in names stands for `-`. Returns the id of an `add`. Raises Trap.
        """
        words = {name.replace("_", "-"): value for name, value in args.items()}
        if "numbers" in words:
            words[".id"] = words.pop("numbers")
        return self._run(lambda: execute(self._device, path, words).ret)

    def add_profile(self, name: str, **args: str) -> None:
        """Make a user profile."""
        self.execute(f"{paths.USER_PROFILE}/add", name=name, **args)

    def add_user(self, name: str, password: str, **args: str) -> None:
        """Make a hotspot user."""
        self.execute(f"{paths.USER}/add", name=name, password=password, **args)

    def add_users(self, count: int, prefix: str = "U") -> None:
        """Make many users that are not ours: `U00000`, `U00001`, …"""

        def fill() -> None:
            for n in range(count):
                args = {"name": f"{prefix}{n:05}", "password": "0000"}
                execute(self._device, f"{paths.USER}/add", args)

        self._run(fill)

    def join(self, mac: str, address: str, *, keeps_old: bool = False) -> None:
        """Let a device appear in the hotspot; a MAC cookie may log it in.

        `keeps_old`: it has got another address, and the router has not missed the old one yet.
        """
        join, mac, address = self._device.hotspot.join, kinds.mac(mac), kinds.address(address)
        self._run(lambda: join(mac, address, keeps_old=keeps_old))

    def book_at_logout(self, books_at_logout: bool = True) -> None:
        """Let users' counters grow only as their sessions end."""

        def change() -> None:
            self._device.hotspot.accounts.books_at_logout = books_at_logout

        self._run(change)

    def set_clock_off(self, seconds: float) -> None:
        """Put the clock that the router shows ahead; what it counts by goes on as it is."""

        def change() -> None:
            [clock] = self._device.tables[paths.CLOCK]
            clock.gauges["off"] = seconds

        self._run(change)

    def set_device_mode(self, mode: str) -> None:
        """Be in `advanced`, `basic` or `home` mode, which only a hand at the router can change."""

        def change() -> None:
            table = self._device.tables[paths.DEVICE_MODE]
            for row in table:
                table.update(row, {"mode": mode, **DEVICE_MODES[mode]})

        self._run(change)

    def leave(self, mac: str) -> None:
        """Let a device go out of reach."""
        self._run(lambda: self._device.hotspot.leave(kinds.mac(mac)))

    def upload(self, name: str, contents: str) -> None:
        """Put a text file on the router, in place of one of this name."""
        self._run(lambda: put_file(self._device, name, contents))

    def ask(self, question: Callable[[Device], T]) -> T:
        """Give what the device has to say, asked in the router's own thread."""
        return self._run(lambda: question(self._device))

    def _rows(self, path: str) -> Rows:
        return [readable(self._device, path, row) for row in self._device.tables[path]]
