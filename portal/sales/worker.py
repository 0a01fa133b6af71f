"""The worker: finishes what is due, on as many threads and machines as there are."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from time import monotonic

from flask import Flask
from sqlalchemy import delete

from portal.database import writing
from portal.logs import log
from portal.models import WorkerHeartbeat
from portal.models.clock import from_now
from portal.ports import settings
from portal.sales.jobs import plan_jobs
from portal.sales.passes import reconcile

FORGOTTEN_AFTER = 86400.0


class Worker:
    """Works until it is told to stop, and then ends the steps at hand."""

    def __init__(self, app: Flask, threads: int, pause: float) -> None:
        self._app, self._count, self._pause = app, threads, pause
        self._stopping = threading.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"[-80:]

    def stop(self) -> None:
        """Let `run` return as soon as the steps at hand are done."""
        self._stopping.set()

    def run(self) -> None:
        """Work in all threads, and show that this worker lives."""
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self._count)]
        for thread in threads:
            thread.start()
        self._keep_house()
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        self._again_and_again(lambda: self._pause, lambda: reconcile(self._stopping.is_set))

    def _keep_house(self) -> None:
        self._again_and_again(lambda: settings().heartbeat_seconds, self._tend)

    def _tend(self) -> None:
        beat(self._name)
        plan_jobs()

    def _again_and_again(self, pause: Callable[[], float], deed: Callable[[], object]) -> None:
        with self._app.app_context():
            while not self._stopping.is_set():
                _survive(deed)
                self._stopping.wait(pause())


def _survive(deed: Callable[[], object]) -> None:
    """A database that is away comes back; a worker that is gone does not."""
    begun = monotonic()
    try:
        deed()
    except Exception as error:  # noqa: BLE001 - the next pass must come
        seconds = round(monotonic() - begun, 1)
        log().error("worker pass failed", kind=type(error).__name__, seconds=seconds)


def beat(name: str) -> None:
    """Show that a worker lives."""
    with writing() as session:
        session.merge(WorkerHeartbeat(name=name, at=from_now()))
        forgotten = WorkerHeartbeat.at < from_now(-FORGOTTEN_AFTER)
        session.execute(delete(WorkerHeartbeat).where(forgotten))
