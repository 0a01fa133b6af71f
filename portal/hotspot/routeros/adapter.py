"""The port's promises kept by a MikroTik router, over the RouterOS API."""

from __future__ import annotations

from collections.abc import Collection

from portal.hotspot.deadline import Deadline
from portal.hotspot.inspection import Inspection
from portal.hotspot.router import (
    Host,
    HotspotRouter,
    HotspotUser,
    Known,
    LoggedIn,
    LoginRefusal,
    NewHotspotUser,
    NotLoggedIn,
    Profile,
    RouterAddress,
    RouterInfo,
    RouterRefused,
    RouterUnavailable,
    Session,
    UserFound,
    UserScript,
)
from portal.hotspot.routeros import messages, replies
from portal.hotspot.routeros.active_list import ActiveList, Place
from portal.hotspot.routeros.channel import Channel, Observe
from portal.hotspot.routeros.commands import (
    HOST_PRINT,
    IDENTITY_PRINT,
    PROFILE_PRINT,
    RESOURCE_PRINT,
)
from portal.hotspot.routeros.cookies import remove_cookies
from portal.hotspot.routeros.entry import Entry
from portal.hotspot.routeros.inspector import inspect
from portal.hotspot.routeros.profile_scripts import user_scripts
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.routeros.text import normal_mac
from portal.hotspot.routeros.users import Target, UserMenu, limits


class RouterOS(HotspotRouter):
    """One MikroTik router. Safe for any number of threads."""

    def __init__(
        self, address: RouterAddress, settings: RouterSettings, observe: Observe | None = None
    ) -> None:
        self.channel = Channel(address, settings, observe)
        self._username = address.username
        self._users = UserMenu(self.channel)
        self._active = ActiveList(self.channel, settings)

    def add_user(self, user: NewHotspotUser, timeout: float, *, disabled: bool = True) -> str:
        return self._users.add(user, disabled=disabled, deadline=Deadline(timeout))

    def enable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        target = Target(name, mark, known)
        return self._users.set(target, {"disabled": "no"}, Deadline(timeout), user_id)

    def disable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        target = Target(name, mark, known)
        return self._users.set(target, {"disabled": "yes"}, Deadline(timeout), user_id)

    def update_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        profile: str | None = None,
        limit_uptime: int | None = None,
        limit_bytes: int | None = None,
        known: Known | None = None,
    ) -> UserFound:
        values = limits(profile, limit_uptime, limit_bytes)
        return self._users.set(Target(name, mark, known), values, Deadline(timeout))

    def remove_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        deadline = Deadline(timeout)
        removed = self._users.remove(Target(name, mark, known), deadline, user_id)
        # A removal that was cut short may have left sessions of a user that is gone.
        if removed or self._users.is_free(name, deadline):
            self._end_left_over(name, deadline)
        return removed

    def find_user(self, name: str, timeout: float) -> HotspotUser | None:
        return self._users.find(name, Deadline(timeout))

    def users_marked(
        self,
        mark_prefix: str,
        timeout: float,
        *,
        names: Collection[str] = (),
        sold: int | None = None,
    ) -> tuple[HotspotUser, ...]:
        return self._users.marked(mark_prefix, names, Deadline(timeout), sold)

    def hosts(self, timeout: float, *, mac: str | None = None) -> tuple[Host, ...]:
        return self._hosts(None if mac is None else _checked(mac), Deadline(timeout))

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

    def sessions(self, timeout: float, *, user: str | None = None) -> tuple[Session, ...]:
        return self._active.read({} if user is None else {"user": user}, Deadline(timeout))

    def end_sessions(self, user: str, timeout: float) -> int:
        return self._active.end(user, Deadline(timeout))

    def profiles(self, timeout: float) -> tuple[Profile, ...]:
        reply = self.channel.ask(PROFILE_PRINT.order(), Deadline(timeout))
        return tuple(replies.profile(row) for row in reply.rows)

    def user_scripts(self, timeout: float) -> tuple[UserScript, ...]:
        return user_scripts(self.profiles(timeout))

    def info(self, timeout: float) -> RouterInfo:
        deadline = Deadline(timeout)
        resource = self.channel.ask(RESOURCE_PRINT.order(), deadline).rows
        identity = self.channel.ask(IDENTITY_PRINT.order(), deadline).rows
        if not resource or not identity:
            raise RouterRefused(messages.UNREADABLE)
        return replies.router_info(resource[0], identity[0])

    def inspect(self, timeout: float) -> Inspection:
        return inspect(self.channel, self._username, Deadline(timeout))

    def _hosts(self, mac: str | None, deadline: Deadline) -> tuple[Host, ...]:
        where = {} if mac is None else {"mac-address": mac}
        reply = self.channel.ask(HOST_PRINT.order(where=where), deadline)
        return tuple(replies.host(row) for row in reply.rows)

    def _host(self, mac: str, hint: str | None, deadline: Deadline) -> Host | None:
        """Where the router sees the device: as it says itself, else where it came to last."""
        hosts = [host for host in self._hosts(mac, deadline) if host.address]
        named = [host for host in hosts if host.address == hint]
        return min(named or hosts, key=lambda host: host.uptime, default=None)

    def _end_left_over(self, name: str, deadline: Deadline) -> None:
        """End what a user just removed leaves; a failure leaves the removal half done."""
        try:
            self._active.end(name, deadline)
            remove_cookies(self.channel, name, deadline)
        except RouterUnavailable as error:
            raise RouterUnavailable(error.advice) from None


def _checked(mac: str) -> str:
    normal = normal_mac(mac)
    if normal is None:
        raise RouterRefused(messages.BAD_MAC, executed=False)
    return normal
