"""Admit calls to a router: in their turn, and not at all while it is slow or keeps failing."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from math import inf
from secrets import SystemRandom
from threading import Lock
from time import monotonic
from typing import Self

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterBusy, RouterUnavailable
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.errors import OneTooMany

_JITTER = 0.2


class Breaker:
    """Ask nothing for `pause` seconds after `failures` calls in a row without an answer.

    Then one call is let through as a probe, and one more each pause until one is answered.
    An answer is anything the router says, a refusal too.
    """

    def __init__(self, failures: int, pause: float) -> None:
        self._limit = failures
        self._pause = pause
        self._failures = 0
        self._retry_at = self._cut_at = 0.0
        self._lock = Lock()

    def check(self) -> None:
        """Raise RouterUnavailable while the router is left alone."""
        if self._failures >= self._limit and monotonic() < self._retry_at:
            raise RouterUnavailable(messages.LEFT_ALONE, executed=False)

    def admit(self) -> None:
        """Do as `check`, and once the pause is over, take the one probe for this call."""
        if self._failures < self._limit:
            return
        with self._lock:
            self.check()
            self._retry_at = self._after_a_pause()

    def answered(self) -> None:
        """Note that the router said something: all is well."""
        self._failures = 0

    def unanswered(self) -> None:
        """Note that the router was silent."""
        with self._lock:
            self._count()

    def cut_off(self, began: float) -> None:
        """Note that the router was not reached, or cut the connection.

        Calls share connections: of those that had `began` before the last such moment, one counts.
        """
        with self._lock:
            if began < self._cut_at:
                return
            self._cut_at = monotonic()
            self._count()

    def _count(self) -> None:
        self._failures += 1
        if self._failures >= self._limit:
            self._retry_at = self._after_a_pause()

    def _after_a_pause(self) -> float:
        return monotonic() + self._pause * SystemRandom().uniform(1 - _JITTER, 1 + _JITTER)


class Call:
    """Hold a request's turn, until the block ends. `since`: how long the router owes a word.

    `gave_up` is set by a caller that waited for that word in vain; `sent_away`, by the bulkhead
    when it is one too many to go on waiting; `over`, when another may have its turn.
    """

    __slots__ = ("_bulkhead", "gave_up", "over", "sent_away", "since")

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.since = monotonic()
        self.gave_up = self.sent_away = self.over = False
        self._bulkhead = bulkhead

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.over:
            self._bulkhead.leave(self)

    def heard(self) -> None:
        """Begin the wait anew, since the router said something."""
        self.since = monotonic()

    def answered(self) -> None:
        """Let the next have its turn before this one's thread is awake."""
        self._bulkhead.leave(self)

    def waited(self) -> float:
        """Give seconds since the router last said something."""
        return monotonic() - self.since

    def patience(self, deadline: Deadline) -> float:
        """Give the seconds until it is time to ask this again.

        Raises TimeoutError at the deadline, and OneTooMany where the router is silent and
        enough others wait for it already.
        """
        left, patience = deadline.socket_timeout(), self._bulkhead.patience(self)
        return left if left < patience else patience


class _Place:
    """A place in line. Who waits there needs no lock of the bulkhead's to see that it is over."""

    __slots__ = ("call", "sent_away", "wake")

    def __init__(self) -> None:
        self.wake = Lock()
        self.wake.acquire()
        self.call: Call | None = None
        self.sent_away = False

    def rouse(self) -> None:
        """Let its thread look again."""
        if self.wake.locked():
            self.wake.release()


class Bulkhead:
    """Line up one router's calls, first come, first served: `slots` at a time, the others wait.

    A router is slow while its oldest call has been without an answer for `slow_after` seconds.
    It then holds at most `slow_requests`, calling and waiting together; whoever is beyond that
    is sent away that very moment, those already in line included, and those that call once they
    have waited as long themselves. So a router that hangs keeps few threads, and one that answers,
    however busy, lets everybody wait for their turn. `slots` is asked each time.
    """

    def __init__(self, slots: Callable[[], int], slow_after: float, slow_requests: int) -> None:
        self._slots = slots
        self._slow_after = slow_after
        self._slow_requests = slow_requests
        self._calling: list[Call] = []
        self._line: deque[_Place] = deque()
        self._silent_since = inf
        self._lock = Lock()

    def turn(self, deadline: Deadline) -> Call:
        """Wait for a turn and hold it. Raises RouterBusy: sent away, or no turn in time."""
        with self._lock:
            if self._is_slow() and self.held >= self._slow_requests:
                raise RouterBusy(messages.NOT_ANSWERING, executed=False)
            if not self._line and len(self._calling) < self._slots():
                return self._begin()
            place = _Place()
            self._line.append(place)
        try:
            return self._wait(place, deadline)
        except BaseException:
            with self._lock:
                self._forget(place)
            raise

    def admit(self) -> None:
        """Let in those in line for whom there are slots now."""
        with self._lock:
            self._let_in()

    @property
    def held(self) -> int:
        """Count those that call or wait."""
        return len(self._calling) + len(self._line)

    def patience(self, call: Call) -> float:
        """Give the seconds until this call has been silent for too long. Raises OneTooMany."""
        left = call.since + self._slow_after - monotonic()
        if left > 0:
            return left
        with self._lock:
            if call.over or self._calling.index(call) < self._slow_requests:
                return self._slow_after
        call.sent_away = True
        raise OneTooMany

    def _wait(self, place: _Place, deadline: Deadline) -> Call:
        while (call := place.call) is None:
            with self._lock:
                self._send_away()
                pause = self._until_slow()
            if place.sent_away:
                raise RouterBusy(messages.NOT_ANSWERING, executed=False)
            if deadline.passed:
                break
            place.wake.acquire(timeout=deadline.remaining(pause))
        if call is None or deadline.passed:
            raise RouterBusy(messages.LINE_TOO_LONG, executed=False)
        return call

    def _forget(self, place: _Place) -> None:
        if place.call is not None:
            self._end(place.call)
        elif not place.sent_away:
            self._line.remove(place)

    def leave(self, call: Call) -> None:
        """End a call's turn, unless it is over."""
        with self._lock:
            if call.over:
                return
            # Whoever follows a call that was given up inherits its silence; else each call that
            # times out would let a new crowd in for another `slow_after`.
            self._silent_since = min(self._silent_since, call.since) if call.gave_up else inf
            self._end(call)

    def _end(self, call: Call) -> None:
        call.over = True
        self._calling.remove(call)
        self._let_in()
        if not self._calling:
            self._silent_since = inf

    def _let_in(self) -> None:
        while self._line and len(self._calling) < self._slots():
            place = self._line.popleft()
            place.call = self._begin()
            place.rouse()

    def _begin(self) -> Call:
        call = Call(self)
        self._calling.append(call)
        return call

    def _slow_at(self) -> float:
        oldest = min((call.since for call in self._calling), default=inf)
        return min(oldest, self._silent_since) + self._slow_after

    def _is_slow(self) -> bool:
        return monotonic() >= self._slow_at()

    def _until_slow(self) -> float:
        left = self._slow_at() - monotonic()
        return left if left > 0 else inf

    def _send_away(self) -> None:
        """Take everybody out of line who is one too many; the last to come go first."""
        if not self._is_slow():
            return
        kept = max(self._slow_requests - len(self._calling), 0)
        while len(self._line) > kept:
            place = self._line.pop()
            place.sent_away = True
            place.rouse()


class FairShares:
    """Share a process's requests among those whose routers they ask.

    While fewer than `most` call or wait, anybody may. After that whoever holds his even part of
    them is sent away, so that one owner's routers, however many and however slow, leave room.
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self._held: Counter[str] = Counter()
        self._total = 0
        self._lock = Lock()

    def allow(self, most: float) -> None:
        """Let so many call or wait from now on before anybody has to share."""
        self._most = most

    def place(self, owner: str) -> Share:
        """Hold a place for the owner, until the block ends. Raises RouterBusy."""
        with self._lock:
            if self._total >= self._most and self._is_too_much(owner):
                raise RouterBusy(messages.LINE_TOO_LONG, executed=False)
            self._held[owner] += 1
            self._total += 1
        return Share(self, owner)

    def leave(self, owner: str) -> None:
        """Free one of the owner's places."""
        with self._lock:
            self._total -= 1
            self._held[owner] -= 1
            if not self._held[owner]:
                del self._held[owner]

    def _is_too_much(self, owner: str) -> bool:
        owners = len(self._held.keys() | {owner})
        return self._held[owner] * owners >= self._most


class Share:
    """Hold one place, until the block ends."""

    __slots__ = ("_owner", "_shares")

    def __init__(self, shares: FairShares, owner: str) -> None:
        self._shares = shares
        self._owner = owner

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._shares.leave(self._owner)
