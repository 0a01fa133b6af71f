"""Carry one scenario out and count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

import psutil

from tests.benchmarks.deployment import WORKERS, Deployment
from tests.benchmarks.fleet import Device, Fleet, Traffic
from tests.benchmarks.load import Answer, Outcome, Plan, carry_out
from tests.benchmarks.scenario import Crowd, Scenario
from tests.benchmarks.usage import Usage

PAID, ONLINE = '"paid"', '"conectado"'
RAMP_SECONDS = 0.6
# Numbers of phones that no customer has.
STRANGERS = 1 << 15
# As many customers a router as open all connections that the workers keep to it.
WARMING = 4 * WORKERS


@dataclass(frozen=True)
class Figures:
    """What a scenario came to. Times and CPU in seconds, the rest a sale unless it says else."""

    scenario: Scenario
    sales: int
    failures: int
    complaint: str
    median: float
    p95: float
    overhead: float
    rate: float
    app_cpu: float
    database_cpu: float
    around_cpu: float
    commands: float
    connections: float
    bytes: float
    calls: float
    others: float
    """Cores that were busy with what is none of ours."""


def measure(scenario: Scenario, deployment: Deployment, fleet: Fleet, seconds: float) -> Figures:
    """Let the crowd buy for so many seconds."""
    crowd = scenario.crowd
    _warm(crowd, deployment)
    fleet.reset_counters()
    ramp = RAMP_SECONDS if crowd.customers > 1 else 0.0
    requests = [
        [deployment.sale(phone, auto=crowd.auto) for phone in phones]
        for phones in crowd.phones(ramp + seconds)
    ]
    expected = ONLINE if crowd.auto else PAID
    # Each sale is somebody else's phone, so it comes on a connection of its own.
    plan = Plan(deployment.port, requests, expected, ramp, seconds, keep_alive=False)
    usage = watch(deployment, fleet)
    outcome = carry_out(plan)
    return _figures(scenario, plan, outcome, usage.so_far(), fleet.traffic())


def watch(deployment: Deployment, fleet: Fleet) -> Usage:
    """Look at who uses the CPU from now on."""
    return Usage(
        {
            "app": lambda: deployment.processes,
            "database": lambda: deployment.database_processes,
            "sandboxes": lambda: fleet.processes,
            "benchmark": lambda: [psutil.Process()],
        }
    )


def _warm(crowd: Crowd, deployment: Deployment) -> None:
    """Sell once to strangers, so that connections stand and caches are filled."""
    count = max(crowd.customers, WARMING * crowd.routers)
    strangers = [Device(STRANGERS + n, n % crowd.routers) for n in range(count)]
    requests = [[deployment.sale(device, auto=False)] for device in strangers]
    outcome = carry_out(Plan(deployment.port, requests, PAID, times=1, keep_alive=False))
    if outcome.complaint:
        raise RuntimeError(f"a first sale failed: {outcome.complaint}")


def _figures(
    scenario: Scenario, plan: Plan, outcome: Outcome, cpu: dict[str, float], traffic: Traffic
) -> Figures:
    answers = outcome.answers
    sales = len(answers)
    # Where nobody bought twice in the time, the first sales are all there is.
    counted = [answer for answer in answers if answer.began >= plan.ramp] or answers
    whole = [answer.ended - answer.began for answer in counted]
    middle = median(whole)
    commands = round((traffic.commands - traffic.connections) / sales)
    ours = sum(cpu[name] for name in cpu if name != "machine")
    lasted = max(answer.ended for answer in answers)
    return Figures(
        scenario=scenario,
        sales=sales,
        failures=sum(not answer.good for answer in answers),
        complaint=outcome.complaint,
        median=middle,
        p95=quantiles(whole, n=20, method="inclusive")[-1] if len(whole) > 1 else middle,
        overhead=middle - scenario.least(commands),
        rate=rate(answers, plan.ramp, plan.ramp + plan.seconds),
        app_cpu=cpu["app"] / sales,
        database_cpu=cpu["database"] / sales,
        around_cpu=(cpu["sandboxes"] + outcome.cpu) / sales,
        commands=traffic.commands / sales,
        connections=traffic.connections / sales,
        bytes=traffic.bytes / sales,
        calls=sum(traffic.calls.values()) / sales,
        others=max(0.0, cpu["machine"] - ours) / lasted,
    )


def rate(answers: Sequence[Answer], start: float, end: float) -> float:
    """Answers a second, from the first to the last that came between these moments."""
    came = sorted(answer.ended for answer in answers if start <= answer.ended <= end)
    return (len(came) - 1) / (came[-1] - came[0]) if len(came) > 1 else 0.0
