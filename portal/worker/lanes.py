"""Run a lane of a worker: claim what is due, as much as fits, and do it in threads of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from flask import Flask

from portal.core.leases import Claim
from portal.worker.dispatcher import do_guarded
from portal.worker.due_listener import DueListener
from portal.worker.load import ProcessLoad
from portal.worker.places import SLOW_AFTER, Places
from portal.worker.turns import Queue, Step

Survive = Callable[[Callable[[], object]], None]

# What takes longer waits for somebody outside, as long as the processor has time for it.
WAITS_AFTER = 0.01
# Where much is due, places are waited for a little, so that a claim takes several at once.
GATHERING_SECONDS = 0.005


class Lane:
    """Work off one queue until told to stop, and then end the steps at hand.

    `quick` steps begin at a time, `most` are under way at a time. Where nothing is due, `listener`
    says how long there is to wait.
    """

    def __init__(
        self,
        app: Flask,
        queue: Queue,
        quick: int,
        most: int,
        listener: DueListener,
        load: ProcessLoad,
    ) -> None:
        self._app, self._queue, self._most, self._listener = app, queue, most, listener
        self._places = Places(
            quick, most, gives_way=lambda: SLOW_AFTER if load.is_busy() else WAITS_AFTER
        )
        self._stopping = Event()
        self._is_busy = False

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

    def wake(self) -> None:
        """Look at once for what is due: somebody says that something is."""
        self._places.wake()

    def run(self, survive: Survive) -> None:
        """Work on; `survive` calls what it is given and lets nothing that it raises out."""
        with ThreadPoolExecutor(self._most) as threads, self._app.app_context():
            while not self._stopping.is_set():
                survive(lambda: self._begin_next(threads))

    def _begin_next(self, threads: ThreadPoolExecutor) -> None:
        room = self._places.wait_for_room(self._listener.pause)
        if self._is_busy and not self._stopping.wait(GATHERING_SECONDS):
            room = self._places.wait_for_room(0.0)
        if not room or self._stopping.is_set():
            return
        seen = self._places.news
        try:
            taken = self._queue.take_some(room, barred=self._places.barred())
            self._is_busy = bool(taken)
            rest = 0.0 if taken else self._listener.rest(self._queue)
        except Exception:
            self._stopping.wait(self._listener.pause)
            raise
        for step, claim in taken:
            threads.submit(self._do, self._places.begin(claim.company_id), step, claim)
        if rest and not self._stopping.is_set():
            self._places.wait_for_change(rest, seen)

    def _do(self, place: int, step: Step, claim: Claim) -> None:
        try:
            with self._app.app_context():
                do_guarded(step, claim)
        finally:
            self._places.end(place)
