"""`python -m tests.benchmarks.worker --against CHECKOUT`: the worker at scale, old and new in turn.

Each build has a database of its own on one PostgreSQL, filled alike, and routers of its own in one
process, 20 ms an answer; one worker of four threads works on it. Each figure is taken of the older
build and of this one right after each other, in alternating order; what counts is the median of
these pairs' ratios.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.checkout import THIS, Checkout
from tests.benchmarks.comparison import HEAD, Pairs, in_turn
from tests.benchmarks.machine import machine
from tests.benchmarks.tables import table
from tests.benchmarks.worker.build import THREADS, Build, Size
from tests.benchmarks.worker.takes import TAKES
from tests.support.databases.postgres import Postgres


def main() -> None:
    """Measure both, and print the table."""
    options = _parser().parse_args()
    before = Checkout("before", options.against.resolve(), options.python)
    size = Size(options.routers, options.users, options.companies, options.old_sales)
    pairs = Pairs()
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres(durable=True))
        builds = [stack.enter_context(Build(one, size, postgres)) for one in (before, THIS)]
        for number in range(options.pairs):
            for take in (take for take in TAKES if take.__name__ in options.takes):
                for build in in_turn(number, builds):
                    _say(f"{take.__name__} of {build.checkout.name}, {number + 1}")
                    pairs.note(build.checkout.name, take(build, options.seconds))
    print(
        f"{size.routers:,} routers of {size.companies:,} companies, {size.users} users each, all "
        f"online; {size.old_sales:,} sales of long ago. {machine()}; PostgreSQL, durable; one "
        f"worker of {THREADS} threads. Before: {before.folder.name}. Routers share the cores.\n"
    )
    print(table(HEAD, list(pairs.rows(before.name, THIS.name)), markdown=options.markdown))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.worker", description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="a checkout to compare with")
    parser.add_argument("--python", default=sys.executable, help="what runs that one")
    parser.add_argument("--pairs", type=int, default=3, help="of each figure")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each measurement")
    parser.add_argument("--routers", type=int, default=1000)
    parser.add_argument("--users", type=int, default=50, help="of each router")
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--old-sales", type=int, default=500_000, help="delivered long ago")
    names = [take.__name__ for take in TAKES]
    parser.add_argument("--takes", nargs="+", choices=names, default=names)
    parser.add_argument("--markdown", action="store_true", help="a table for RESULTS.md")
    return parser


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
