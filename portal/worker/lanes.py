"""Run a lane of a worker: claim what is due, one by one, and do it in threads of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from flask import Flask

from portal.core.leases import Claim
from portal.worker.dispatcher import do_guarded
from portal.worker.places import Places
from portal.worker.turns import Queue, Step

Survive = Callable[[Callable[[], object]], None]


class Lane:
    """Work off one queue until told to stop, and then end the steps at hand.

    `quick` steps begin at a time, `most` are under way at a time; `pause` is how many seconds
    it waits where nothing is due.
    """

    def __init__(self, app: Flask, queue: Queue, quick: int, most: int, pause: float) -> None:
        self._app, self._queue, self._most, self._pause = app, queue, most, pause
        self._places = Places(quick, most)
        self._stopping = Event()

    @property
    def under_way(self) -> int:
        """Count the steps that are being done at this moment."""
        return self._places.taken

    @property
    def done(self) -> int:
        """Count the steps that have ended since the start."""
        return self._places.ended

    def stop(self) -> None:
        """Let `run` return as soon as the steps at hand are done."""
        self._stopping.set()
        self._places.wake()

    def run(self, survive: Survive) -> None:
        """Work on; `survive` calls what it is given and lets nothing that it raises out."""
        with ThreadPoolExecutor(self._most) as threads, self._app.app_context():
            while not self._stopping.is_set():
                survive(lambda: self._begin_next(threads))

    def _begin_next(self, threads: ThreadPoolExecutor) -> None:
        if not self._places.wait_for_room(self._pause) or self._stopping.is_set():
            return
        try:
            taken = self._queue.take(barred=self._places.barred())
        except Exception:
            self._stopping.wait(self._pause)
            raise
        if taken is None:
            self._wait()
            return
        place = self._places.begin(taken[1].company_id)
        threads.submit(self._do, place, *taken)

    def _wait(self) -> None:
        if not self._stopping.is_set():
            self._places.wait_for_change(self._pause)

    def _do(self, place: int, step: Step, claim: Claim) -> None:
        try:
            with self._app.app_context():
                do_guarded(step, claim)
        finally:
            self._places.end(place)
