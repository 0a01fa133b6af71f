"""Processes end by SIGKILL and come back, one after the other; so does the database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

import psutil

from tests.storm.deployment import Deployment
from tests.storm.scale import Scale
from tests.support.postgres import Postgres

WEB, WORKER, SERVER = "web process", "worker", "web server whole"
VICTIMS = {WEB: 60, WORKER: 35, SERVER: 5}


class Killer:
    """Kills by id; `counts` says what."""

    def __init__(self, deployment: Deployment, seed: int, scale: Scale) -> None:
        self._deployment, self._scale = deployment, scale
        self._chance = Random(f"{seed}:killer")
        self._deeds: dict[str, Callable[[], None]] = {
            WEB: self._kill_web_process,
            WORKER: self._kill_worker,
            SERVER: self._kill_server,
        }
        self.counts: Counter[str] = Counter()

    @property
    def kills(self) -> int:
        """How many so far."""
        return sum(self.counts.values())

    def rage(self, stop: threading.Event) -> None:
        """Kill until `stop` is set; whatever was killed runs again afterwards."""
        pause = self._scale.kill_pause
        while not stop.wait(pause * self._chance.uniform(0.7, 1.3)):
            victim = self._chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
            self._deeds[victim]()
            self.counts[victim] += 1

    def _kill_web_process(self) -> None:
        """gunicorn's own child, which it replaces."""
        children = self._chance.choice(self._deployment.servers).family()[1:]
        if children:
            with suppress(psutil.NoSuchProcess):
                self._chance.choice(children).kill()

    def _kill_worker(self) -> None:
        worker = self._chance.choice(self._deployment.workers)
        worker.kill()
        worker.start()

    def _kill_server(self) -> None:
        server = self._chance.choice(self._deployment.servers)
        server.kill()
        server.start()


class Outages:
    """Kills the database each time that a further share of the sales is begun."""

    def __init__(self, postgres: Postgres | None, seed: int, scale: Scale) -> None:
        self._postgres = postgres
        self._chance = Random(f"{seed}:outages")
        wanted = scale.database_restarts
        self._moments = [scale.sales * (n + 1) // (wanted + 1) for n in range(wanted)]
        self.restarts = 0

    def rage(self, stop: threading.Event, begun: Callable[[], int]) -> None:
        """Kill and start again when the moments come, until `stop` is set."""
        while self._postgres and self.restarts < len(self._moments) and not stop.wait(0.05):
            if begun() >= self._moments[self.restarts]:
                self._postgres.kill()
                stop.wait(self._chance.uniform(0.2, 1.5))
                self._postgres.start()
                self.restarts += 1
