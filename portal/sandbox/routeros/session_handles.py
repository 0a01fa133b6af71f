"""Handle the sessions of a router's devices, and what RADIUS servers hear of them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.device_handles import DeviceHandles, Run
from portal.sandbox.routeros.login_pages.challenges import Challenge
from portal.sandbox.routeros.menus import kinds
from portal.sandbox.routeros.menus.errors import Refusal
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.radius.client import Exchanges
from portal.sandbox.routeros.radius.credentials import Chap, Credentials, Pap
from portal.sandbox.routeros.radius.grant import Grant
from portal.sandbox.routeros.radius.incoming import Received

T = TypeVar("T")


class RunAtLength(Protocol):
    """Describe the same, of what has to ask others meanwhile."""

    def __call__(self, question: Callable[[Device], Coroutine[Any, Any, T]]) -> T:
        """What the device's answer is."""


class SessionHandles(DeviceHandles):
    """Part of a router's sandbox; every method may be called from any thread."""

    def __init__(self, device: Device, run: Run, run_at_length: RunAtLength) -> None:
        super().__init__(device, run)
        self._run_at_length = run_at_length

    def log_in(
        self, user: str, password: str, address: str, *, login_by: str = "http-chap"
    ) -> None:
        """Let the device at this address type its credentials. Raises Refusal.

        Where RADIUS decides, returns once it has; `login_by` is `http-chap` or `http-pap`.
        """
        given: Credentials = Pap(password)
        if login_by == "http-chap":
            given = Chap.of(Challenge.draw(self._device.clock.now()), password)
        self._run_at_length(lambda device: device.log_in(user, address, None, given, login_by))

    def log_out(self, mac: str) -> None:
        """Let the device's user go to the hotspot's logout page."""

        def end() -> None:
            session = self._session_of(mac)
            self._device.hotspot.remove_session(session, Cause.USER_REQUEST)

        self._run(end)

    def use(self, mac: str, *, bytes_in: int = 0, bytes_out: int = 0) -> None:
        """Let the device send (`bytes_in`) and receive so much, beside what flows by itself."""

        def count() -> None:
            session = self._session_of(mac)
            self._device.count_traffic(session, bytes_in, bytes_out)

        self._run(count)

    def pass_time(self, seconds: float) -> None:
        """Let time pass as it would: sessions report and end, each at its moment.

        Returns once all that servers were told is answered or given up. A clock that stands still
        is at exactly so many seconds later then.
        """
        until = self._device.clock.now() + seconds
        while (due := self._run(self._device.radius.next_due)) is not None and due <= until:
            self._device.clock.advance(max(0.0, due - self._device.clock.now()))
            self.accounted()
        self._device.clock.advance(max(0.0, until - self._device.clock.now()))
        self.accounted()

    def accounted(self) -> int:
        """Wait until no accounting is under way; how many reports nobody has ever answered."""

        async def wait(device: Device) -> int:
            await device.radius.under_way.done()
            return device.radius.lost

        return self._run_at_length(wait)

    def speak_tls_at(self, port: int) -> None:
        """Have RADIUS servers of protocol radsec asked by a peer that listens there by UDP."""

        def change() -> None:
            self._device.radius.tls_port = port

        self._run(change)

    @property
    def incoming_port(self) -> int | None:
        """Tell where Disconnects and CoAs are taken; None while they are not."""
        return self._run(lambda: self._device.incoming.port)

    @property
    def radius_counters(self) -> tuple[Exchanges, Received]:
        """Copy what became of questions to servers, and of requests of theirs."""
        device = self._device
        return self._run(
            lambda: (replace(device.radius.client.counters), replace(device.incoming.counters))
        )

    @property
    def grants(self) -> dict[str, Grant]:
        """Give what servers allow the sessions that they let in, by Acct-Session-Id."""
        sessions = self._device.radius.sessions
        return self._run(lambda: {s.session_id: s.grant for s in sessions.values()})

    def _session_of(self, mac: str) -> Row:
        session = self._device.hotspot.active.first("mac-address", kinds.mac(mac))
        if session is None:
            raise Refusal(f"nobody is logged in at {mac}")
        return session
