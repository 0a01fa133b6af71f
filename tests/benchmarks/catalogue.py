"""Count how many times a second the catalogue is answered."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.deployment import Deployment
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.load import Plan, carry_out
from tests.benchmarks.measuring import rate, watch

CUSTOMERS = 16
WARMING_SECONDS = 0.3
EXPECTED = '"20.00"'


@dataclass(frozen=True)
class CatalogueFigures:
    """Requests a second, and CPU seconds a request."""

    database: str
    rate: float
    failures: int
    app_cpu: float
    load_cpu: float


def measure_catalogue(deployment: Deployment, fleet: Fleet, seconds: float) -> CatalogueFigures:
    """Ask for every router's catalogue, again and again, on connections that are kept alive."""
    requests = [[deployment.catalogue(n % len(fleet.routers))] for n in range(CUSTOMERS)]
    usage = watch(deployment, fleet)
    outcome = carry_out(Plan(deployment.port, requests, EXPECTED, WARMING_SECONDS, seconds))
    count = len(outcome.answers)
    return CatalogueFigures(
        database=deployment.database,
        rate=rate(outcome.answers, WARMING_SECONDS, WARMING_SECONDS + seconds),
        failures=sum(not answer.good for answer in outcome.answers),
        app_cpu=usage.so_far()["app"] / count,
        load_cpu=outcome.cpu / count,
    )
