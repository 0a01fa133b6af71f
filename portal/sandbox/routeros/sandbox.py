"""A router in a thread of its own, with handles for tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Self, TypeVar

from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.commands import execute
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.faults import Faults
from portal.sandbox.routeros.server import Api, Connection, Counters, Received
from portal.sandbox.routeros.tables import (
    ACTIVE,
    COOKIE,
    HOST,
    SERVICE,
    USER,
    USER_PROFILE,
)
from portal.sandbox.routeros.views import readable

T = TypeVar("T")
Rows = list[dict[str, str]]


class RouterSandbox:
    """A simulated RouterOS, serving its API on loopback while the `with` block lasts.

    Every method may be called from any thread. Times are in seconds.
    """

    def __init__(
        self,
        *,
        version: str = "7.20.8",
        user: str = "portal",
        password: str = "portal-secret",  # noqa: S107
        license_level: int = 4,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.faults = Faults()
        self.clock = Clock()
        self._device = Device(version=version, license_level=license_level, clock=self.clock)
        self._api = Api(self._device, self.faults, user, password)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="routeros-sandbox")
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._wait(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop all connections and stop."""
        self._wait(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def commands(self) -> list[Received]:
        """The commands received so far, oldest first, secrets masked."""
        return self._run(lambda: list(self._api.received))

    @property
    def counters(self) -> Counters:
        """A copy of the counters."""
        return self._run(lambda: Counters(**vars(self._api.counters)))

    @property
    def open_connections(self) -> int:
        """How many connections stand."""
        return self._run(lambda: len(self._api.open))

    def forget_commands(self) -> None:
        """Start the counters and the list of commands anew."""
        self._run(self._forget)

    def rows(self, path: str) -> Rows:
        """A menu's rows with all they show."""
        return self._run(lambda: self._rows(path))

    @property
    def users(self) -> dict[str, dict[str, str]]:
        """The hotspot users by name, without the built-in `default-trial`."""
        rows = self.rows(USER)
        return {row["name"]: row for row in rows if row.get("default") != "true"}

    @property
    def active(self) -> Rows:
        """The sessions."""
        return self.rows(ACTIVE)

    @property
    def hosts(self) -> Rows:
        """The devices."""
        return self.rows(HOST)

    @property
    def cookies(self) -> Rows:
        """The MAC cookies."""
        return self.rows(COOKIE)

    def execute(self, path: str, **args: str) -> str | None:
        """Run a command as if an operator had typed it; `_` in names stands for `-`.

        Returns the id of an `add`. Raises Trap.
        """
        words = {name.replace("_", "-"): value for name, value in args.items()}
        return self._run(lambda: execute(self._device, path, words, []).ret)

    def add_profile(self, name: str, **args: str) -> None:
        """Make a user profile."""
        self.execute(f"{USER_PROFILE}/add", name=name, **args)

    def add_user(self, name: str, password: str, **args: str) -> None:
        """Make a hotspot user."""
        self.execute(f"{USER}/add", name=name, password=password, **args)

    def add_users(self, count: int, prefix: str = "U") -> None:
        """Make many users of somebody else's: `U00000`, `U00001`, …"""

        def fill() -> None:
            for n in range(count):
                args = {"name": f"{prefix}{n:05}", "password": "0000", "profile": "default"}
                execute(self._device, f"{USER}/add", args, [])

        self._run(fill)

    def join(self, mac: str, address: str) -> None:
        """A device appears in the hotspot; a MAC cookie may log it in."""
        self._run(lambda: self._device.hotspot.join(mac, address))

    def leave(self, mac: str) -> None:
        """A device goes out of reach."""
        self._run(lambda: self._device.hotspot.leave(mac))

    def log_in(self, user: str, password: str, address: str) -> None:
        """The device at this address types its credentials. Raises Refusal."""
        self._run(
            lambda: self._device.hotspot.log_in(user, password, address, login_by="http-chap")
        )

    def reboot(self) -> None:
        """Cut all connections, end all sessions, give every row a new id."""
        self._run(self._device.reboot)
        self._run(self._api.drop_connections)

    def reset(self) -> None:
        """Cut all connections and be as from the factory."""
        self._run(self._device.reset)
        self._run(self._api.drop_connections)

    def drop_connections(self) -> None:
        """Cut all connections."""
        self._run(self._api.drop_connections)

    def go_down(self) -> None:
        """Stop listening and cut all connections."""
        self._wait(self._stop())

    def come_up(self) -> None:
        """Listen again, on the same port."""
        self._wait(self._listen())

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        plain = await loop.create_server(lambda: Connection(self._api, "api"), self.host, self.port)
        self._servers.append(plain)
        self.port = self._announce("api", plain)

    def _announce(self, service: str, server: asyncio.Server) -> int:
        port: int = server.sockets[0].getsockname()[1]
        table = self._device.tables[SERVICE]
        row = table.first("name", service)
        if row is not None:
            table.update(row, {"port": str(port)})
        return port

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
        self._api.drop_connections()
        # One turn of the loop closes the sockets, another ends what waited on them.
        for _ in range(2):
            await asyncio.sleep(0)

    def _rows(self, path: str) -> Rows:
        self._device.hotspot.settle()
        table = self._device.tables[path]
        return [readable(self._device, path, row) for row in table]

    def _forget(self) -> None:
        self._api.counters = Counters()
        self._api.received.clear()

    def _run(self, call: Callable[[], T]) -> T:
        async def in_loop() -> T:
            return call()

        return self._wait(in_loop())

    def _wait(self, work: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
