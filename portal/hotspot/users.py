"""The hotspot's users, told apart by name and mark."""

from __future__ import annotations

from collections.abc import Mapping

from portal.hotspot import advice, intake, replies
from portal.hotspot.channel import Channel
from portal.hotspot.commands import USER_ADD, USER_FIND, USER_PRINT, USER_REMOVE, USER_SET, Command
from portal.hotspot.deadline import Deadline
from portal.hotspot.durations import format_duration
from portal.hotspot.errors import StaleId, Trap, is_duplicate, is_missing, refusal
from portal.hotspot.intake import Row
from portal.hotspot.item import ItemId
from portal.hotspot.router import HotspotUser, NameTaken, NewHotspotUser, RouterUnavailable
from portal.hotspot.spelling import run_spelt

_ROUNDS = 3


class UserMenu:
    """What a router's `/ip/hotspot/user` is asked and told."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def add(self, user: NewHotspotUser, *, disabled: bool, deadline: Deadline) -> str:
        """Make a user and return its id as a token. Raises NameTaken, ProfileMissing."""
        values = {"name": user.name, "password": user.password, "comment": user.mark}
        values["disabled"] = "yes" if disabled else "no"
        values |= limits(user.profile, user.limit_uptime, user.limit_bytes)
        try:
            reply = run_spelt(self._channel, USER_ADD, values, deadline)
        except Trap as trap:
            if is_duplicate(trap):
                standing = self.find(user.name, deadline, mark=user.mark)
                raise NameTaken(advice.NAME_TAKEN, standing) from None
            raise refusal(trap) from None
        return reply.item(reply.done, "ret").token()

    def find(self, name: str, deadline: Deadline, *, mark: str | None = None) -> HotspotUser | None:
        """The user of this name. Names are unique a server: of several, the one with `mark`."""
        reply = self._channel.ask(USER_PRINT.order(where={"name": name}), deadline)
        rows = sorted(reply.rows, key=lambda row: row.get("comment") != mark)
        return replies.hotspot_user(rows[0], reply.item(rows[0]).token()) if rows else None

    def marked(
        self, prefix: str, deadline: Deadline, sold: int | None = None
    ) -> tuple[HotspotUser, ...]:
        """Every user whose mark begins so, out of all that stand on the router."""

        def ours(row: Row) -> bool:
            return row.get("comment", "").startswith(prefix)

        bounds = None if sold is None else intake.sold(sold)
        reply = self._channel.ask(USER_PRINT.order(bounds=bounds, wanted=ours), deadline)
        return tuple(replies.hotspot_user(row, reply.item(row).token()) for row in reply.rows)

    def set(
        self,
        name: str,
        mark: str,
        values: Mapping[str, str],
        deadline: Deadline,
        user_id: str | None = None,
    ) -> bool:
        """Give the user these values; False when none has this name and mark."""
        return self._apply(USER_SET, name, mark, values, deadline, user_id)

    def remove(self, name: str, mark: str, deadline: Deadline, user_id: str | None) -> bool:
        """Remove the user; False when none has this name and mark."""
        return self._apply(USER_REMOVE, name, mark, {}, deadline, user_id)

    def is_free(self, name: str, deadline: Deadline) -> bool:
        """Whether no user has this name, whatever the mark."""
        return not self._channel.ask(USER_FIND.order(where={"name": name}), deadline).rows

    def _apply(
        self,
        command: Command,
        name: str,
        mark: str,
        values: Mapping[str, str],
        deadline: Deadline,
        user_id: str | None,
    ) -> bool:
        item = ItemId.parse(user_id) or self._item(name, mark, deadline)
        for _ in range(_ROUNDS):
            if item is None:
                return False
            try:
                run_spelt(self._channel, command, values, deadline, item)
                return True
            except StaleId:
                item = self._item(name, mark, deadline)
            except Trap as trap:
                if not is_missing(trap):
                    raise refusal(trap) from None
                item = self._item(name, mark, deadline)
        raise RouterUnavailable(advice.CHANGING, executed=False)

    def _item(self, name: str, mark: str, deadline: Deadline) -> ItemId | None:
        reply = self._channel.ask(USER_FIND.order(where={"name": name}), deadline)
        ours = (reply.item(row) for row in reply.rows if row.get("comment") == mark)
        return next(ours, None)


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
