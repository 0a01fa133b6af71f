"""Run a router in a thread of its own, with handles for tests and for the control port."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.faults import Faults
from portal.sandbox.routeros.people import let_in
from portal.sandbox.routeros.session_handles import SessionHandles
from portal.sandbox.routeros.state import StateFile
from portal.sandbox.routeros.wire.api import Api, Counters
from portal.sandbox.routeros.wire.listeners import Listeners
from portal.sandbox.routeros.wire.loop import LoopThread
from portal.sandbox.routeros.wire.requests import Request
from portal.sandbox.routeros.wire.tls import Tls
from portal.sandbox.started import Started

T = TypeVar("T")
Rows = list[dict[str, str]]


class RouterSandbox(SessionHandles, Started):
    """Simulate RouterOS, serving its API while the `with` block lasts.

    `password` None draws one; `tls` adds api-ssl; `state` is the JSON file that keeps its memory;
    port 0 takes a free one; of each connection `at_once` commands are worked on side by side.
    Disconnects are taken at `incoming_port`: 0 is a free one, None what `/radius incoming` says.
    Every method may be called from any thread. Times are in seconds.
    """

    def __init__(
        self,
        *,
        version: str = "7.20.8",
        license_level: int = 4,
        user: str = "portal",
        password: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: Tls | str | None = None,
        tls_port: int = 0,
        state: Path | None = None,
        clock: Clock | None = None,
        at_once: int | None = None,
        incoming_port: int | None = 0,
    ) -> None:
        self.user = user
        self.password = secrets.token_urlsafe(12) if password is None else password
        self.version = version
        self.faults = Faults()
        self.clock = clock or Clock()
        self._device = Device(
            version=version,
            license_level=license_level,
            clock=self.clock,
            host=host,
            incoming_port=incoming_port,
        )
        self._state = StateFile(self._device, state) if state else None
        if self._state is not None:
            self._state.restore()
        let_in(self._device, user)
        self._api = Api(
            self._device, self.faults, user, self.password, self._after_command, at_once
        )
        kept_beside = state.with_suffix(".pem") if state else None
        self._listeners = Listeners(
            self._api, host, port, Tls(tls) if tls else None, tls_port, kept_beside
        )
        self._thread = LoopThread("routeros-sandbox")
        super().__init__(self._device, self._run, self.ask_at_length)

    def start(self) -> None:
        """Listen, and do what a router does as it starts. Raises OSError where a port is taken."""
        self._thread.start()
        try:
            self._thread.wait(self._listeners.start())
            self._thread.wait(self._begin())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Drop all connections, save and stop."""
        self._thread.wait(self._listeners.stop())
        self._run(self._hang_up)
        if self._state is not None:
            self._run(self._state.save)
        self._thread.close()

    @property
    def host(self) -> str:
        """Give the address it listens on."""
        return self._listeners.host

    @property
    def port(self) -> int:
        """Give the port of the service `api`."""
        return self._listeners.port

    @property
    def tls_port(self) -> int | None:
        """Give the port of the service `api-ssl`, if it has one."""
        return self._listeners.tls_port if self._listeners.tls else None

    @property
    def certificate_pem(self) -> str | None:
        """Give the certificate of `api-ssl`, for clients that verify it."""
        certificate = self._listeners.certificate
        return certificate.pem if certificate else None

    @property
    def fingerprint(self) -> str | None:
        """Give the SHA-256 of that certificate, lower-case hex."""
        certificate = self._listeners.certificate
        return certificate.fingerprint if certificate else None

    @property
    def commands(self) -> list[Request]:
        """Give the commands received so far, oldest first, without their secrets."""
        return self._run(lambda: list(self._api.received))

    @property
    def counters(self) -> Counters:
        """Give a copy of the counters."""
        return self._run(lambda: replace(self._api.counters))

    @property
    def is_up(self) -> bool:
        """Tell whether its API is listened for."""
        return self._listeners.open

    @property
    def open_connections(self) -> int:
        """Tell how many connections stand."""
        return self._run(lambda: len(self._api.open))

    def forget_commands(self) -> None:
        """Start the counters and the list of commands anew."""
        self._run(self._api.forget)

    def work_at_once(self, commands: int | None) -> None:
        """Work on so many of a connection's commands side by side: 1, one after another."""

        def change() -> None:
            self._api.at_once = commands

        self._run(change)

    def ask_at_length(self, question: Callable[[Device], Coroutine[Any, Any, T]]) -> T:
        """Give the same, of what the device has to ask others about meanwhile."""

        async def in_loop() -> T:
            self._device.hotspot.settle()
            result = await question(self._device)
            self._api.after_command()
            return result

        return self._thread.wait(in_loop())

    def reboot(self, *, power_cut: bool = False) -> None:
        """Cut all connections, end all sessions, give every row a new id."""
        self._go_through(lambda: self._device.reboot(power_cut=power_cut))

    def reset(self) -> None:
        """Cut all connections and be as from the factory; the API's user stays."""

        def begin_anew() -> None:
            self._device.reset()
            let_in(self._device, self.user)
            self._listeners.announce()

        self._go_through(begin_anew)

    def _go_through(self, change: Callable[[], None]) -> None:
        """Change what no connection outlives: a command is done before it, or never."""

        async def in_loop() -> None:
            dropped = self._api.cut_connections()
            self._device.hotspot.settle()
            change()
            self._api.after_command()
            await dropped

        self._thread.wait(in_loop())

    def drop_connections(self) -> None:
        """Cut all connections."""
        self._thread.wait(self._api.drop_connections())

    def go_down(self) -> None:
        """Cut all connections and listen no more; nor does anything get out to a server."""
        self._thread.wait(self._listeners.stop())
        self._run(lambda: self._plug(False))

    def come_up(self) -> None:
        """Listen again, on the same ports; a router that listens already goes on."""
        if not self.is_up:
            self._thread.wait(self._listeners.start())
            self._run(lambda: self._plug(True))

    async def _begin(self) -> None:
        """What a router does as it starts, which nobody has ordered."""
        self._device.radius.began()
        self._device.incoming.follow()

    def _plug(self, is_in: bool) -> None:
        self._device.radius.client.plugged = is_in
        if not is_in:
            self._device.incoming.close()

    def _hang_up(self) -> None:
        self._plug(False)
        self._device.radius.close()

    def _after_command(self) -> None:
        if self._device.radius.client.plugged:
            self._device.incoming.follow()
        if self._state is not None:
            self._state.note()

    def _run(self, call: Callable[[], T]) -> T:
        """Call in the router's own thread, as the only one who touches it."""

        async def in_loop() -> T:
            self._device.hotspot.settle()
            result = call()
            self._api.after_command()
            return result

        return self._thread.wait(in_loop())
