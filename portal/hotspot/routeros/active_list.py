"""Bring devices online and offline: the hotspot's active list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import sleep

from portal.hotspot.deadline import Deadline, pauses
from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.presence import LoggedIn, LoginRefusal, NotLoggedIn, Session, surplus
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.channel import Channel, Reply
from portal.hotspot.routeros.commands import Command
from portal.hotspot.routeros.errors import StaleId, Trap, is_missing, refusal
from portal.hotspot.routeros.menus import (
    ACTIVE_LOGIN,
    ACTIVE_PRINT,
    ACTIVE_REMOVE,
    COOKIE_PRINT,
    COOKIE_REMOVE,
)
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.routeros.values import ItemId, Row, number, seconds, text

_ROUNDS = 3

_REASONS: tuple[tuple[str, LoginRefusal], ...] = (
    ("unknown host", LoginRefusal.UNKNOWN_HOST),
    ("invalid user", LoginRefusal.BAD_CREDENTIALS),
    ("uptime limit", LoginRefusal.UPTIME_LIMIT),
    ("traffic limit", LoginRefusal.DATA_LIMIT),
    ("no more sessions", LoginRefusal.TOO_MANY_SESSIONS),
    ("session limit", LoginRefusal.LICENSE_LIMIT),
    ("no more free addresses", LoginRefusal.NO_FREE_ADDRESS),
    ("from this mac", LoginRefusal.BOUND_TO_MAC),
)


@dataclass(frozen=True)
class Place:
    """Say where a session must stand to be this device's, online now: user, MAC and address."""

    user: str
    mac: str
    address: str

    def holds(self, session: Session) -> bool:
        """Tell whether the session is just here."""
        return (session.mac, session.address) == (self.mac, self.address)

    def is_stale(self, session: Session) -> bool:
        """Tell whether it is the device's, from an address that it had before."""
        return session.mac == self.mac and session.address != self.address


class ActiveList:
    """Read a router's active list, and bring devices into it and out of it."""

    def __init__(self, channel: Channel, settings: RouterSettings) -> None:
        self._channel = channel
        self._settings = settings

    def read(self, where: dict[str, str], deadline: Deadline) -> tuple[Session, ...]:
        """Give the sessions of a `user`, of a `mac-address`, of both at once, or all of them."""
        return tuple(session_of(row) for row in self._rows(where, deadline).rows)

    def end(self, user: str, deadline: Deadline, keep: int = 0) -> int:
        """End a user's sessions, but for its latest `keep` devices'; how many went."""
        for _ in range(_ROUNDS):
            reply = self._rows({"user": user}, deadline)
            found = {session_of(row): reply.item(row) for row in reply.rows}
            items = [found[session] for session in surplus(list(found), keep)]
            if not items or self._remove(items, deadline):
                return len(items)
        raise RouterUnavailable(messages.CHANGING)

    def end_at(self, place: Place, deadline: Deadline) -> bool:
        """End what stands just here; false where nothing does."""
        where = {"user": place.user, "mac-address": place.mac}
        for _ in range(_ROUNDS):
            reply = self._rows(where, deadline)
            items = [reply.item(row) for row in reply.rows if place.holds(session_of(row))]
            if not items or self._remove(items, deadline):
                return bool(items)
        raise RouterUnavailable(messages.CHANGING)

    def end_left_over(self, user: str, deadline: Deadline) -> None:
        """End what a user just removed leaves: its name may be sold again.

        A failure leaves the removal half done.
        """
        try:
            self.end(user, deadline)
            self._remove_cookies(user, deadline)
        except RouterUnavailable as error:
            raise RouterUnavailable(error.advice) from None

    def _remove_cookies(self, user: str, deadline: Deadline) -> None:
        """Take away what devices come back by without a code. Those that come back stay."""
        for _ in range(_ROUNDS):
            reply = self._channel.ask(COOKIE_PRINT.order(where={"user": user}), deadline)
            items = [reply.item(row) for row in reply.rows]
            if not items or self._remove(items, deadline, COOKIE_REMOVE):
                return

    def make_room(
        self,
        place: Place,
        devices: int,
        deadline: Deadline,
        may_come: Callable[[], bool] = lambda: True,
    ) -> Session | None:
        """Give the session that stands at this place; where none does, room is made for one.

        The device's own sessions under other addresses end, and the oldest of other devices,
        so that with this one no more than `devices` are online; but nobody goes for a device
        that will not be let in.
        """
        for _ in range(_ROUNDS):
            reply = self._rows({"user": place.user}, deadline)
            sessions = [(session_of(row), reply.item(row)) for row in reply.rows]
            here = next((session for session, _ in sessions if place.holds(session)), None)
            items = [item for session, item in sessions if place.is_stale(session)]
            others = [pair for pair in sessions if pair[0].mac != place.mac]
            others.sort(key=lambda pair: pair[0].uptime)
            surplus = [] if here else [item for _, item in others[devices - 1 :]]
            items += surplus if surplus and may_come() else []
            if not items or self._remove(items, deadline):
                return here
        raise RouterUnavailable(messages.CHANGING)

    def at(self, place: Place, deadline: Deadline) -> Session | None:
        """Give the session that stands at this place."""
        sessions = self.read({"user": place.user, "mac-address": place.mac}, deadline)
        return next(filter(place.holds, sessions), None)

    def log_in(self, place: Place, password: str, deadline: Deadline) -> LoggedIn | NotLoggedIn:
        """Log in a device that stands in the host table, and see it in the active list."""
        values = {"user": place.user, "password": password}
        values |= {"mac-address": place.mac, "ip": place.address}
        order = ACTIVE_LOGIN.order(values)
        try:
            self._channel.run(order, deadline)
        except Trap as trap:
            return self._refused(_reason(trap), place, deadline)
        except RouterUnavailable as lost:
            if lost.executed is False:
                raise
            # The reply is lost, but the list may show that it was done.
            if (session := self._seen(place, deadline)) is None:
                raise
            return LoggedIn(session)
        session = self._seen(place, deadline)
        return LoggedIn(session) if session else NotLoggedIn(LoginRefusal.NOT_SEEN)

    def _refused(
        self, reason: LoginRefusal, place: Place, deadline: Deadline
    ) -> LoggedIn | NotLoggedIn:
        if reason in (LoginRefusal.TOO_MANY_SESSIONS, LoginRefusal.OTHER):
            # It may be this very device that is online already.
            session = self.at(place, deadline)
            if session is not None:
                return LoggedIn(session)
        return NotLoggedIn(reason)

    def _seen(self, place: Place, deadline: Deadline) -> Session | None:
        """Give the device's session once it is in the list; None if it does not appear in time.

        No connection is held between two looks. The login was asked for, so whatever goes wrong
        here leaves open whether the device is online.
        """
        until = deadline.within(self._settings.verify_seconds)
        waits = pauses(self._settings.verify_first_pause, self._settings.verify_longest_pause)
        try:
            while (found := self.at(place, deadline)) is None:
                pause = next(waits)
                if until.remaining() <= pause:
                    return None
                sleep(pause)
        except RouterUnavailable as error:
            raise RouterUnavailable(error.advice) from None
        return found

    def _rows(self, where: dict[str, str], deadline: Deadline) -> Reply:
        return self._channel.ask(ACTIVE_PRINT.order(where=where), deadline)

    def _remove(
        self, items: list[ItemId], deadline: Deadline, command: Command = ACTIVE_REMOVE
    ) -> bool:
        """Tell whether all of them were ended; False when the list has changed meanwhile."""
        try:
            self._channel.run(command.order(item=ItemId.several(items)), deadline)
        except StaleId:
            return False
        except Trap as trap:
            if is_missing(trap):
                return False
            raise refusal(trap) from None
        return True


def session_of(row: Row) -> Session:
    """Read a row of `/ip/hotspot/active`."""
    return Session(
        id=row.get(".id", ""),
        user=text(row, "user"),
        address=row.get("address", ""),
        mac=row.get("mac-address", ""),
        uptime=seconds(row, "uptime"),
        bytes_in=number(row, "bytes-in"),
        bytes_out=number(row, "bytes-out"),
    )


def _reason(trap: Trap) -> LoginRefusal:
    return next((reason for text, reason in _REASONS if trap.says(text)), LoginRefusal.OTHER)
