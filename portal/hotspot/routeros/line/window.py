"""Find how many commands a router works on at a time, as TCP finds what a path carries."""

from __future__ import annotations

from math import inf
from threading import Lock

# Below so many seconds an answer says more about our own processor than about the router.
_QUICK = 0.005
_SLOWED_DOWN = 2.0
_LEAST, _NARROW = 2, 6
_WEIGHT = 0.2


class Window:
    """Bound the commands open on a router by how it answers: `size`, from `start` to `most`.

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
