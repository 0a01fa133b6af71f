"""Finish what is due, on as many threads and machines as there are."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic

from flask import Flask
from sqlalchemy.exc import DBAPIError

from config import Settings
from portal.core.database import named, reason
from portal.core.logs import log
from portal.ports import allow_requests, settings
from portal.worker.dispatcher import (
    alerts_queue,
    away_queue,
    jobs_queue,
    money_queue,
    vouchers_queue,
)
from portal.worker.due_listener import EVERYBODY, DueListener
from portal.worker.housekeeping import Housekeeping
from portal.worker.lanes import Lane
from portal.worker.load import ProcessLoad
from portal.worker.turns import Queue

# For each thread, steps that may wait for a gateway or a router: that costs next to nothing.
WAITING_FOR_MONEY = 8
WAITING_FOR_JOBS = 16
WAITING_FOR_AWAY = 4
WAITING_FOR_ALERTS = 4
WAITING_FOR_VOUCHERS = 2
ASKING_ROUTERS = WAITING_FOR_MONEY + WAITING_FOR_JOBS + WAITING_FOR_AWAY
ADVICE = "see that the database answers, and run: flask db upgrade"

DOES = (
    "finishes what requests left: sales, refunds, accesses and webhooks; reads routers; searches "
    "the gateway; makes batches of codes; erases old personal data; sends alerts, and receipts "
    "where SMTP_HOST is set; never charges"
)


class Worker:
    """Work until told to stop, and then end the steps at hand.

    What comes round has a lane of its own, so that no sale ever waits for a router to be read, and
    what has to do with routers that are away another one; so has what is to be told, which may wait
    for anybody's server, and batches of codes, which rest between their steps.
    """

    def __init__(self, app: Flask, threads: int, pause: float) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._threads = threads
        self._name = f"{this_machine()}:{os.getpid()}:{secrets.token_hex(2)}"[-80:]
        self._listener = DueListener(self._name, pause, self._wake)
        load = ProcessLoad()

        def lane(queue: Queue, quick: int, waiting: int) -> Lane:
            return Lane(app, queue, quick, threads * waiting, self._listener, load)

        self._lanes = {
            "money": lane(money_queue(), threads, WAITING_FOR_MONEY),
            "jobs": lane(jobs_queue(), threads, WAITING_FOR_JOBS),
            "away": lane(away_queue(), threads, WAITING_FOR_AWAY),
            "vouchers": lane(vouchers_queue(), 1, WAITING_FOR_VOUCHERS),
            "alerts": lane(alerts_queue(), 1, WAITING_FOR_ALERTS),
        }
        with app.app_context():
            # Whoever is let in there has a place at its router, too: they are shared out already.
            allow_requests(threads * ASKING_ROUTERS)

    @property
    def hears(self) -> bool:
        """Tell whether it is told of what is due, and need not look all the time."""
        return self._listener.is_heard

    def stop(self) -> None:
        """Let `run` return as soon as the steps at hand are done."""
        self._stopping.set()
        for lane in self._lanes.values():
            lane.stop()
        self._listener.stop()

    def run(self) -> None:
        """Work in all lanes, and show that this worker lives; tell the log what it does."""
        begun = monotonic()
        self._tell_of_start()
        work: list[Callable[[], None]] = [
            partial(lane.run, _survive) for lane in self._lanes.values()
        ]
        threads = [threading.Thread(target=one) for one in (*work, self._listen)]
        for thread in threads:
            thread.start()
        self._keep_house()
        log().info("worker stopping", worker=self._name, under_way=self._count("under_way"))
        for thread in threads:
            thread.join()
        self._listener.close()
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
        return sum(getattr(lane, what) for lane in self._lanes.values())

    def _keep_house(self) -> None:
        housekeeping = Housekeeping(self._name, self._listener)
        with self._app.app_context():
            while not self._stopping.is_set():
                _survive(housekeeping.run)
                self._stopping.wait(settings().heartbeat_seconds)

    def _listen(self) -> None:
        with self._app.app_context():
            while not self._stopping.is_set():
                _survive(self._listener.listen)

    def _wake(self, name: str) -> None:
        """Wake the lane of this name, or all; whatever else is said concerns none."""
        for lane in self._lanes if name == EVERYBODY else {name} & self._lanes.keys():
            self._lanes[lane].wake()


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
