"""The port's promises kept by a MikroTik router, over the RouterOS API."""

from __future__ import annotations

from collections.abc import Mapping

from portal.hotspot import advice, replies
from portal.hotspot.channel import Channel, Observe, Reply
from portal.hotspot.commands import (
    HOST_PRINT,
    IDENTITY_PRINT,
    PROFILE_PRINT,
    RESOURCE_PRINT,
    USER_ADD,
    USER_FIND,
    USER_PRINT,
    USER_REMOVE,
    USER_SET,
    Command,
    Order,
)
from portal.hotspot.deadline import Deadline
from portal.hotspot.durations import format_duration
from portal.hotspot.errors import StaleId, Trap, is_duplicate, is_missing, refusal
from portal.hotspot.item import ItemId
from portal.hotspot.router import (
    Host,
    HotspotRouter,
    HotspotUser,
    LoggedIn,
    NameTaken,
    NewHotspotUser,
    NotLoggedIn,
    Profile,
    RouterAddress,
    RouterInfo,
    RouterRefused,
    RouterUnavailable,
    Session,
)
from portal.hotspot.sessions import ActiveList
from portal.hotspot.settings import RouterSettings
from portal.hotspot.text import normal_mac

_ROUNDS = 3
_ENABLED = {"disabled": "no"}
_DISABLED = {"disabled": "yes"}


class RouterOS(HotspotRouter):
    """One MikroTik router. Safe for any number of threads."""

    def __init__(
        self, address: RouterAddress, settings: RouterSettings, observe: Observe | None = None
    ) -> None:
        self.channel = Channel(address, settings, observe)
        self._active = ActiveList(self.channel, settings)

    def add_user(self, user: NewHotspotUser, timeout: float, *, disabled: bool = True) -> str:
        deadline = Deadline(timeout)
        values = {"name": user.name, "password": user.password, "comment": user.mark}
        values |= _DISABLED if disabled else _ENABLED
        values |= _limits(user.profile, user.limit_uptime, user.limit_bytes)
        try:
            reply = self.channel.run(USER_ADD.order(values), deadline)
        except Trap as trap:
            if is_duplicate(trap):
                standing = self._user(user.name, user.mark, deadline)
                raise NameTaken(advice.NAME_TAKEN, standing) from None
            raise refusal(trap) from None
        return reply.item(reply.done, "ret").token()

    def enable_user(
        self, name: str, mark: str, timeout: float, *, user_id: str | None = None
    ) -> bool:
        return self._change(USER_SET, name, mark, Deadline(timeout), _ENABLED, user_id)

    def disable_user(
        self, name: str, mark: str, timeout: float, *, user_id: str | None = None
    ) -> bool:
        return self._change(USER_SET, name, mark, Deadline(timeout), _DISABLED, user_id)

    def update_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        profile: str | None = None,
        limit_uptime: int | None = None,
        limit_bytes: int | None = None,
    ) -> bool:
        values = _limits(profile, limit_uptime, limit_bytes)
        return self._change(USER_SET, name, mark, Deadline(timeout), values)

    def remove_user(
        self, name: str, mark: str, timeout: float, *, user_id: str | None = None
    ) -> bool:
        deadline = Deadline(timeout)
        removed = self._change(USER_REMOVE, name, mark, deadline, user_id=user_id)
        # A removal that was cut short may have left sessions of a user that is gone.
        if removed or not self._found(name, deadline).rows:
            self._end_sessions(name, deadline)
        return removed

    def find_user(self, name: str, timeout: float) -> HotspotUser | None:
        return self._user(name, None, Deadline(timeout))

    def users_marked(self, mark_prefix: str, timeout: float) -> tuple[HotspotUser, ...]:
        reply = self._run(USER_PRINT.order(), Deadline(timeout))
        return tuple(
            replies.hotspot_user(row, reply.item(row).token())
            for row in reply.rows
            if row.get("comment", "").startswith(mark_prefix)
        )

    def hosts(self, timeout: float, *, mac: str | None = None) -> tuple[Host, ...]:
        where = {} if mac is None else {"mac-address": _checked(mac)}
        reply = self._run(HOST_PRINT.order(where=where), Deadline(timeout))
        return tuple(replies.host(row) for row in reply.rows)

    def log_in(
        self,
        name: str,
        password: str,
        mac: str,
        timeout: float,
        *,
        address: str | None = None,
        clear_stale: bool = False,
    ) -> LoggedIn | NotLoggedIn:
        deadline = Deadline(timeout)
        mac = _checked(mac)
        if clear_stale:
            self._active.end(name, deadline, but=mac)
        return self._active.log_in(name, password, mac, address, deadline)

    def sessions(self, timeout: float, *, user: str | None = None) -> tuple[Session, ...]:
        return self._active.read({} if user is None else {"user": user}, Deadline(timeout))

    def end_sessions(self, user: str, timeout: float) -> int:
        return self._active.end(user, Deadline(timeout))

    def profiles(self, timeout: float) -> tuple[Profile, ...]:
        reply = self._run(PROFILE_PRINT.order(), Deadline(timeout))
        return tuple(replies.profile(row) for row in reply.rows)

    def info(self, timeout: float) -> RouterInfo:
        deadline = Deadline(timeout)
        resource = self._run(RESOURCE_PRINT.order(), deadline).rows
        identity = self._run(IDENTITY_PRINT.order(), deadline).rows
        if not resource or not identity:
            raise RouterRefused(advice.UNREADABLE)
        return replies.router_info(resource[0], identity[0])

    def _change(
        self,
        command: Command,
        name: str,
        mark: str,
        deadline: Deadline,
        values: Mapping[str, str] | None = None,
        user_id: str | None = None,
    ) -> bool:
        """Run a command on the user with this name and mark; False when there is none."""
        item = ItemId.parse(user_id) or self._item(name, mark, deadline)
        for _ in range(_ROUNDS):
            if item is None:
                return False
            try:
                self.channel.run(command.order(values, item=item), deadline)
                return True
            except StaleId:
                item = self._item(name, mark, deadline)
            except Trap as trap:
                if not is_missing(trap):
                    raise refusal(trap) from None
                item = self._item(name, mark, deadline)
        raise RouterUnavailable(advice.CHANGING, executed=False)

    def _item(self, name: str, mark: str, deadline: Deadline) -> ItemId | None:
        reply = self._found(name, deadline)
        ours = (reply.item(row) for row in reply.rows if row.get("comment") == mark)
        return next(ours, None)

    def _found(self, name: str, deadline: Deadline) -> Reply:
        return self._run(USER_FIND.order(where={"name": name}), deadline)

    def _user(self, name: str, mark: str | None, deadline: Deadline) -> HotspotUser | None:
        """The user of this name. Names are unique a server: of several, the one with `mark`."""
        reply = self._run(USER_PRINT.order(where={"name": name}), deadline)
        rows = sorted(reply.rows, key=lambda row: row.get("comment") != mark)
        return replies.hotspot_user(rows[0], reply.item(rows[0]).token()) if rows else None

    def _end_sessions(self, name: str, deadline: Deadline) -> None:
        try:
            self._active.end(name, deadline)
        except RouterUnavailable as error:
            raise RouterUnavailable(error.advice) from None

    def _run(self, order: Order, deadline: Deadline) -> Reply:
        try:
            return self.channel.run(order, deadline)
        except Trap as trap:
            raise refusal(trap) from None


def _limits(
    profile: str | None, limit_uptime: int | None, limit_bytes: int | None
) -> dict[str, str]:
    """What is not None, in RouterOS' words."""
    values = {}
    if profile is not None:
        values["profile"] = profile
    if limit_uptime is not None:
        values["limit-uptime"] = format_duration(limit_uptime)
    if limit_bytes is not None:
        values["limit-bytes-total"] = str(limit_bytes)
    return values


def _checked(mac: str) -> str:
    normal = normal_mac(mac)
    if normal is None:
        raise RouterRefused(advice.BAD_MAC, executed=False)
    return normal
