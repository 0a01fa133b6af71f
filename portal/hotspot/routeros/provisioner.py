"""Make, switch, limit and remove the hotspot's users, told apart by name and mark."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import NameTaken, RouterUnavailable
from portal.hotspot.provisioning import (
    HotspotUser,
    Known,
    NewHotspotUser,
    NewProfile,
    Provisioner,
    UserFound,
)
from portal.hotspot.routeros import commands, messages
from portal.hotspot.routeros.active_list import ActiveList
from portal.hotspot.routeros.channel import Channel, Reply
from portal.hotspot.routeros.commands import Command
from portal.hotspot.routeros.errors import (
    StaleId,
    Trap,
    is_duplicate,
    is_missing,
    names_no_profile,
    refusal,
)
from portal.hotspot.routeros.menus import (
    PROFILE_ADD,
    PROFILE_PRINT,
    USER_ADD,
    USER_FIND,
    USER_PRINT,
    USER_REMOVE,
    USER_SET,
)
from portal.hotspot.routeros.users import NO_MAC, FoundUser, Target, chosen, read_user
from portal.hotspot.routeros.values import (
    ItemId,
    Row,
    format_duration,
    mark_in,
    spare_mark,
    spellings,
)

_ROUNDS = 3
# How long a sentence a router takes is documented nowhere; this many are a kilobyte.
_NAMES_AT_ONCE = 50


class RouterUsers(Provisioner):
    """Make and change one router's hotspot users, over the RouterOS API."""

    def __init__(self, channel: Channel, active: ActiveList) -> None:
        self._channel = channel
        self._active = active

    def add_user(self, user: NewHotspotUser, timeout: float, *, disabled: bool = True) -> str:
        deadline = Deadline(timeout)
        values = {"name": user.name, "password": user.password, "comment": user.mark}
        values["email"] = spare_mark(user.mark)
        values["disabled"] = "yes" if disabled else "no"
        values |= _limits(user.profile, user.limit_uptime, user.limit_bytes)
        values |= {} if user.mac is None else {"mac-address": user.mac}
        try:
            reply = self._run(USER_ADD, values, deadline)
        except Trap as trap:
            if is_duplicate(trap):
                standing = self._find(user.name, deadline, mark=user.mark)
                raise NameTaken(messages.NAME_TAKEN, standing) from None
            raise refusal(trap) from None
        return reply.item(reply.done, "ret").token()

    def enable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
        was_enabled: bool = False,
    ) -> UserFound:
        target, deadline = Target(name, mark, known), Deadline(timeout)
        if not was_enabled:
            return self._apply(USER_SET, target, {"disabled": "no"}, deadline, user_id)
        item = self._meant(target, deadline)
        if item is None or not item.disabled:
            return self._change(USER_SET, target, {"disabled": "no"}, deadline, item)
        if item.mends:
            self._change(USER_SET, target, {}, deadline, item)
        return replace(item.found, left_disabled=True)

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
        return self._apply(USER_SET, target, {"disabled": "yes"}, Deadline(timeout), user_id)

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
        values = _limits(profile, limit_uptime, limit_bytes)
        return self._apply(USER_SET, Target(name, mark, known), values, Deadline(timeout))

    def unbind_user(
        self, name: str, mark: str, timeout: float, *, known: Known | None = None
    ) -> UserFound:
        target, deadline = Target(name, mark, known), Deadline(timeout)
        item = self._meant(target, deadline)
        if item is None or not item.bound_mac:
            return UserFound(False) if item is None else item.found
        return self._change(USER_SET, target, {"mac-address": NO_MAC}, deadline, item)

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
        removed = self._apply(USER_REMOVE, Target(name, mark, known), {}, deadline, user_id)
        # A removal that was cut short may have left sessions of a user that is gone.
        if removed or self._is_free(name, deadline):
            self._active.end_left_over(name, deadline)
        return removed

    def find_user(self, name: str, timeout: float) -> HotspotUser | None:
        return self._find(name, Deadline(timeout))

    def users_named(self, names: Sequence[str], timeout: float) -> tuple[HotspotUser, ...]:
        deadline, found = Deadline(timeout), []
        for start in range(0, len(names), _NAMES_AT_ONCE):
            some = names[start : start + _NAMES_AT_ONCE]
            reply = self._channel.ask(USER_PRINT.order(any_of=("name", some)), deadline)
            found += [read_user(row, reply.item(row).token()) for row in reply.rows]
        return tuple(found)

    def users_marked(
        self,
        mark_prefix: str,
        timeout: float,
        *,
        names: Collection[str] = (),
        sold: int | None = None,
    ) -> tuple[HotspotUser, ...]:
        def ours(row: Row) -> bool:
            return (
                row.get("name") in names
                or row.get("comment", "").startswith(mark_prefix)
                or mark_in(row.get("email", "")).startswith(mark_prefix)
            )

        bounds = None if sold is None else commands.sold(sold)
        order = USER_PRINT.order(bounds=bounds, wanted=ours)
        reply = self._channel.ask(order, Deadline(timeout))
        return tuple(read_user(row, reply.item(row).token()) for row in reply.rows)

    def add_profile(self, profile: NewProfile, timeout: float) -> bool:
        deadline = Deadline(timeout)
        if self._has_profile(profile.name, deadline):
            return False
        try:
            self._run(PROFILE_ADD, _profile(profile), deadline)
        except Trap as trap:
            # Somebody may have made it meanwhile.
            if self._has_profile(profile.name, deadline):
                return False
            raise refusal(trap) from None
        return True

    def is_open_to(self, target: Target, mac: str, deadline: Deadline) -> tuple[bool, bool]:
        """Tell whether this MAC may come in as the user, and whether another had to go from it.

        That is done only where the user is for several devices; else somebody may mean it.
        """
        item = self._meant(target, deadline)
        if item is None or item.bound_mac in ("", mac):
            return True, False
        if "mac-address" not in item.mends:
            return False, False
        return self._apply(USER_SET, target, {}, deadline).is_there, True

    def _find(
        self, name: str, deadline: Deadline, *, mark: str | None = None
    ) -> HotspotUser | None:
        """Find the user of this name. Names are unique a server: of several, that with `mark`."""
        reply = self._channel.ask(USER_PRINT.order(where={"name": name}), deadline)
        rows = sorted(reply.rows, key=lambda row: row.get("comment") != mark)
        return read_user(rows[0], reply.item(rows[0]).token()) if rows else None

    def _has_profile(self, name: str, deadline: Deadline) -> bool:
        words = spellings(name)
        rows = self._channel.ask(PROFILE_PRINT.order(), deadline).rows
        return any(row.get("name") in words for row in rows)

    def _is_free(self, name: str, deadline: Deadline) -> bool:
        """Tell whether no user has this name, whatever the mark."""
        return not self._channel.ask(USER_FIND.order(where={"name": name}), deadline).rows

    def _apply(
        self,
        command: Command,
        target: Target,
        values: Mapping[str, str],
        deadline: Deadline,
        user_id: str | None = None,
    ) -> UserFound:
        known = ItemId.parse(user_id)
        item = FoundUser(known) if known else self._meant(target, deadline)
        return self._change(command, target, values, deadline, item)

    def _change(
        self,
        command: Command,
        target: Target,
        values: Mapping[str, str],
        deadline: Deadline,
        item: FoundUser | None,
    ) -> UserFound:
        for _ in range(_ROUNDS):
            if item is None:
                return UserFound(False)
            wanted = {**values, **item.mends} if command is USER_SET else {}
            try:
                self._run(command, wanted, deadline, item.id)
                return item.found
            except StaleId:
                item = self._meant(target, deadline)
            except Trap as trap:
                if not is_missing(trap):
                    raise refusal(trap) from None
                item = self._meant(target, deadline)
        raise RouterUnavailable(messages.CHANGING, executed=False)

    def _meant(self, target: Target, deadline: Deadline) -> FoundUser | None:
        reply = self._channel.ask(USER_FIND.order(where={"name": target.name}), deadline)
        return chosen(reply, target)

    def _run(
        self,
        command: Command,
        values: Mapping[str, str],
        deadline: Deadline,
        item: ItemId | None = None,
    ) -> Reply:
        """Run a command whose profile may be stored in UTF-8 or as older Winbox wrote it.

        A router that lacks the profile in one spelling has done nothing, so the next is tried.
        Raises as `Channel.run` does.
        """
        *firsts, last = spellings(values.get("profile", ""))
        for name in firsts:
            try:
                order = command.order({**values, "profile": name}, item=item)
                return self._channel.run(order, deadline)
            except Trap as trap:
                if not names_no_profile(trap):
                    raise
        spelt = {**values, "profile": last} if firsts else values
        return self._channel.run(command.order(spelt, item=item), deadline)


def _profile(profile: NewProfile) -> dict[str, str]:
    """Give what is said of it, in RouterOS' words."""
    values = {"name": profile.name, "add-mac-cookie": "no"}
    if profile.cookie_days:
        values |= {"add-mac-cookie": "yes", "mac-cookie-timeout": f"{profile.cookie_days}d"}
    if profile.rate_limit is not None:
        values["rate-limit"] = profile.rate_limit
    if profile.shared_users is not None:
        values["shared-users"] = str(profile.shared_users)
    if profile.session_timeout is not None:
        values["session-timeout"] = format_duration(profile.session_timeout)
    return values


def _limits(
    profile: str | None, limit_uptime: int | None, limit_bytes: int | None
) -> dict[str, str]:
    """Give what is not None, in RouterOS' words. Seconds and bytes."""
    values = {}
    if profile is not None:
        values["profile"] = profile
    if limit_uptime is not None:
        values["limit-uptime"] = format_duration(limit_uptime)
    if limit_bytes is not None:
        values["limit-bytes-total"] = str(limit_bytes)
    return values
