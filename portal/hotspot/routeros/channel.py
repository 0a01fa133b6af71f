"""Run commands on one router: turn, connection, command, and what to do when one of them fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from threading import Lock
from time import monotonic

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterBusy, RouterError, RouterRefused, RouterUnavailable
from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros.admission import Breaker, Bulkhead, Call, FairShares
from portal.hotspot.routeros.commands import Invocation
from portal.hotspot.routeros.connector import Opener
from portal.hotspot.routeros.errors import Lost, StaleId, Trap, refusal
from portal.hotspot.routeros.line.load import SharedLine, Window
from portal.hotspot.routeros.line.pool import LinePool
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.routeros.values import Generation, ItemId, Row

_log = logging.getLogger(__name__)

Observe = Callable[[str, float, str], None]
"""Told of each command: its path, the seconds it took, and `ok`, `refused`, `stale`, `busy` or
`unavailable`."""


_OUTCOMES: dict[type[Exception], str] = {
    Trap: "refused",
    RouterRefused: "refused",
    StaleId: "stale",
    RouterBusy: "busy",
}


@dataclass(frozen=True)
class Reply:
    """Hold the rows of a command's reply, and from when on its ids hold."""

    rows: list[Row]
    done: Row
    learnt: Generation

    def item(self, row: Row, key: str = ".id") -> ItemId:
        """Give the id in a row."""
        return ItemId(row.get(key, ""), self.learnt)


class Channel:
    """Run commands on one router. All threads of a process share it."""

    def __init__(
        self,
        address: RouterAddress,
        settings: RouterSettings,
        observe: Observe | None = None,
        shares: FairShares | None = None,
    ) -> None:
        self._settings = settings
        self._observe = observe or _unobserved
        self._owner = address.owner
        self._shares = shares or FairShares(settings.most_requests)
        self._window = Window(settings.slow_requests, settings.commands)
        self._gate = Bulkhead(self._slots, settings.slow_after, settings.slow_requests)
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_seconds)
        self._lock = Lock()
        self._youngest = Generation(token_hex(4), 0)
        self._opener = Opener(address, settings, self._birth)
        self.pool = LinePool(self._opener.open, settings, self._window.is_narrow)

    def is_idle(self) -> bool:
        """Tell whether no command runs or waits."""
        return self._gate.held == 0

    def ask(self, order: Invocation, deadline: Deadline) -> Reply:
        """Do as `run`, where no error of the router's own is expected: any raises RouterRefused."""
        try:
            return self.run(order, deadline)
        except Trap as trap:
            raise refusal(trap) from None

    def fingerprint(self, deadline: Deadline) -> str:
        """Read which certificate is shown, on a connection of its own. Raises RouterError.

        It stands in no line and counts for no breaker: no command is sent.
        """
        try:
            return self._opener.fingerprint(deadline.within(self._settings.connect_timeout))
        except Lost as lost:
            raise RouterUnavailable(lost.advice, executed=False) from None

    def run(self, order: Invocation, deadline: Deadline) -> Reply:
        """Send one command when its turn comes and read its reply.

        Raises Trap, StaleId (nothing was sent) and RouterError.
        """
        started = monotonic()
        outcome = "ok"
        try:
            return self._run(order, deadline)
        except (Trap, StaleId, RouterError) as error:
            outcome = _OUTCOMES.get(type(error), "unavailable")
            if isinstance(error, Trap):
                _log.info("router answered %s: %s", order.command.path, order.blank(error.message))
            raise
        finally:
            self._observe(order.command.path, monotonic() - started, outcome)

    def _run(self, order: Invocation, deadline: Deadline) -> Reply:
        self._breaker.check()
        with self._shares.place(self._owner), self._gate.turn(deadline) as call:
            self._breaker.admit()
            began = monotonic()
            try:
                reply = self._exchange(order, deadline, call)
            except Lost as lost:
                self._blame(lost, deadline, call, began)
                raise _unavailable(lost, order, call) from None
            except (Trap, StaleId, RouterRefused):
                self._breaker.answered()
                raise
            self._breaker.answered()
            return reply

    def _blame(self, lost: Lost, deadline: Deadline, call: Call, began: float) -> None:
        """Count a failure, unless the line took the time and the router had too little."""
        self._window.restart()
        call.gave_up = lost.silent
        enough = min(self._settings.slow_after, deadline.seconds / 2)
        if not lost.silent:
            self._breaker.cut_off(began)
        elif call.waited() >= enough and not call.sent_away:
            self._breaker.unanswered()

    def _exchange(self, order: Invocation, deadline: Deadline, call: Call) -> Reply:
        shared, is_new = self.pool.take(order, deadline, call)
        if is_new:
            # How many may call depends on what a line can do.
            self._gate.admit()
        try:
            return self._ask(shared, order, deadline, call)
        except Lost as lost:
            if is_new or lost.silent or (lost.sent and not order.command.read_only):
                raise
        # What cut one idle line has most likely cut the others too.
        self.pool.clear()
        shared, _ = self.pool.take(order, deadline, call)
        return self._ask(shared, order, deadline, call)

    def _ask(self, shared: SharedLine, order: Invocation, deadline: Deadline, call: Call) -> Reply:
        try:
            if order.item is not None and not order.item.holds_on(shared.line.birth):
                raise StaleId
            learnt = self._youngest
            answer = shared.line.ask(order.sentence, deadline, call, order.intake())
            shared.answered = True
        except Trap:
            shared.answered = True
            raise
        finally:
            self.pool.give_back(shared, order)
        if not order.is_long:
            path = order.command.path
            self._window.note(path, answer.sent_at, answer.answered_at, answer.beside)
        return Reply(answer.rows, answer.done, learnt)

    def _slots(self) -> int:
        """Give how many commands may be open, on all lines together."""
        return self._window.size if self.pool.is_tagged else self._settings.connections

    def _birth(self) -> Generation:
        with self._lock:
            self._youngest = Generation(self._youngest.era, self._youngest.count + 1)
            return self._youngest


def _unavailable(lost: Lost, order: Invocation, call: Call) -> RouterUnavailable:
    if not lost.sent or order.command.read_only:
        kind = RouterBusy if call.sent_away else RouterUnavailable
        return kind(lost.advice, executed=False)
    return RouterUnavailable(lost.advice, executed=None)


def _unobserved(command: str, seconds: float, outcome: str) -> None:
    """Nobody wants to know."""
