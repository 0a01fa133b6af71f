"""Finish what is due, on as many threads and machines as there are."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from time import monotonic

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from config import Settings
from portal.alerts.worker_absence import workers_are_back
from portal.core.database import named, reason, writing
from portal.core.logs import log
from portal.core.records import from_now
from portal.models import WorkerHeartbeat
from portal.ports import settings
from portal.worker.dispatcher import alerts_queue, jobs_queue, money_queue, vouchers_queue
from portal.worker.lanes import Lane
from portal.worker.schedule import plan_jobs

FORGOTTEN_AFTER = 86400.0
# For each thread, steps that may wait for a gateway or a router: that costs next to nothing.
WAITING_FOR_MONEY = 8
WAITING_FOR_JOBS = 4
WAITING_FOR_ALERTS = 4
WAITING_FOR_VOUCHERS = 2
ADVICE = "see that the database answers, and run: flask db upgrade"

DOES = (
    "finishes what requests left: sales, refunds, accesses and webhooks; reads routers; searches "
    "the gateway; makes batches of codes; erases old personal data; sends alerts, and receipts "
    "where SMTP_HOST is set; never charges"
)


class Worker:
    """Work until told to stop, and then end the steps at hand.

    What comes round has a lane of its own, so that no sale ever waits for a router to be read;
    so has what is to be told, which may wait for anybody's server, and batches of codes, which
    rest between their steps.
    """

    def __init__(self, app: Flask, threads: int, pause: float) -> None:
        self._app = app
        self._lanes = (
            Lane(app, money_queue(), threads, threads * WAITING_FOR_MONEY, pause),
            Lane(app, jobs_queue(), threads, threads * WAITING_FOR_JOBS, pause),
            Lane(app, vouchers_queue(), 1, threads * WAITING_FOR_VOUCHERS, pause),
            Lane(app, alerts_queue(), 1, threads * WAITING_FOR_ALERTS, pause),
        )
        self._stopping = threading.Event()
        self._threads = threads
        self._name = f"{this_machine()}:{os.getpid()}:{secrets.token_hex(2)}"[-80:]

    def stop(self) -> None:
        """Let `run` return as soon as the steps at hand are done."""
        self._stopping.set()
        for lane in self._lanes:
            lane.stop()

    def run(self) -> None:
        """Work in all lanes, and show that this worker lives; tell the log what it does."""
        begun = monotonic()
        self._tell_of_start()
        threads = [threading.Thread(target=lane.run, args=(_survive,)) for lane in self._lanes]
        for thread in threads:
            thread.start()
        self._keep_house()
        log().info("worker stopping", worker=self._name, under_way=self._count("under_way"))
        for thread in threads:
            thread.join()
        seconds = round(monotonic() - begun)
        log().info("worker stopped", worker=self._name, steps=self._count("done"), seconds=seconds)

    def _tell_of_start(self) -> None:
        numbers: Settings = self._app.extensions["settings"]
        log().info(
            "worker started",
            worker=self._name,
            does=DOES,
            database=named(numbers.database_url),
            threads=self._threads,
            receipts=bool(numbers.smtp_host),
        )

    def _count(self, what: str) -> int:
        return sum(getattr(lane, what) for lane in self._lanes)

    def _keep_house(self) -> None:
        with self._app.app_context():
            while not self._stopping.is_set():
                _survive(self._tend)
                self._stopping.wait(settings().heartbeat_seconds)

    def _tend(self) -> None:
        beat(self._name)
        workers_are_back()
        plan_jobs()


def _survive(action: Callable[[], object]) -> None:
    """Go on whatever it raises: a database comes back, a worker that is gone does not."""
    begun = monotonic()
    try:
        action()
    except Exception as error:  # noqa: BLE001 - the next pass must come
        seconds = round(monotonic() - begun, 1)
        why = {"reason": reason(error), "advice": ADVICE} if isinstance(error, DBAPIError) else {}
        log().error("worker pass failed", error=type(error).__name__, seconds=seconds, **why)


def this_machine() -> str:
    """Give the name by which a worker's machine is known among others."""
    return socket.gethostname()[:40]


def beat(name: str) -> None:
    """Show that a worker lives."""
    with writing() as session:
        session.merge(WorkerHeartbeat(name=name, at=from_now()))
        forgotten = WorkerHeartbeat.at < from_now(-FORGOTTEN_AFTER)
        session.execute(delete(WorkerHeartbeat).where(forgotten))
