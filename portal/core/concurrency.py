"""Wait for two things at once."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

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
