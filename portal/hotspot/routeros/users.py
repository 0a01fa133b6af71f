"""The hotspot's users, told apart by name and mark."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from portal.hotspot.deadline import Deadline
from portal.hotspot.router import (
    HotspotUser,
    Known,
    NameTaken,
    NewHotspotUser,
    RouterUnavailable,
    UserFound,
)
from portal.hotspot.routeros import intake, messages, replies
from portal.hotspot.routeros.channel import Channel
from portal.hotspot.routeros.commands import (
    USER_ADD,
    USER_FIND,
    USER_PRINT,
    USER_REMOVE,
    USER_SET,
    Command,
)
from portal.hotspot.routeros.durations import format_duration
from portal.hotspot.routeros.errors import StaleId, Trap, is_duplicate, is_missing, refusal
from portal.hotspot.routeros.intake import Row
from portal.hotspot.routeros.item import ItemId
from portal.hotspot.routeros.ownership import changes_to_mend
from portal.hotspot.routeros.spelling import run_spelt
from portal.hotspot.routeros.user_marks import bound_mac, mark_in, spare_mark

_ROUNDS = 3


@dataclass(frozen=True)
class Target:
    """The user that is meant: its name, its mark, and what our record knows of it."""

    name: str
    mark: str
    known: Known | None = None


@dataclass(frozen=True)
class _Item:
    """Its id on the router, what there is to mend, and what was found of it."""

    id: ItemId
    mends: Mapping[str, str] = field(default_factory=dict)
    found: UserFound = field(default_factory=lambda: UserFound(True))
    bound_mac: str = ""


class UserMenu:
    """What a router's `/ip/hotspot/user` is asked and told."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def add(self, user: NewHotspotUser, *, disabled: bool, deadline: Deadline) -> str:
        """Make a user and return its id as a token. Raises NameTaken, ProfileMissing."""
        values = {"name": user.name, "password": user.password, "comment": user.mark}
        values["email"] = spare_mark(user.mark)
        values["disabled"] = "yes" if disabled else "no"
        values |= limits(user.profile, user.limit_uptime, user.limit_bytes)
        try:
            reply = run_spelt(self._channel, USER_ADD, values, deadline)
        except Trap as trap:
            if is_duplicate(trap):
                standing = self.find(user.name, deadline, mark=user.mark)
                raise NameTaken(messages.NAME_TAKEN, standing) from None
            raise refusal(trap) from None
        return reply.item(reply.done, "ret").token()

    def find(self, name: str, deadline: Deadline, *, mark: str | None = None) -> HotspotUser | None:
        """The user of this name. Names are unique a server: of several, the one with `mark`."""
        reply = self._channel.ask(USER_PRINT.order(where={"name": name}), deadline)
        rows = sorted(reply.rows, key=lambda row: row.get("comment") != mark)
        return replies.hotspot_user(rows[0], reply.item(rows[0]).token()) if rows else None

    def marked(
        self,
        prefix: str,
        names: Collection[str],
        deadline: Deadline,
        sold: int | None = None,
    ) -> tuple[HotspotUser, ...]:
        """Of all that stand on the router, users with a mark that begins so, or of these names."""

        def ours(row: Row) -> bool:
            return (
                row.get("name") in names
                or row.get("comment", "").startswith(prefix)
                or mark_in(row.get("email", "")).startswith(prefix)
            )

        bounds = None if sold is None else intake.sold(sold)
        reply = self._channel.ask(USER_PRINT.order(bounds=bounds, wanted=ours), deadline)
        return tuple(replies.hotspot_user(row, reply.item(row).token()) for row in reply.rows)

    def set(
        self,
        target: Target,
        values: Mapping[str, str],
        deadline: Deadline,
        user_id: str | None = None,
    ) -> UserFound:
        """Give the user these values, and its marks back; false when none of this name is ours."""
        return self._apply(USER_SET, target, values, deadline, user_id)

    def is_open_to(self, target: Target, mac: str, deadline: Deadline) -> tuple[bool, bool]:
        """Whether this MAC may come in as the user, and whether another had to be taken off it.

        That is done only where the user is for several devices; else somebody may mean it.
        """
        item = self._item(target, deadline)
        if item is None or item.bound_mac in ("", mac):
            return True, False
        if "mac-address" not in item.mends:
            return False, False
        return bool(self.set(target, {}, deadline)), True

    def remove(self, target: Target, deadline: Deadline, user_id: str | None) -> UserFound:
        """Remove the user; false when none of this name is ours."""
        return self._apply(USER_REMOVE, target, {}, deadline, user_id)

    def is_free(self, name: str, deadline: Deadline) -> bool:
        """Whether no user has this name, whatever the mark."""
        return not self._channel.ask(USER_FIND.order(where={"name": name}), deadline).rows

    def _apply(
        self,
        command: Command,
        target: Target,
        values: Mapping[str, str],
        deadline: Deadline,
        user_id: str | None,
    ) -> UserFound:
        known = ItemId.parse(user_id)
        item = _Item(known) if known else self._item(target, deadline)
        for _ in range(_ROUNDS):
            if item is None:
                return UserFound(False)
            wanted = {**values, **item.mends} if command is USER_SET else {}
            try:
                run_spelt(self._channel, command, wanted, deadline, item.id)
                return item.found
            except StaleId:
                item = self._item(target, deadline)
            except Trap as trap:
                if not is_missing(trap):
                    raise refusal(trap) from None
                item = self._item(target, deadline)
        raise RouterUnavailable(messages.CHANGING, executed=False)

    def _item(self, target: Target, deadline: Deadline) -> _Item | None:
        reply = self._channel.ask(USER_FIND.order(where={"name": target.name}), deadline)
        # Names are unique a server: of several, the one whose comment is ours comes first.
        rows = sorted(reply.rows, key=lambda row: row.get("comment") != target.mark)
        for row in rows:
            if _is_meant(row, target):
                mac, changed = bound_mac(row), row.get("comment") != target.mark
                found = UserFound(True, mark_changed=changed, bound=bool(mac))
                mends = changes_to_mend(row, target.mark, target.known)
                return _Item(reply.item(row), mends, found, mac)
        return None


def _is_meant(row: Row, target: Target) -> bool:
    if target.mark in (row.get("comment"), mark_in(row.get("email", ""))):
        return True
    # Counters are read only where it comes to them: a garbled one must not hide a marked user.
    if target.known is None:
        return False
    return replies.hotspot_user(row, "").is_ours(target.mark, target.known)


def limits(
    profile: str | None, limit_uptime: int | None, limit_bytes: int | None
) -> dict[str, str]:
    """What is not None, in RouterOS' words. Seconds and bytes."""
    values = {}
    if profile is not None:
        values["profile"] = profile
    if limit_uptime is not None:
        values["limit-uptime"] = format_duration(limit_uptime)
    if limit_bytes is not None:
        values["limit-bytes-total"] = str(limit_bytes)
    return values
