"""Read what another tool left on a router, and make its users ours by our marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.hotspot.adoption import Adopter, Adoption, LeftOver, LeftProfile, Returned
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.inspection import Inspector
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.channel import Channel
from portal.hotspot.routeros.commands import sold
from portal.hotspot.routeros.errors import StaleId, Trap, is_missing, refusal
from portal.hotspot.routeros.menus import LEFT_PRINT, USER_FIND, USER_SET
from portal.hotspot.routeros.mikhmon import is_left, read_left, read_profile
from portal.hotspot.routeros.users import Target, chosen, read_user
from portal.hotspot.routeros.values import ItemId, Row, spare_mark, text, truth

# Codes of another tool's that are taken in at once; a router with more is read in parts.
MOST_LEFT = 10_000
# The user of the router's own that nobody logs in as.
BUILT_IN = "default-trial"
_ROUNDS = 3


class RouterLeftOvers(Adopter):
    """Serve one router's left-over codes, over the RouterOS API."""

    def __init__(self, channel: Channel, inspector: Inspector) -> None:
        self._channel = channel
        self._inspector = inspector

    def left_over(self, zone: tzinfo, timeout: float) -> LeftOver:
        deadline, others = Deadline(timeout), 0

        def wanted(row: Row) -> bool:
            nonlocal others
            is_wanted = is_left(row)
            others += not is_wanted and row.get("name") != BUILT_IN
            return is_wanted

        profiles = self._profiles(deadline)
        local = self._zone(zone, deadline)
        rows = self._channel.ask(LEFT_PRINT.order(bounds=sold(MOST_LEFT), wanted=wanted), deadline)
        now = datetime.now(UTC)
        read = [read_left(row, profiles.get(text(row, "profile")), local, now) for row in rows.rows]
        users = tuple(user for user in read if user is not None)
        return LeftOver(users, profiles, others + len(read) - len(users))

    def adopt(self, name: str, comment: str, mark: str, timeout: float) -> Adoption:
        deadline, target = Deadline(timeout), Target(name, mark)
        for _ in range(_ROUNDS):
            reply = self._channel.ask(USER_FIND.order(where={"name": name}), deadline)
            if not reply.rows:
                return Adoption.GONE
            ours = chosen(reply, target)
            if ours is not None and not ours.mends:
                return Adoption.ADOPTED
            item = ours.id if ours else None
            for row in reply.rows if item is None else ():
                item = reply.item(row) if _is_as_read(row, comment) else item
            if item is None:
                return Adoption.CHANGED
            if self._set(item, {"comment": mark, "email": spare_mark(mark)}, deadline):
                return Adoption.ADOPTED
        raise RouterUnavailable(messages.CHANGING, executed=False)

    def give_back(
        self, name: str, comment: str, mark: str, timeout: float, *, even_used: bool = False
    ) -> Returned:
        deadline, target = Deadline(timeout), Target(name, mark)
        for _ in range(_ROUNDS):
            reply = self._channel.ask(USER_FIND.order(where={"name": name}), deadline)
            ours = chosen(reply, target)
            if ours is None:
                return Returned.NOT_OURS
            [row] = (row for row in reply.rows if reply.item(row) == ours.id)
            if not even_used and _is_used(row):
                return Returned.USED
            if self._set(ours.id, {"comment": comment, "email": ""}, deadline):
                return Returned.RETURNED
        raise RouterUnavailable(messages.CHANGING, executed=False)

    def _set(self, item: ItemId, marks: Mapping[str, str], deadline: Deadline) -> bool:
        """Set both marks; false where the item is to be looked up anew."""
        try:
            self._channel.run(USER_SET.order(marks, item=item), deadline)
        except StaleId:
            return False
        except Trap as trap:
            if not is_missing(trap):
                raise refusal(trap) from None
            return False
        return True

    def _profiles(self, deadline: Deadline) -> Mapping[str, LeftProfile]:
        told = self._inspector.profiles(deadline.remaining())
        read = (read_profile(profile.name, profile.on_login) for profile in told)
        return {profile.name: profile for profile in read if profile is not None}

    def _zone(self, other: tzinfo, deadline: Deadline) -> tzinfo:
        """Give the router's zone by its name, else as far ahead as it says, else the other."""
        clock = self._inspector.clock(deadline.remaining())
        if clock is None:
            return other
        try:
            return ZoneInfo(clock.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            ahead = clock.offset
        return other if ahead is None else timezone(timedelta(seconds=ahead))


def _is_used(row: Row) -> bool:
    user = read_user(row, "")
    return user.uptime + user.bytes_in + user.bytes_out > 0


def _is_as_read(row: Row, comment: str) -> bool:
    return text(row, "comment") == comment and not row.get("email") and not truth(row, "disabled")
