"""Keep a router's lines: one for all commands, and a second beside long answers."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from time import monotonic

from portal.hotspot.deadline import Deadline, pauses
from portal.hotspot.errors import RouterRefused
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.commands import Invocation
from portal.hotspot.routeros.errors import Lost, OneTooMany, SessionLimitReached
from portal.hotspot.routeros.line.callers import Caller, Opening, again
from portal.hotspot.routeros.line.line import Line
from portal.hotspot.routeros.line.load import SharedLine
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.routeros.values import ItemId

Open = Callable[[Deadline, Caller, bool], Line]
"""Connects and logs in; the last says whether to ask for tags. Raises as `Opener.open` does."""

# So long commands go one at a time after a wrong tag, and after tags that nothing was answered to.
_WRONG_SECONDS, _SILENT_SECONDS = 600.0, 60.0
# A router that lives answers a /cancel sooner than another connection to it could be opened.
_REVIVAL_SECONDS = 0.25


class LinePool:
    """Share the lines to one router among the threads of a process.

    One line carries all, as long as no answer is a long one: those have a line to themselves,
    which the next long one shares. Without tags each command has a line to itself, and where the
    router `is_serial`, working on a line's commands one after another, they are spread.
    """

    def __init__(
        self, open_line: Open, settings: RouterSettings, is_serial: Callable[[], bool]
    ) -> None:
        self._open_line = open_line
        self._is_serial = is_serial
        self._settings = settings
        self._lines: list[SharedLine] = []
        self._opening: Opening | None = None
        self._untagged_until = 0.0
        self._had_tags = False
        self._serves = True
        self._changed = Condition()

    @property
    def is_tagged(self) -> bool:
        """Tell whether several commands may be open on a line, as far as is known."""
        lines = self._lines
        if lines:
            self._had_tags = all(shared.line.tagged for shared in lines)
        return self._had_tags

    def take(
        self, order: Invocation, deadline: Deadline, caller: Caller
    ) -> tuple[SharedLine, bool]:
        """Give a line for this command, and whether it was opened for it.

        Raises Lost, and RouterRefused (credentials, certificate).
        """
        with self._changed:
            while (shared := self._choose(order)) is None:
                if self._opening is None and self._may_open():
                    self._opening = Opening(caller)
                    break
                self._wait(deadline, caller)
            else:
                shared.begin(order)
                return shared, False
        return self._make_ready(self._opening, order, deadline)

    def give_back(self, shared: SharedLine, order: Invocation) -> None:
        """Let others have it."""
        with self._changed:
            shared.finish(order)
            if shared.line.mistagged:
                self._untagged_until = monotonic() + _WRONG_SECONDS
            if not shared.users and (shared.retired or not self._serves):
                shared.line.close()
            self._changed.notify_all()

    def close_idle(self) -> float | None:
        """Close what has been idle for too long; seconds until the next will have been."""
        with self._changed:
            self._refresh()
            idle = [shared.idle_since for shared in self._lines if not shared.users]
        return min(idle) + self._settings.idle_seconds - monotonic() if idle else None

    def clear(self) -> None:
        """Close every idle line."""
        with self._changed:
            for shared in self._lines:
                if not shared.users:
                    shared.line.close()
            self._forget_lost()

    def close(self) -> None:
        """Keep nothing any more; lines in use are closed when nobody uses them."""
        self._serves = False
        self.clear()

    def abandon(self) -> None:
        """Let go of lines that belong to the process this one was forked from."""
        self._serves = False
        for shared in self._lines:
            shared.line.abandon()

    def _choose(self, order: Invocation, *, any_line: bool = False) -> SharedLine | None:
        self._refresh()
        if len(self._lines) == 1 and self._suits(self._lines[0], order):
            # As nearly always.
            return self._lines[0]
        free = [shared for shared in self._lines if shared.is_free()]
        sound = [shared for shared in free if not shared.line.is_suspect()]
        fitting = _holding(sound, order.item) or [s for s in sound if self._fits(s, order)]
        if not fitting and (any_line or len(self._lines) >= self._settings.connections):
            fitting = sound or [shared for shared in free if shared.users]
        # Else all use the oldest, so that the others come to be idle.
        key = _users if self._is_serial() else _nothing
        return min(fitting, key=key, default=None)

    def _suits(self, shared: SharedLine, order: Invocation) -> bool:
        return shared.is_free() and self._fits(shared, order) and not shared.line.is_suspect()

    def _fits(self, shared: SharedLine, order: Invocation) -> bool:
        """Tell whether the command neither waits behind others nor makes others wait."""
        if order.is_long:
            return shared.long == shared.users
        return not shared.long and not (shared.users and self._is_serial())

    def _may_open(self) -> bool:
        standing = [s for s in self._lines if s.users or not s.line.is_suspect()]
        return len(standing) < self._settings.connections

    def _refresh(self) -> None:
        for shared in self._lines:
            shared.refresh(self._settings.idle_seconds, self._settings.cancel_seconds)
        self._forget_lost()

    def _forget_lost(self) -> None:
        if any(shared.line.is_lost for shared in self._lines):
            self._lines = [shared for shared in self._lines if not shared.line.is_lost]

    def _wait(self, deadline: Deadline, caller: Caller) -> None:
        """Wait for a change. Raises Lost, and what came of an opening waited for."""
        opening = self._opening
        if opening is not None:
            opening.callers.append(caller)
        try:
            self._changed.wait(caller.patience(deadline))
        except (TimeoutError, OneTooMany) as error:
            late = isinstance(error, TimeoutError)
            reason = messages.SILENT if late else messages.NOT_ANSWERING
            raise Lost(reason, sent=False, silent=True) from None
        finally:
            if opening is not None:
                opening.callers.remove(caller)
        if opening is not None and opening.error is not None:
            raise again(opening.error)

    def _make_ready(
        self, opening: Opening, order: Invocation, deadline: Deadline
    ) -> tuple[SharedLine, bool]:
        """Revive a line that may have died, or open one, for everybody who waits for that."""
        try:
            shared = self._revive(deadline) or self._open(opening, order, deadline)
        except BaseException:
            with self._changed:
                self._opening = None
                self._changed.notify_all()
            raise
        with self._changed:
            self._opening = None
            is_new = shared not in self._lines
            if is_new:
                self._lines.append(shared)
            shared.begin(order)
            self._changed.notify_all()
        return shared, is_new

    def _revive(self, deadline: Deadline) -> SharedLine | None:
        """Give a line on which nothing has come since a command was late, once something does."""
        with self._changed:
            idle = (s for s in self._lines if not s.users and s.is_free())
            shared = next((s for s in idle if s.line.is_suspect()), None)
            if shared is None:
                return None
            # Nobody else may read, nor close it as idle.
            shared.users += 1
            shared.listened_to = True
        alive = False
        try:
            alive = shared.line.listen(deadline.within(_REVIVAL_SECONDS))
        finally:
            with self._changed:
                shared.users -= 1
                shared.listened_to = False
                if not alive:
                    self._give_up(shared)
        return shared if alive else None

    def _give_up(self, shared: SharedLine) -> None:
        if shared.line.tagged and not shared.answered:
            # It may have been for the tags: the next line does without.
            self._untagged_until = monotonic() + _SILENT_SECONDS
        shared.line.close()
        self._forget_lost()

    def _open(self, opening: Opening, order: Invocation, deadline: Deadline) -> SharedLine:
        waits = pauses(self._settings.full_first_pause, self._settings.full_longest_pause)
        while True:
            try:
                return SharedLine(self._connect(opening, deadline))
            except SessionLimitReached as refused:
                opening.heard()
                pause = next(waits)
                if deadline.remaining() <= pause:
                    raise Lost(refused.advice, sent=False) from None
            with self._changed:
                if (shared := self._choose(order, any_line=True)) is not None:
                    return shared
                self._changed.wait(pause)

    def _connect(self, opening: Opening, deadline: Deadline) -> Line:
        soon = deadline.within(self._settings.connect_timeout)
        try:
            return self._open_line(soon, opening, monotonic() >= self._untagged_until)
        except (Lost, RouterRefused) as error:
            # Who was silent may have had too little time; whoever waits has his own.
            if not (isinstance(error, Lost) and error.silent):
                opening.error = error
            raise


def _holding(lines: list[SharedLine], item: ItemId | None) -> list[SharedLine]:
    """Give the lines on which the id holds."""
    return [] if item is None else [s for s in lines if item.holds_on(s.line.birth)]


def _users(shared: SharedLine) -> int:
    return shared.users


def _nothing(_: SharedLine) -> int:
    return 0
