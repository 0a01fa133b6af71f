"""One storm from its first process to the comparison of the ledgers, and what it came to."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass

from tests.chaos.audit import Finding, compare
from tests.chaos.deployment import Deployment
from tests.chaos.environment import Place
from tests.chaos.false_answers import find_lies
from tests.chaos.ledgers import Ledgers
from tests.chaos.run import Storm
from tests.chaos.scale import Scale
from tests.chaos.stories import tell
from tests.support.postgres import Postgres


@dataclass(frozen=True)
class Aftermath:
    """What a storm came to; `seconds` from its first process to the last comparison.

    `settled`: everything came to its end in time. `restarts` are the database's. `stories`
    tell of the sales about which something was found, `output` is what the processes said.
    """

    scale: Scale
    seed: int
    database: str
    purchases: int
    ledgers: Ledgers
    findings: tuple[Finding, ...]
    faults: Counter[str]
    kills: Counter[str]
    halted: int
    restarts: int
    settled: bool
    seconds: float
    stories: str
    output: str


def rage(scale: Scale, seed: int, postgres: Postgres | None) -> Aftermath:
    """Let a storm rage on this server, or on SQLite without one, and compare the ledgers."""
    began = time.monotonic()
    url = postgres.create_database() if postgres else None
    with (
        Place(scale.routers, scale.customers) as place,
        Deployment(scale, place, url) as deployment,
    ):
        storm = Storm(scale, seed, place, deployment, postgres)
        _say(began, "open")
        storm.rage()
        _say(began, "over")
        settled = storm.settle()
        _say(began, "calm" if settled else "not calm")
        ledgers = storm.read_ledgers()
        lies = find_lies(storm.purchases.all, ledgers, storm.weather.undone)
        findings = [*compare(ledgers, scale.routers), *lies]
        stories = tell(deployment.app, findings, storm.purchases.all)
        output = deployment.output()
    return Aftermath(
        scale=scale,
        seed=seed,
        database="PostgreSQL" if postgres else "SQLite",
        purchases=storm.purchases.begun,
        ledgers=ledgers,
        findings=tuple(findings),
        faults=storm.weather.counts,
        kills=storm.killer.counts,
        halted=storm.killer.halted,
        restarts=storm.outages.restarts,
        settled=settled,
        seconds=time.monotonic() - began,
        stories=stories,
        output=output,
    )


def _say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:5.1f} s  {what}", file=sys.stderr, flush=True)
