"""Devices going online and offline: the hotspot's active list."""

from __future__ import annotations

from time import sleep

from portal.hotspot import advice, replies
from portal.hotspot.channel import Channel, Reply
from portal.hotspot.commands import ACTIVE_LOGIN, ACTIVE_PRINT, ACTIVE_REMOVE
from portal.hotspot.deadline import Deadline, pauses
from portal.hotspot.errors import StaleId, Trap, is_missing, refusal
from portal.hotspot.item import ItemId
from portal.hotspot.router import (
    LoggedIn,
    LoginRefusal,
    NotLoggedIn,
    RouterUnavailable,
    Session,
)
from portal.hotspot.settings import RouterSettings

_ROUNDS = 3

_REASONS: tuple[tuple[str, LoginRefusal], ...] = (
    ("unknown host", LoginRefusal.UNKNOWN_HOST),
    ("invalid user", LoginRefusal.BAD_CREDENTIALS),
    ("uptime limit", LoginRefusal.UPTIME_LIMIT),
    ("traffic limit", LoginRefusal.DATA_LIMIT),
    ("no more sessions", LoginRefusal.TOO_MANY_SESSIONS),
    ("session limit", LoginRefusal.LICENSE_LIMIT),
)


class ActiveList:
    """What a router's active list is asked and told."""

    def __init__(self, channel: Channel, settings: RouterSettings) -> None:
        self._channel = channel
        self._settings = settings

    def read(self, where: dict[str, str], deadline: Deadline) -> tuple[Session, ...]:
        """The sessions of a `user`, of a `mac-address`, of both at once, or all of them."""
        return tuple(replies.session(row) for row in self._rows(where, deadline).rows)

    def end(self, user: str, deadline: Deadline, *, but: str | None = None, keep: int = 0) -> int:
        """End a user's sessions, except on the MAC `but` and the `keep` latest; how many."""
        for _ in range(_ROUNDS):
            reply = self._rows({"user": user}, deadline)
            others = [row for row in reply.rows if row.get("mac-address") != but]
            others.sort(key=lambda row: replies.session(row).uptime)
            items = [reply.item(row) for row in others[keep:]]
            if not items or self._remove(items, deadline):
                return len(items)
        raise RouterUnavailable(advice.CHANGING)

    def log_in(
        self, name: str, password: str, mac: str, ip: str, deadline: Deadline
    ) -> LoggedIn | NotLoggedIn:
        """Log in a device that stands in the host table, and see it in the active list."""
        values = {"user": name, "password": password, "mac-address": mac, "ip": ip}
        order = ACTIVE_LOGIN.order(values)
        try:
            self._channel.run(order, deadline)
        except Trap as trap:
            return self._refused(_reason(trap), name, mac, deadline)
        except RouterUnavailable as lost:
            if lost.executed is False:
                raise
            # The reply is lost, but the list may show that it was done.
            if (session := self._seen(name, mac, deadline)) is None:
                raise
            return LoggedIn(session)
        session = self._seen(name, mac, deadline)
        return LoggedIn(session) if session else NotLoggedIn(LoginRefusal.OTHER)

    def _refused(
        self, reason: LoginRefusal, name: str, mac: str, deadline: Deadline
    ) -> LoggedIn | NotLoggedIn:
        if reason in (LoginRefusal.TOO_MANY_SESSIONS, LoginRefusal.OTHER):
            # It may be this very device that is online already.
            for session in self.read({"user": name, "mac-address": mac}, deadline):
                return LoggedIn(session)
        return NotLoggedIn(reason)

    def _seen(self, name: str, mac: str, deadline: Deadline) -> Session | None:
        """The device's session once it is in the list; None if it does not appear in time.

        No connection is held between two looks. The login was asked for, so whatever goes wrong
        here leaves open whether the device is online.
        """
        until = deadline.within(self._settings.verify_seconds)
        waits = pauses(self._settings.verify_first_pause, self._settings.verify_longest_pause)
        try:
            while not (found := self.read({"user": name, "mac-address": mac}, deadline)):
                pause = next(waits)
                if until.left() <= pause:
                    return None
                sleep(pause)
        except RouterUnavailable as error:
            raise RouterUnavailable(error.advice) from None
        return found[0]

    def _rows(self, where: dict[str, str], deadline: Deadline) -> Reply:
        return self._channel.ask(ACTIVE_PRINT.order(where=where), deadline)

    def _remove(self, items: list[ItemId], deadline: Deadline) -> bool:
        """Whether all of them were ended; False when the list has changed meanwhile."""
        try:
            self._channel.run(ACTIVE_REMOVE.order(item=ItemId.several(items)), deadline)
        except StaleId:
            return False
        except Trap as trap:
            if is_missing(trap):
                return False
            raise refusal(trap) from None
        return True


def _reason(trap: Trap) -> LoginRefusal:
    return next((reason for text, reason in _REASONS if trap.says(text)), LoginRefusal.OTHER)
