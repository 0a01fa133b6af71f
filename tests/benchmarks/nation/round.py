"""Watch a worker read every router of a country, while customers pay."""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psutil

from tests.benchmarks.nation.stage import Stage
from tests.benchmarks.usage import Usage
from tests.support.databases.admin import fetch
from tests.support.processes.family import family
from tests.support.processes.memory import pss
from tests.support.processes.process import Process

LOOK_SECONDS = 0.25
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): ")


@dataclass(frozen=True)
class Round:
    """What came of it. `cpu` in seconds and `memory` in bytes, by whose; `waited` in seconds.

    `read` routers were read, some of them several times: `reads` in all. `statements` were
    counted of each router read, in a while of its own.
    """

    seconds: float
    read: int
    reads: int
    commands: int
    transactions: int
    cpu: Mapping[str, float]
    memory: Mapping[str, int]
    paid: int
    waited: tuple[float, ...]
    statements: float | None

    @property
    def rate(self) -> float:
        """How many routers were read for the first time, a second."""
        return self.read / self.seconds


def watch(stage: Stage, options: argparse.Namespace, say: Callable[[str], None]) -> Round:
    """Start the worker, and look until every router was read or the limit is over."""
    stage.let_all_be_due()
    wanted = sum(1 for _ in stage.country.answering())
    transactions = _transactions(stage)
    with stage.worker() as worker:
        usage = Usage(_groups(stage, worker))
        began = time.monotonic()
        while (seconds := time.monotonic() - began) < options.limit:
            counted = stage.counted()
            if counted["read"] >= wanted:
                break
            if len(stage.customers.paid_at) * options.pace <= seconds:
                stage.customers.pay()
            time.sleep(LOOK_SECONDS)
        cpu, memory = usage.so_far(), _memory(stage, worker)
        # The machine has other work than ours.
        del cpu["machine"]
        done = _transactions(stage) - transactions
        _let_customers_in(stage, began + options.limit)
        # It would wait for routers that say nothing.
        worker.kill()
    say(f"{counted['read']:,} routers read in {seconds:.0f} s")
    return Round(
        seconds=seconds,
        read=counted["read"],
        reads=counted["reads"],
        commands=counted["commands"],
        transactions=done,
        cpu=cpu,
        memory=memory,
        paid=len(stage.customers.paid_at),
        waited=tuple(stage.customers.waited(stage.database_url)),
        statements=_statements(stage, options.counted) if options.counted else None,
    )


def _groups(stage: Stage, worker: Process) -> dict[str, Callable[[], list[psutil.Process]]]:
    return {
        "worker": worker.family,
        "web processes": stage.web.family,
        "PostgreSQL": lambda: family(stage.postgres.pid),
        "simulated routers": stage.routers.family,
        "simulated gateway": stage.gateway.family,
    }


def _memory(stage: Stage, worker: Process) -> dict[str, int]:
    master, *web = stage.web.family()
    return {
        "worker": pss(worker.family()),
        "gunicorn's master": pss([master]),
        f"{len(web)} web processes": pss(web),
        "PostgreSQL": pss(family(stage.postgres.pid)),
    }


def _let_customers_in(stage: Stage, until: float) -> None:
    """Wait for those who have paid, so that each is told of as long as it took."""
    paid = len(stage.customers.paid_at)
    while time.monotonic() < until:
        if sum(1 for _ in stage.customers.waited(stage.database_url)) == paid:
            return
        time.sleep(LOOK_SECONDS)


def _transactions(stage: Stage) -> int:
    query = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s"
    name = stage.database_url.rpartition("/")[2]
    [(done,)] = fetch(stage.postgres.admin_url, query, name)
    return int(done)


def _statements(stage: Stage, seconds: float) -> float:
    """Count a worker's statements for a while, in which it is slower for being written down."""
    stage.let_all_be_due()
    before = stage.counted()["reads"]
    with stage.postgres.log.open(errors="replace") as said, stage.worker(counting=True) as worker:
        worker.wait_until(lambda: stage.counted()["reads"] > before, "a router that was read")
        before = stage.counted()["reads"]
        said.seek(0, os.SEEK_END)
        time.sleep(seconds)
        reads = stage.counted()["reads"] - before
        worker.kill()
        return len(STATEMENT.findall(said.read())) / max(1, reads)
