"""Run chaos from its first process to the comparison of the ledgers, and what it came to."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.audit import compare
from tests.chaos.deployment import Deployment
from tests.chaos.environment import ChaosEnvironment
from tests.chaos.false_answers import find_false_answers
from tests.chaos.radius.ledger import find_other_ends, find_unaccounted, read_offers
from tests.chaos.radius.logins import Wait, find_refused
from tests.chaos.run import ChaosRun
from tests.chaos.scale import Scale
from tests.chaos.settling import count_passes
from tests.chaos.stories import tell
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.ledgers import Finding, Ledgers
from tests.support.secrets import SECRETS
from tests.support.tills import CONEKTA


@dataclass(frozen=True)
class Aftermath:
    """What a chaos run came to; `seconds` from its first process to the last comparison.

    `turned` counts those who paid at the other gateway since the preferred one took nothing.
    `unsettled` names what did not come to its end in time. `restarts` are the database's. `waits`
    are the logins by RADIUS of those whose money stayed, `logins` counts all that succeeded.
    `paid_outside` counts what those did who were told how to pay later and elsewhere, `passes`
    those that were given to pay with.
    `stories` tell of the sales about which something was found, `output` is what the processes
    said.
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
    radius_restarts: int
    turned: int
    waits: tuple[Wait, ...]
    logins: int
    unsettled: tuple[str, ...]
    paid_outside: Counter[str]
    passes: int
    seconds: float
    stories: str
    output: str


def run(scale: Scale, seed: int, postgres: Postgres | None) -> Aftermath:
    """Let chaos reign on this server, or on SQLite without one, and compare the ledgers."""
    began = time.monotonic()
    url = copy_postgresql(postgres, SECRETS) if postgres else None
    with (
        ChaosEnvironment(scale.routers, scale.customers) as environment,
        Deployment(scale, environment, url, seed) as deployment,
    ):
        chaos = ChaosRun(scale, seed, environment, deployment, postgres)
        _say(began, "open")
        unsettled = _survived(chaos.run)
        _say(began, "over")
        unsettled += _survived(chaos.settle)
        _say(began, f"not calm: {', '.join(unsettled)}" if unsettled else "calm")
        ledgers = chaos.read_ledgers()
        false_answers = find_false_answers(chaos.purchases.all, ledgers, chaos.fault_plan.undone)
        findings = [*compare(ledgers, deployment.router_ids), *false_answers]
        findings += _by_radius(chaos, deployment, ledgers)
        bought = chaos.purchases.all
        stories = tell(deployment.app, findings, chaos.purchases.all)
        passes = count_passes(deployment.app)
        output = deployment.output()
    return Aftermath(
        scale=scale,
        seed=seed,
        database="PostgreSQL" if postgres else "SQLite",
        purchases=chaos.purchases.begun,
        ledgers=ledgers,
        findings=tuple(findings),
        faults=chaos.fault_plan.counts + chaos.losses.counts,
        turned=sum(p.scenario.gateway != CONEKTA and p.is_refused_for_now for p in bought),
        kills=chaos.killer.counts,
        halted=chaos.killer.halted,
        restarts=chaos.outages.restarts,
        radius_restarts=chaos.radius_outages.restarts,
        logins=chaos.logins.let_in,
        waits=tuple(w for w in chaos.logins.waits if w.email not in chaos.fault_plan.undone),
        unsettled=tuple(unsettled),
        paid_outside=Counter(p.paid_outside.value for p in bought if p.paid_outside is not None),
        passes=passes,
        seconds=time.monotonic() - began,
        stories=stories,
        output=output,
    )


def _survived(step: Callable[[], list[str]]) -> list[str]:
    """What a step has left over; the ledgers are compared whatever broke, as far as it came."""
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - a run ends with its table
        return [f"{error!r} in the run itself"]


def _by_radius(chaos: ChaosRun, deployment: Deployment, ledgers: Ledgers) -> Iterator[Finding]:
    if deployment.radius is not None:
        yield from find_other_ends(read_offers(deployment.app), ledgers)
        yield from find_unaccounted(deployment.app, deployment.asking)
        waits, undone = chaos.logins.waits, chaos.fault_plan.undone
        yield from find_refused(waits, ledgers, undone, deployment.scale.let_in_within)


def _say(began: float, what: str) -> None:
    print(f"{time.monotonic() - began:5.1f} s  {what}", file=sys.stderr, flush=True)
