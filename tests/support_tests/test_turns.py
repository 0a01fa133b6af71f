"""Prove that tests run side by side, and some alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Lock

from tests.support.turns import turn

WAIT = 10.0
OTHERS = 8


def test_others_run_side_by_side(tmp_path: Path) -> None:
    together = Barrier(OTHERS, timeout=WAIT)

    def other() -> None:
        with turn(tmp_path, alone=False):
            together.wait()

    with ThreadPoolExecutor(OTHERS) as threads:
        for done in [threads.submit(other) for _ in range(OTHERS)]:
            done.result()


def test_one_runs_alone_however_busy_it_is(tmp_path: Path) -> None:
    over, inside, lock = Event(), set[int](), Lock()

    def other(number: int) -> None:
        while not over.is_set():
            with turn(tmp_path, alone=False):
                with lock:
                    inside.add(number)
                with lock:
                    inside.discard(number)

    def lone() -> list[set[int]]:
        seen = []
        try:
            for _ in range(20):
                with turn(tmp_path, alone=True), lock:
                    seen.append(set(inside))
        finally:
            over.set()
        return seen

    with ThreadPoolExecutor(OTHERS + 1) as threads:
        for number in range(OTHERS):
            threads.submit(other, number)
        assert threads.submit(lone).result(WAIT) == [set()] * 20
