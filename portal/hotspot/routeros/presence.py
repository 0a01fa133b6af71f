"""Tell which devices are in a hotspot, and log them in and out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterRefused
from portal.hotspot.presence import (
    Host,
    LoggedIn,
    LoginRefusal,
    NotLoggedIn,
    Presence,
    Session,
)
from portal.hotspot.provisioning import Known
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.active_list import ActiveList, Place
from portal.hotspot.routeros.channel import Channel
from portal.hotspot.routeros.menus import HOST_PRINT
from portal.hotspot.routeros.provisioner import RouterUsers
from portal.hotspot.routeros.users import Target
from portal.hotspot.routeros.values import Row, normal_mac, seconds, truth

# RouterOS' texts can be translated on the router: any refusal may be about the MAC.
_MAY_BE_BOUND = (LoginRefusal.BOUND_TO_MAC, LoginRefusal.OTHER)


class RouterPresence(Presence):
    """Find the devices in one router's hotspot and log them in, over the RouterOS API."""

    def __init__(self, channel: Channel, active: ActiveList, users: RouterUsers) -> None:
        self._channel = channel
        self._active = active
        self._users = users

    def hosts(
        self, timeout: float, *, mac: str | None = None, address: str | None = None
    ) -> tuple[Host, ...]:
        return self._hosts(_where(mac, address=address), Deadline(timeout))

    def log_in(
        self,
        name: str,
        password: str,
        mac: str,
        timeout: float,
        *,
        address: str | None = None,
        clear_stale: bool = False,
        devices: int = 1,
        mark: str | None = None,
        known: Known | None = None,
    ) -> LoggedIn | NotLoggedIn:
        deadline = Deadline(timeout)
        host = self._host(_checked(mac), address, deadline)
        if host is None:
            return NotLoggedIn(LoginRefusal.UNKNOWN_HOST)
        place = Place(name, host.mac, host.address)
        if host.authorized and not self._active.read(
            {"user": name, "mac-address": host.mac}, deadline
        ):
            return NotLoggedIn(LoginRefusal.ALREADY_ONLINE)
        target = None if mark is None else Target(name, mark, known)
        entry = Entry(self._users, self._active, place, target)
        if clear_stale and (online := entry.make_room(devices, deadline)):
            return LoggedIn(online)
        return entry.log_in(password, deadline)

    def session_of(
        self, user: str, mac: str, timeout: float, *, address: str | None = None
    ) -> Session | None:
        deadline = Deadline(timeout)
        host = self._host(_checked(mac), address, deadline)
        return (
            None if host is None else self._active.at(Place(user, host.mac, host.address), deadline)
        )

    def sessions(
        self, timeout: float, *, user: str | None = None, mac: str | None = None
    ) -> tuple[Session, ...]:
        return self._active.read(_where(mac, user=user), Deadline(timeout))

    def end_sessions(self, user: str, timeout: float, *, keep: int = 0) -> int:
        return self._active.end(user, Deadline(timeout), keep)

    def end_session(self, session: Session, timeout: float) -> bool:
        place = Place(session.user, session.mac, session.address)
        return self._active.end_at(place, Deadline(timeout))

    def forget_devices(self, user: str, timeout: float) -> int:
        deadline = Deadline(timeout)
        ended = self._active.end(user, deadline)
        self._active.end_left_over(user, deadline)
        return ended

    def _hosts(self, where: dict[str, str], deadline: Deadline) -> tuple[Host, ...]:
        reply = self._channel.ask(HOST_PRINT.order(where=where), deadline)
        return tuple(_read_host(row) for row in reply.rows)

    def _host(self, mac: str, hint: str | None, deadline: Deadline) -> Host | None:
        """Tell where the router sees the device: as it says itself, else where it came to last."""
        hosts = [host for host in self._hosts(_where(mac), deadline) if host.address]
        named = [host for host in hosts if host.address == hint]
        return min(named or hosts, key=lambda host: host.uptime, default=None)


@dataclass
class Entry:
    """Log a device in as a user; without `target`, the user is left as it is."""

    users: RouterUsers
    active: ActiveList
    place: Place
    target: Target | None
    was_unbound: bool = False

    def make_room(self, devices: int, deadline: Deadline) -> Session | None:
        """Give the session that the device has already; where it has none, others make room."""
        return self.active.make_room(
            self.place, devices, deadline, lambda: self._may_come(deadline)
        )

    def log_in(self, password: str, deadline: Deadline) -> LoggedIn | NotLoggedIn:
        """Log the device in, once more where another MAC had to be taken off the user."""
        said = self.active.log_in(self.place, password, deadline)
        if isinstance(said, NotLoggedIn) and self._is_in_the_way(said, deadline):
            if not self.was_unbound:
                return NotLoggedIn(LoginRefusal.BOUND_TO_MAC)
            said = self.active.log_in(self.place, password, deadline)
        return replace(said, unbound=self.was_unbound) if isinstance(said, LoggedIn) else said

    def _is_in_the_way(self, said: NotLoggedIn, deadline: Deadline) -> bool:
        if said.reason not in _MAY_BE_BOUND or self.target is None or self.was_unbound:
            return False
        return not self._may_come(deadline) or self.was_unbound

    def _may_come(self, deadline: Deadline) -> bool:
        if self.target is None:
            return True
        is_open, unbound = self.users.is_open_to(self.target, self.place.mac, deadline)
        self.was_unbound |= unbound
        return is_open


def _where(mac: str | None, **others: str | None) -> dict[str, str]:
    """Give the query for what is not None."""
    asked = {"mac-address": None if mac is None else _checked(mac), **others}
    return {name: value for name, value in asked.items() if value is not None}


def _read_host(row: Row) -> Host:
    """Read a row of `/ip/hotspot/host`."""
    return Host(
        mac=row.get("mac-address", ""),
        address=row.get("address", ""),
        authorized=truth(row, "authorized"),
        bypassed=truth(row, "bypassed"),
        uptime=seconds(row, "uptime"),
    )


def _checked(mac: str) -> str:
    normal = normal_mac(mac)
    if normal is None:
        raise RouterRefused(messages.BAD_MAC, executed=False)
    return normal
