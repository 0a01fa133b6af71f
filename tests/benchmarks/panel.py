"""`python -m tests.benchmarks.panel`: how long the operator's pages take with a million sales.

One company on PostgreSQL, filled by SQL as years of trading would; its pages are opened by a
logged-in owner in this process, warm, and what each asks of the database is counted. Filling takes
some minutes.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from portal.core.database import reading
from portal.models import Plan, Router, Sale
from tests.benchmarks.machine import machine
from tests.benchmarks.panel_data import Size, fill
from tests.benchmarks.tables import table
from tests.panel.client import PanelClient, panel_of
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.databases.queries import recorded_queries
from tests.support.processes.guard import guard
from tests.support.shop import SECRETS, close_app, make_app
from tests.support.tenants import Tenant

TIMES = 9
HEAD = ("page", "median ms", "worst ms", "queries", "KiB sent")
MEBIBYTE = 2**20


@dataclass(frozen=True)
class PageFigures:
    """What a page took, in seconds, and what it asked for and sent."""

    name: str
    median: float
    worst: float
    queries: int
    sent: int


def main() -> None:
    """Fill, measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.panel", description=__doc__)
    parser.add_argument("--sales", type=int, default=1_000_000)
    parser.add_argument("--routers", type=int, default=200)
    parser.add_argument("--codes", type=int, default=50_000)
    parser.add_argument("--markdown", action="store_true", help="a table for RESULTS.md")
    options = parser.parse_args()
    size = Size(options.sales, options.routers, options.codes)
    with ExitStack() as stack:
        # As a server is set up, so that the indexes stay in memory.
        server = stack.enter_context(Postgres(durable=True))
        folder = guard().make_folder("portal-benchmark-")
        stack.callback(guard().remove_folder, folder)
        app = make_app(folder, copy_postgresql(server, SECRETS), log_level="ERROR")
        stack.callback(close_app, app)
        tenant = fill(app, size)
        figures = list(_pages(app, tenant))
        streamed = _streamed(app, tenant)
    print(f"{size.sales:,} sales, {size.routers} routers, {size.codes:,} codes. {machine()}.\n")
    print(table(HEAD, [_row(each) for each in figures], markdown=options.markdown))
    print(f"\n{streamed}")


def _pages(app: Flask, tenant: Tenant) -> Iterator[PageFigures]:
    owner = panel_of(app, tenant.company_id)
    for name, path in _paths(app, tenant):
        yield _measured(app, owner, name, path)


def _paths(app: Flask, tenant: Tenant) -> Iterator[tuple[str, str]]:
    with app.app_context(), reading() as session:
        mine = select(Sale).where(Sale.company_id == tenant.company_id)
        some = session.scalars(mine.order_by(Sale.created_at).offset(500).limit(1)).one()
        router = session.scalars(select(Router.id).where(Router.name == "Sucursal 7")).one()
        plan = session.scalars(select(Plan.id).where(Plan.name == "Plan 17")).one()
    yield "today", "/panel/"
    yield "sales", "/panel/ventas"
    moment = int(some.created_at.timestamp() * 10**6)
    yield "sales, the last page", f"/panel/ventas?despues={moment}-{some.id}"
    for name, query in (
        *((f"state {state}", {"estado": state}) for state in ("paid", "declined", "canceled")),
        *((f"state {state}", {"estado": state}) for state in ("refunded", "charged_back")),
        ("to be seen to", {"estado": "por_atender"}),
        ("one router", {"router": router}),
        ("a plan not sold any more", {"plan": str(plan)}),
        ("one router, refunded", {"router": router, "estado": "refunded"}),
        ("a common name", {"q": "maria"}),
        ("a common full name", {"q": "maria garcia"}),
        ("a common name, refunded", {"q": "maria", "estado": "refunded"}),
        ("an e-mail", {"q": some.customer_email}),
        ("a MAC address", {"q": some.mac or ""}),
        ("the end of a card", {"q": "4242"}),
        ("a common amount", {"q": "$50.05"}),
        ("an amount of nobody", {"q": "123.45"}),
        ("an order", {"q": some.order_id or ""}),
        ("a code of nobody", {"q": "AB3C9D"}),
        ("a name of nobody", {"q": "nadie"}),
    ):
        yield f"sales, {name}", f"/panel/ventas?{urlencode(query)}"
    yield "one sale", f"/panel/ventas/{some.id}"
    yield "accounting", "/panel/contabilidad"
    past = some.created_at.replace(day=15)
    yield "accounting, a year ago", f"/panel/contabilidad?mes={past:%Y-%m}"


def _measured(app: Flask, owner: PanelClient, name: str, path: str) -> PageFigures:
    headers = {"Accept-Encoding": "gzip"}
    with recorded_queries(app) as statements:
        answer = owner.get(path, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{name}: {answer.status}")
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        owner.get(path, headers=headers)
        took.append(time.perf_counter() - began)
    return PageFigures(name, median(took), max(took), len(statements), len(answer.data))


def _streamed(app: Flask, tenant: Tenant) -> str:
    """Read all sales as a table, and tell how much memory that took at the most."""
    owner = panel_of(app, tenant.company_id)
    answer = owner.client.get("/panel/ventas.csv", buffered=False)
    tracemalloc.start()
    lines, began = 0, time.perf_counter()
    for chunk in answer.response:
        lines += 1 if isinstance(chunk, str) else chunk.count(b"\n")
        if time.perf_counter() - began > 30:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answer.close()
    return f"CSV of all sales: {lines:,} lines read at {peak / MEBIBYTE:.1f} MiB at the most."


def _row(figures: PageFigures) -> tuple[str, ...]:
    times = (f"{figures.median * 1000:.0f}", f"{figures.worst * 1000:.0f}")
    return (figures.name, *times, str(figures.queries), f"{figures.sent / 1024:.1f}")


if __name__ == "__main__":
    main()
