"""Know what lines carry: who uses one, and how many commands their router works on at a time."""

from __future__ import annotations

from math import inf
from threading import Lock
from time import monotonic

from portal.hotspot.routeros.commands import Invocation
from portal.hotspot.routeros.line.line import Line

# Below so many seconds an answer says more about our own processor than about the router.
_QUICK = 0.005
_SLOWED_DOWN = 2.0
_LEAST, _NARROW = 2, 6
_WEIGHT = 0.2


class SharedLine:
    """Count who uses a line. The pool's lock guards it.

    `long` are the long answers among its open commands; `answered`: whether any command was;
    `retired`: it takes no more commands, and ends with those that it has; `listened_to`: somebody
    waits for a sign of life there, so that nobody else may read.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self.users = self.long = 0
        self.idle_since = monotonic()
        self.answered = self.retired = self.listened_to = False

    def begin(self, order: Invocation) -> None:
        """Count one more user."""
        self.users += 1
        self.long += order.is_long

    def finish(self, order: Invocation) -> None:
        """Count one less."""
        self.users -= 1
        self.long -= order.is_long
        self.idle_since = monotonic()

    def refresh(self, idle_seconds: float, patience: float) -> None:
        """Take in what came unasked, and hang up what is of no use any more."""
        if not self.users:
            self.line.look()
        self.retired |= self.line.owes() > patience
        if not self.users and (self.retired or self.is_old(idle_seconds)):
            self.line.close()

    def is_old(self, idle_seconds: float) -> bool:
        """Tell whether nobody has used it for so long."""
        return not self.users and monotonic() - self.idle_since >= idle_seconds

    def is_free(self) -> bool:
        """Tell whether one more command may be sent."""
        is_open = not (self.retired or self.listened_to)
        return is_open and (self.line.tagged or not self.users)


class Window:
    """Bound the commands open on a router by how it answers: `size`, from `start` to `most`.

    So TCP finds what a path carries.

    RouterOS documents neither whether commands run side by side nor how many may be open. A router
    that works on them one after another answers n times as late where n are open, and nothing is
    gained by sending the next before the last is done. So after each round the quickest answer is
    laid beside the quickest ever to that command: the window grows while it took less than twice
    as long (doubled until it had to shrink for the first time), and shrinks in proportion else.
    """

    def __init__(self, start: int, most: int) -> None:
        self._start = min(start, most)
        self._most = most
        self._quickest: dict[str, float] = {}
        self._lock = Lock()
        self.restart()

    def restart(self) -> None:
        """Begin anew, after an answer that did not come."""
        with self._lock:
            self.size = self._start
            self._doubles = True
            self._round_began = 0.0
            self._slowdown, self._used = inf, 0

    def is_narrow(self) -> bool:
        """Tell whether the router seems to work on hardly more than one command at a time."""
        return not self._doubles and self.size <= _NARROW

    def note(self, command: str, sent_at: float, answered_at: float, beside: int) -> None:
        """Learn from an answer to this command, sent when so many were open, itself included."""
        took = max(answered_at - sent_at, _QUICK)
        with self._lock:
            self._slowdown = min(self._slowdown, took / self._best(command, took, beside))
            self._used = max(self._used, beside)
            # What was sent since the round began shows what its size leads to.
            if sent_at >= self._round_began:
                self._adjust()
                self._round_began = answered_at

    def _best(self, command: str, took: float, beside: int) -> float:
        best = self._quickest.get(command, inf)
        if took < best:
            best = took
        elif beside == 1:
            # Only an answer that nothing else can have delayed says that the router has changed.
            best += (took - best) * _WEIGHT
        self._quickest[command] = best
        return best

    def _adjust(self) -> None:
        if self._slowdown > _SLOWED_DOWN:
            self._doubles = False
            self.size = max(min(_LEAST, self._most), int(self.size * _SLOWED_DOWN / self._slowdown))
        elif self._used >= self.size:
            self.size = min(self._most, self.size * 2 if self._doubles else self.size + 1)
        self._slowdown, self._used = inf, 0
