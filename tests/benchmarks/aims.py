"""`python -m tests.benchmarks.aims --against CHECKOUT`: an older build beside this one, as ratios.

Both are served, set up and sold at in turn, in one go, on one PostgreSQL, at the same sandboxes
and by the same customers: only the application differs. Each figure is taken of the older one and
of this one right after each other, in alternating order, several times; what counts is the median
of these pairs' ratios.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from tests.benchmarks.catalogue import measure_catalogue
from tests.benchmarks.checkout import THIS, Checkout
from tests.benchmarks.comparison import HEAD, Aim, Found, Pairs, at_least, at_most, in_turn
from tests.benchmarks.deployment import POSTGRESQL, THREADS, WORKERS, Deployment
from tests.benchmarks.fleet import Fleet
from tests.benchmarks.machine import machine
from tests.benchmarks.measuring import RAMP_SECONDS, Figures, measure
from tests.benchmarks.sale import MOST_CONNECTIONS
from tests.benchmarks.scenario import ORDER_FIRST, Crowd, Scenario
from tests.benchmarks.tables import table
from tests.support.databases.postgres import Postgres
from tests.support.processes.memory import pss

ROUTERS = 8
MEMORY_WORKERS, MEMORY_THREADS = 4, 64
MEBIBYTE = 2**20
BY_HAND, AUTOMATIC = Crowd(16, ROUTERS, auto=False), Crowd(16, ROUTERS, auto=True)
ALONE, ALONE_AUTOMATIC = Crowd(1, 1, auto=False), Crowd(1, 1, auto=True)
AT_ONE_ROUTER = Crowd(64, 1, auto=True)


RATE = Aim("sales/s, 64 customers at one router, automatic", "≥ 2.2 ×", at_least(2.2))
APP_CPU = Aim("app CPU ms a sale, 16 at 8 routers, automatic", "≤ 0.55 ×", at_most(0.55))
CPU = Aim("app and database CPU ms a sale, 16 at 8 routers, by hand", "≤ 0.55 ×", at_most(0.55))
MEDIAN = Aim(
    "median ms of a sale, 16 at 8 routers, by hand",
    "30 ms less",
    lambda before, now, _ratio: before - now >= 30,
)
OVERHEAD = Aim("overhead ms of a lone sale, by hand", "≤ 0.50 ×", at_most(0.5))
OVERHEAD_AUTOMATIC = Aim("overhead ms of a lone sale, automatic", "≤ 0.50 ×", at_most(0.5))
CATALOGUE = Aim("catalogue requests/s", "≥ 2 ×", at_least(2.0), digits=0)
MEMORY = Aim(
    f"memory (PSS) MiB after load, {MEMORY_WORKERS} workers", "≤ 0.60 ×", at_most(0.6), digits=0
)


def main() -> None:
    """Measure both, and print the table."""
    options = _parser().parse_args()
    before = Checkout("before", options.against.resolve(), options.python)
    pairs = Pairs()
    with ExitStack() as stack:
        fleet = stack.enter_context(Fleet(ROUTERS))
        server = Postgres(durable=True, max_connections=MOST_CONNECTIONS)
        postgres = stack.enter_context(server)
        _sell(options, (before, THIS), fleet, postgres, pairs)
        for number in range(options.memory_pairs):
            for checkout in in_turn(number, (before, THIS)):
                _say(f"memory of {checkout.name}, {number + 1}")
                pairs.note(checkout.name, _memory(checkout, fleet, postgres, options.seconds))
    print(
        f"{machine()}; PostgreSQL, durable; gunicorn with {WORKERS} workers of {THREADS} threads, "
        f"for memory {MEMORY_WORKERS} of {MEMORY_THREADS}. Before: {before.folder.name}.\n"
    )
    print(table(HEAD, list(pairs.rows(before.name, THIS.name)), markdown=options.markdown))


def _sell(
    options: argparse.Namespace,
    checkouts: Sequence[Checkout],
    fleet: Fleet,
    postgres: Postgres,
    pairs: Pairs,
) -> None:
    """Take every figure of both but for memory."""
    with ExitStack() as stack:
        served = [
            stack.enter_context(
                Deployment(POSTGRESQL, ORDER_FIRST, fleet, postgres, checkout=checkout)
            )
            for checkout in checkouts
        ]
        for number in range(options.pairs):
            for take in TAKES:
                for deployment in in_turn(number, served):
                    _say(f"{take.__name__} of {deployment.checkout.name}, {number + 1}")
                    found = take(deployment, fleet, options.seconds)
                    pairs.note(deployment.checkout.name, found)


def _at_one_router(deployment: Deployment, fleet: Fleet, seconds: float) -> Found:
    yield RATE, _sold(deployment, fleet, AT_ONE_ROUTER, seconds).rate


def _automatic(deployment: Deployment, fleet: Fleet, seconds: float) -> Found:
    yield APP_CPU, _sold(deployment, fleet, AUTOMATIC, seconds).app_cpu * 1000


def _by_hand(deployment: Deployment, fleet: Fleet, seconds: float) -> Found:
    figures = _sold(deployment, fleet, BY_HAND, seconds)
    yield CPU, (figures.app_cpu + figures.database_cpu) * 1000
    yield MEDIAN, figures.median * 1000


def _alone(deployment: Deployment, fleet: Fleet, seconds: float) -> Found:
    yield OVERHEAD, _sold(deployment, fleet, ALONE, 2 * seconds).overhead * 1000


def _alone_automatic(deployment: Deployment, fleet: Fleet, seconds: float) -> Found:
    figures = _sold(deployment, fleet, ALONE_AUTOMATIC, 2 * seconds)
    yield OVERHEAD_AUTOMATIC, figures.overhead * 1000


def _catalogue(deployment: Deployment, fleet: Fleet, seconds: float) -> Found:
    yield CATALOGUE, measure_catalogue(deployment, fleet, seconds).rate


TAKES = (_at_one_router, _automatic, _by_hand, _alone, _alone_automatic, _catalogue)


def _memory(checkout: Checkout, fleet: Fleet, postgres: Postgres, seconds: float) -> Found:
    """After sales at every router and the catalogue, of the master and all workers."""
    with Deployment(
        *(POSTGRESQL, ORDER_FIRST, fleet, postgres),
        checkout=checkout,
        workers=MEMORY_WORKERS,
        threads=MEMORY_THREADS,
    ) as deployment:
        _sold(deployment, fleet, Crowd(64, ROUTERS, auto=True), seconds)
        measure_catalogue(deployment, fleet, seconds)
        yield MEMORY, pss(deployment.processes) / MEBIBYTE


def _sold(deployment: Deployment, fleet: Fleet, crowd: Crowd, seconds: float) -> Figures:
    fleet.furnish(chain.from_iterable(crowd.phones(RAMP_SECONDS + seconds)))
    scenario = Scenario(crowd, POSTGRESQL, ORDER_FIRST, users=0)
    figures = measure(scenario, deployment, fleet, seconds)
    if figures.failures:
        raise RuntimeError(f"{deployment.checkout.name}: {figures.complaint}")
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.aims", description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="a checkout to compare with")
    parser.add_argument("--python", default=sys.executable, help="what runs that one")
    parser.add_argument("--pairs", type=int, default=5, help="of each figure but memory")
    parser.add_argument("--memory-pairs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2.5, help="for each measurement")
    parser.add_argument("--markdown", action="store_true", help="a table for RESULTS.md")
    return parser


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
