"""Kill processes, which come back, and halt others for a while; so with the database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from random import Random
from typing import Protocol

import psutil

from tests.chaos.deployment import SALE_LEASE, Deployment
from tests.chaos.scale import Scale
from tests.support.processes.process import Process

WEB, WORKER, SERVER = "web process", "worker", "web server whole"
HALT_SECONDS = (SALE_LEASE + 0.5, SALE_LEASE + 2.5)
VICTIMS = {WEB: 84, WORKER: 14, SERVER: 2}


class Killer:
    """Kills by id, and `counts` what; `halted` counts those that only stood still."""

    def __init__(self, deployment: Deployment, seed: int, scale: Scale) -> None:
        self._deployment, self._pause = deployment, scale.kill_pause
        self._chance = Random(f"{seed}:killer")
        self._starting: dict[Process, Future[Process]] = {}
        self._actions: dict[str, Callable[[ThreadPoolExecutor], bool]] = {
            WEB: self._kill_web_process,
            WORKER: lambda pool: self._kill(self._deployment.workers, pool),
            SERVER: lambda pool: self._kill(self._deployment.servers, pool),
        }
        self._halts, self._sales_per_kill = scale.halts, scale.sales_per_kill
        self.counts: Counter[str] = Counter()
        self.halted = 0

    @property
    def kills(self) -> int:
        """How many so far."""
        return sum(self.counts.values())

    def run(self, over: threading.Event, begun: Callable[[], int]) -> None:
        """Kill until it is `over`; whatever was killed runs again afterwards."""
        with ThreadPoolExecutor() as pool:
            while not over.wait(self._pause * self._chance.uniform(0.7, 1.3)):
                if begun() < self.kills * self._sales_per_kill:
                    continue
                victim = self._chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
                self.counts[victim] += self._actions[victim](pool)
                if self._chance.random() < self._halts:
                    pool.submit(self._halt, self._chance.uniform(*HALT_SECONDS), over)
        for start in self._starting.values():
            start.result()

    def _kill_web_process(self, _pool: ThreadPoolExecutor) -> bool:
        """gunicorn's own child, which it replaces."""
        with suppress(psutil.NoSuchProcess, IndexError):
            self._chance.choice(self._web_processes()).kill()
            return True
        return False

    def _halt(self, seconds: float, over: threading.Event) -> None:
        """Stop a process for longer than its leases last, and let it go on as if nothing was."""
        workers = [psutil.Process(worker.pid) for worker in self._running(self._deployment.workers)]
        with suppress(psutil.NoSuchProcess, IndexError):
            halted = self._chance.choice([*self._web_processes(), *workers])
            halted.suspend()
            self.halted += 1
            over.wait(seconds)
            halted.resume()

    def _web_processes(self) -> list[psutil.Process]:
        servers = self._running(self._deployment.servers)
        return [child for server in servers for child in server.family()[1:]]

    def _kill(self, processes: Sequence[Process], pool: ThreadPoolExecutor) -> bool:
        """One of these with all its children, and start it again."""
        running = self._running(processes)
        if not running:
            return False
        victim = self._chance.choice(running)
        victim.kill()
        self._starting[victim] = pool.submit(victim.start)
        return True

    def _running(self, processes: Sequence[Process]) -> list[Process]:
        starting = {process for process, start in self._starting.items() if not start.done()}
        return [process for process in processes if process not in starting]


class Part(Protocol):
    """What may be away for a while."""

    def kill(self) -> None:
        """End it as a crash would."""

    def start(self) -> None:
        """Start it again, and return once it answers."""


class Outages:
    """Kills a part `wanted` times, each time that a further share of the sales is begun.

    It is away for so many seconds at the least and at the most.
    """

    def __init__(
        self,
        part: Part | None,
        wanted: int,
        seed: str,
        sales: int,
        lasts: tuple[float, float] = (0.2, 1.5),
    ) -> None:
        self._part, self._lasts = part, lasts
        self._chance = Random(f"{seed}:outages")
        self._moments = [sales * (n + 1) // (wanted + 1) for n in range(wanted)]
        self.restarts = 0

    def run(self, over: threading.Event, begun: Callable[[], int]) -> None:
        """Kill and start again when the moments come, until it is `over`."""
        while self._part and self.restarts < len(self._moments) and not over.wait(0.25):
            if begun() >= self._moments[self.restarts]:
                self._part.kill()
                over.wait(self._chance.uniform(*self._lasts))
                self._part.start()
                self.restarts += 1
