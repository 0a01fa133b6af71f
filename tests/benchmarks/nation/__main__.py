"""`python -m tests.benchmarks.nation`: a country's routers, all on one database.

One process is every router, at loopback addresses of their own: 20 ms an answer, one in twenty
slow, one in twenty dead. PostgreSQL is filled with what was sold in a year. Then web processes and
a worker are started as they are deployed, with every router due to be read, and customers confirm
at their bank meanwhile. `--against` takes the application of another checkout.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.machine import machine
from tests.benchmarks.nation.country import Country
from tests.benchmarks.nation.round import Round, watch
from tests.benchmarks.nation.routers import country_of, country_options
from tests.benchmarks.nation.stage import Stage
from tests.benchmarks.tables import share, table
from tests.support.databases.postgres import Postgres

MEBIBYTE = 2**20
HEAD = ("figure", "value")


def main() -> None:
    """Fill, measure, and print the table."""
    options = _parser().parse_args()
    country = country_of(options)
    began = time.monotonic()
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres(durable=True, max_connections=400))
        stage = stack.enter_context(Stage(country, postgres, options, _say))
        filled = time.monotonic() - began
        found = watch(stage, options, _say)
    print(f"{_title(country, options)}\n")
    rows = [("seconds to fill the database", f"{filled:.0f}"), *_rows(country, found)]
    print(table(HEAD, rows, markdown=options.markdown))


def _title(country: Country, options: argparse.Namespace) -> str:
    return (
        f"{country.routers:,} routers of {country.companies:,} companies, "
        f"{country.accesses:,} live accesses of {country.sales:,} sales, {country.online} online "
        f"at each. {machine()}; PostgreSQL, durable; one worker of {options.threads} threads, "
        "gunicorn as it configures itself. Routers, gateway and customers share the cores."
    )


def _rows(country: Country, found: Round) -> Iterator[tuple[str, str]]:
    answering = sum(1 for _ in country.answering())
    whole = f"{found.seconds:.0f}"
    if found.read < answering:
        whole = f"{answering / found.rate:,.0f}, from {found.read:,} in {found.seconds:.0f}"
    yield "seconds until every router that answers was read once", whole
    yield "routers read a second", f"{found.rate:.1f}"
    for name, seconds in found.cpu.items():
        yield f"CPU ms a router read: {name}", f"{seconds * 1000 / max(1, found.reads):.1f}"
    yield "commands a router read", f"{found.commands / max(1, found.reads):.1f}"
    yield "transactions a router read", f"{found.transactions / max(1, found.reads):.1f}"
    if found.statements is not None:
        yield "statements a router read", f"{found.statements:.1f}"
    yield from _waits(found)
    for name, size in found.memory.items():
        yield f"memory (PSS) MiB: {name}", f"{size / MEBIBYTE:.0f}"


def _waits(found: Round) -> Iterator[tuple[str, str]]:
    """Who was not served counts as having waited to the end."""
    late = found.paid - len(found.waited)
    waited = sorted((*found.waited, *[found.seconds] * late))
    yield "paid sales meanwhile, delivered", f"{found.paid}, {len(found.waited)}"
    if waited:
        yield "pick-up of a paid sale, seconds: median", f"{share(waited, 0.5):.2f}"
        yield "pick-up of a paid sale, seconds: p99", f"{share(waited, 0.99):.2f}"


def _parser() -> argparse.ArgumentParser:
    name = "python -m tests.benchmarks.nation"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    country_options(parser)
    parser.add_argument("--threads", type=int, default=4, help="of the worker")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds to watch at most")
    parser.add_argument("--customers", type=int, default=100, help="who pay, one a second")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds between two of them")
    parser.add_argument("--counted", type=float, default=10.0, help="seconds to count statements")
    parser.add_argument("--markdown", action="store_true", help="a table for RESULTS.md")
    return parser


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
