"""Wait for several things at once."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

MOST_AT_ONCE = 16

A = TypeVar("A")
B = TypeVar("B")


def run_concurrently(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Run `first` in a thread of its own and `second` here; return both results.

    A thread of its own and not a pool's: in a shared pool one hanging router would keep
    the others waiting. What either raises is raised once both have ended.
    """
    results: list[A] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(first())
        except BaseException as error:  # noqa: BLE001 - handed on to the caller below
            failures.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True)
    thread.start()
    try:
        here = second()
    finally:
        thread.join()
    if failures:
        raise failures[0]
    return results[0], here


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
