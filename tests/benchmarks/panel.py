"""`python -m tests.benchmarks.panel`: how long the operator's pages take with a million sales.

One company on PostgreSQL, filled by SQL as years of trading would; its pages and its API are asked
for by a logged-in owner in this process, warm, and what each asks of the database is counted.
Filling takes some minutes.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from flask import Flask
from werkzeug.test import TestResponse

from tests.api.admin.caller import log_in
from tests.benchmarks.machine import machine
from tests.benchmarks.panel_data import CompanySize, make_company
from tests.benchmarks.tables import table
from tests.panel.client import panel_of
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.databases.queries import recorded_queries
from tests.support.filling.visits import api_visits, known_of, panel_visits
from tests.support.processes.guard import guard
from tests.support.shop import SECRETS, close_app, make_app
from tests.support.tenants import Tenant

TIMES = 9
HEAD = ("page", "median ms", "worst ms", "CPU ms", "queries", "KiB sent")
MEBIBYTE = 2**20
TABLES = ("/panel/ventas.csv", "/panel/historial.csv")


class Visitor(Protocol):
    """Whoever opens an address, logged in."""

    def get(self, path: str) -> TestResponse: ...


@dataclass(frozen=True)
class PageFigures:
    """What a page took, in seconds, and what it asked for and sent; `busy` is this process' CPU."""

    name: str
    median: float
    worst: float
    busy: float
    queries: int
    sent: int

    def row(self) -> tuple[str, ...]:
        """As the table shows it."""
        times = (f"{each * 1000:.0f}" for each in (self.median, self.worst, self.busy))
        return (self.name, *times, str(self.queries), f"{self.sent / 1024:.1f}")


def main() -> None:
    """Fill, measure, and print the tables."""
    options = _parser().parse_args()
    size = CompanySize(options.sales, options.routers, options.codes)
    with ExitStack() as stack:
        # As a server is set up, so that the indexes stay in memory.
        server = stack.enter_context(Postgres(durable=True))
        folder = guard().make_folder("portal-benchmark-")
        stack.callback(guard().remove_folder, folder)
        app = make_app(folder, copy_postgresql(server, SECRETS), log_level="ERROR")
        stack.callback(close_app, app)
        tenant = make_company(app, size)
        measured = [(name, list(figures)) for name, figures in _measured(app, tenant)]
        streamed = [_streamed(app, tenant, path) for path in TABLES]
    print(f"{size.sales:,} sales, {size.routers} routers, {size.codes:,} codes. {machine()}.")
    for name, figures in measured:
        rows = [one.row() for one in figures]
        print(f"\n{name}\n\n{table(HEAD, rows, markdown=options.markdown)}")
    print("\n" + "\n".join(streamed))


def _measured(app: Flask, tenant: Tenant) -> Iterator[tuple[str, Iterator[PageFigures]]]:
    known = known_of(app, tenant.company_id)
    owner = panel_of(app, tenant.company_id)
    # As a browser asks; it is what the pages are compressed for.
    owner.client.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip"
    yield "The panel's pages", _figures(app, owner, panel_visits(known))
    yield "The API", _figures(app, log_in(app, tenant.company_id), api_visits(known))


def _figures(
    app: Flask, visitor: Visitor, visits: Iterator[tuple[str, str]]
) -> Iterator[PageFigures]:
    for name, path in visits:
        yield _figure(app, visitor, name, path)


def _figure(app: Flask, visitor: Visitor, name: str, path: str) -> PageFigures:
    with recorded_queries(app) as statements:
        answer = visitor.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{name}: {answer.status} at {path}")
    took, busy = [], []
    for _ in range(TIMES):
        began, began_cpu = time.perf_counter(), time.process_time()
        visitor.get(path)
        took.append(time.perf_counter() - began)
        busy.append(time.process_time() - began_cpu)
    sent = len(answer.data)
    return PageFigures(name, median(took), max(took), median(busy), len(statements), sent)


def _streamed(app: Flask, tenant: Tenant, path: str) -> str:
    """Read all of a table, and tell how much memory that took at the most."""
    owner = panel_of(app, tenant.company_id)
    answer = owner.client.get(path, buffered=False)
    tracemalloc.start()
    lines, began = 0, time.perf_counter()
    for chunk in answer.response:
        lines += 1 if isinstance(chunk, str) else chunk.count(b"\n")
        if time.perf_counter() - began > 30:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answer.close()
    return f"{path}: {lines:,} lines read at {peak / MEBIBYTE:.1f} MiB at the most."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.panel", description=__doc__)
    parser.add_argument("--sales", type=int, default=1_000_000)
    parser.add_argument("--routers", type=int, default=200)
    parser.add_argument("--codes", type=int, default=50_000)
    parser.add_argument("--markdown", action="store_true", help="tables for RESULTS.md")
    return parser


if __name__ == "__main__":
    main()
