"""`python -m tests.chaos`: sales in a chaos run of faults and kills, and no peso lost.

The application runs as several gunicorn processes and workers on one database; routers and
gateway are sandboxes, and all of it shares this machine with the customers.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from contextlib import nullcontext
from dataclasses import replace

from tests.chaos.aftermath import run
from tests.chaos.report import complaints, report
from tests.chaos.scale import FULL, SMALL, SMALL_ON_SQLITE
from tests.support.databases.postgres import Postgres

MOST_CONNECTIONS = 400


def main() -> None:
    """Run it, and print what it came to."""
    parser = _parser()
    options = parser.parse_args()
    if options.sqlite and options.delivery == "half":
        parser.error("RADIUS needs PostgreSQL")
    print(f"seed {options.seed}", file=sys.stderr, flush=True)
    scale = SMALL_ON_SQLITE if options.sqlite else SMALL if options.small else FULL
    scale = replace(scale, tangle=options.tangle)
    scale = replace(scale, sales=options.sales or scale.sales)
    scale = scale.half_by_radius() if options.delivery == "half" else scale
    server = Postgres(durable=True, max_connections=MOST_CONNECTIONS)
    with nullcontext() if options.sqlite else server as postgres:
        aftermath = run(scale, options.seed, postgres)
    print(report(aftermath, markdown=options.markdown))
    if options.verbose:
        print(aftermath.output, file=sys.stderr)
    if wrong := complaints(aftermath):
        sys.exit(f"{wrong}\n{aftermath.stories}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--sales", type=int, help="end after so many, not the usual 2,000")
    parser.add_argument("--small", action="store_true", help="as in the test suite")
    parser.add_argument("--sqlite", action="store_true", help="small, on SQLite")
    parser.add_argument(
        "--tangle", action="store_true", help="routers answer out of order, with odd tags"
    )
    parser.add_argument(
        "--delivery",
        choices=("api", "half"),
        default="api",
        help="half: FreeRADIUS serves half of the routers (not on SQLite)",
    )
    parser.add_argument("--markdown", action="store_true", help="the table for RESULTS.md")
    parser.add_argument("--verbose", action="store_true", help="what the processes said, too")
    return parser


if __name__ == "__main__":
    main()
