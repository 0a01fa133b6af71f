"""Wait for several things at once."""

from __future__ import annotations

import contextvars
import os
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

MOST_AT_ONCE = 16
IDLE_SECONDS = 30.0
HELPER = "helper"

A = TypeVar("A")
B = TypeVar("B")


def run_concurrently(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Run `first` in another thread and `second` here; return both results.

    That thread works for nobody else meanwhile: where several shared one, a router that hangs
    would keep the others waiting. What either raises is raised once both have ended.
    """
    beside = _Task(first)
    _helpers.take_on(beside)
    try:
        here = second()
    finally:
        beside.wait()
    if beside.failure is not None:
        raise beside.failure
    return beside.result, here


class _Task:
    """Hold something to do, and what came of it; it sees the context of who wants it done."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.result: Any = None
        self.failure: BaseException | None = None
        self._work, self._context = work, contextvars.copy_context()
        self._under_way = Lock()
        self._under_way.acquire()

    def run(self) -> None:
        try:
            self.result = self._context.run(self._work)
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            self.failure = error

    def end(self) -> None:
        self._under_way.release()

    def wait(self) -> None:
        self._under_way.acquire()


class _Helpers:
    """Keep threads for a while that have nothing to do: to start one costs more than to wake it.

    There are as many as work at the same time, so that nothing ever waits for a free one.
    """

    def __init__(self) -> None:
        self._idle: deque[SimpleQueue[_Task | None]] = deque()

    def take_on(self, task: _Task) -> None:
        """Have it done by a thread that is free, or a new one."""
        try:
            inbox = self._idle.pop()
        except IndexError:
            Thread(target=self._serve, args=(task,), name=HELPER, daemon=True).start()
        else:
            inbox.put(task)

    def dismiss(self) -> None:
        """Let those go that have nothing to do."""
        with suppress(IndexError):
            while True:
                self._idle.pop().put(None)

    def forget(self) -> None:
        """Know of none any more, in a process just forked off: its parent's did not come along."""
        self._idle.clear()

    def _serve(self, task: _Task | None) -> None:
        inbox: SimpleQueue[_Task | None] = SimpleQueue()
        while task is not None:
            task.run()
            # Free before whoever waits goes on, and may have something else to do.
            self._idle.append(inbox)
            task.end()
            # Nothing of what was done stays in memory meanwhile.
            task = None
            task = self._next(inbox)

    def _next(self, inbox: SimpleQueue[_Task | None]) -> _Task | None:
        """Wait for more to do; None where nothing came for a long time."""
        try:
            return inbox.get(timeout=IDLE_SECONDS)
        except Empty:
            pass
        try:
            self._idle.remove(inbox)
        except ValueError:
            # Somebody has just taken it, and is about to put something in.
            return inbox.get()
        return None


def dismiss_idle_threads() -> None:
    """Let go of the threads that are kept, as before a fork, which they would not outlive."""
    _helpers.dismiss()


_helpers = _Helpers()
os.register_at_fork(after_in_child=_helpers.forget)


def map_concurrently(ask: Callable[[A], B], things: Iterable[A]) -> list[B]:
    """Ask of each thing in threads of this call's own, 16 at once; give the answers in order.

    What one of them raises is raised once all have ended.
    """
    waiting = list(things)
    if not waiting:
        return []
    with ThreadPoolExecutor(min(len(waiting), MOST_AT_ONCE)) as threads:
        tasks = [threads.submit(contextvars.copy_context().run, ask, one) for one in waiting]
    return [task.result() for task in tasks]
