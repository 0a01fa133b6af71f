"""`python -m tests.benchmarks.sale`: what a sale costs, measured from outside.

The application is served by gunicorn, its router and gateway are sandboxes with set delays, all
as processes of their own on this machine, whose cores they share with the customers. Nothing of
the application is changed or looked into while it is measured.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, product

from tests.benchmarks.catalogue import CatalogueFigures, measure_catalogue
from tests.benchmarks.deployment import POSTGRESQL, SQLITE, THREADS, WORKERS, Deployment
from tests.benchmarks.fleet import (
    AUTHORISATION_SECONDS,
    CALL_SECONDS,
    ROUTER_SECONDS,
    Fleet,
)
from tests.benchmarks.machine import machine
from tests.benchmarks.measuring import RAMP_SECONDS, Figures, measure
from tests.benchmarks.queries import Queries, count_queries
from tests.benchmarks.report import report
from tests.benchmarks.scenario import ORDER_FIRST, Matrix, Scenario
from tests.support.databases.postgres import Postgres
from tests.support.processes.guard import guard

MOST_CONNECTIONS = 400


def main() -> None:
    """Measure, and print the tables."""
    options = _parser().parse_args()
    matrix = _matrix(options)
    started = time.monotonic()
    with ExitStack() as stack:
        fleet = stack.enter_context(Fleet(matrix.routers))
        postgres = None
        if POSTGRESQL in matrix.databases:
            server = Postgres(durable=True, max_connections=MOST_CONNECTIONS)
            postgres = stack.enter_context(server)
        deployments = [
            stack.enter_context(Deployment(database, charge, fleet, postgres))
            for charge in matrix.charges
            for database in matrix.databases
        ]
        sales = list(_sales(matrix, deployments, fleet))
        catalogues = list(_catalogues(matrix, deployments, fleet))
    queries = _queries(matrix)
    _say(f"{time.monotonic() - started:.0f} s")
    print(_head())
    for section in report(sales, catalogues, queries, markdown=options.markdown):
        print(f"\n{section}")
    if any(figures.failures for figures in (*sales, *catalogues)):
        sys.exit("Some requests failed.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sale", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the few that matter most")
    parser.add_argument("--database", choices=(SQLITE, POSTGRESQL), help="only this one")
    parser.add_argument("--customers", type=_numbers, help="at once, as 1,16,64")
    parser.add_argument("--routers", type=int, default=8, help="over which a crowd spreads")
    parser.add_argument("--seconds", type=float, help="for each measurement")
    parser.add_argument("--markdown", action="store_true", help="tables for RESULTS.md")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _matrix(options: argparse.Namespace) -> Matrix:
    quick = {"charges": (ORDER_FIRST,), "users": (0,), "customers": (1, 64), "together": False}
    chosen = {
        "databases": options.database and (options.database,),
        "customers": options.customers,
        "routers": options.routers,
        "alone_seconds": options.seconds,
        "crowd_seconds": options.seconds,
    }
    given = {name: value for name, value in chosen.items() if value}
    return Matrix(**(quick if options.quick else {}) | given)


def _sales(matrix: Matrix, deployments: Sequence[Deployment], fleet: Fleet) -> Iterator[Figures]:
    """What is compared is measured one right after the other."""
    for crowd in matrix.crowds():
        seconds = matrix.seconds(crowd)
        for users, deployment in product(matrix.users, deployments):
            fleet.furnish(chain.from_iterable(crowd.phones(RAMP_SECONDS + seconds)))
            if users:
                fleet.fill(crowd.routers, users)
            scenario = Scenario(crowd, deployment.database, deployment.charge, users)
            _say(str(scenario))
            yield measure(scenario, deployment, fleet, seconds)


def _catalogues(
    matrix: Matrix, deployments: Sequence[Deployment], fleet: Fleet
) -> Iterator[CatalogueFigures]:
    for deployment in deployments:
        if deployment.charge == matrix.charges[0]:
            _say(f"catalogue on {deployment.database}")
            yield measure_catalogue(deployment, fleet, matrix.crowd_seconds)


def _queries(matrix: Matrix) -> list[Queries]:
    """On PostgreSQL, where it is measured: there each statement of a sale is a round trip."""
    with ExitStack() as stack:
        folder = guard().make_folder("portal-benchmark-")
        stack.callback(guard().remove_folder, folder)
        if POSTGRESQL not in matrix.databases:
            return count_queries(folder, None)
        return count_queries(folder, stack.enter_context(Postgres()).create_database())


def _head() -> str:
    return (
        f"{machine()}; gunicorn with {WORKERS} workers of {THREADS} threads; both databases "
        f"durable. Sandboxes: router {ROUTER_SECONDS * 1000:.0f} ms a reply, gateway "
        f"{CALL_SECONDS * 1000:.0f} ms a call and {AUTHORISATION_SECONDS * 1000:.0f} ms more "
        "for a charge; they and the customers share the cores."
    )


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
