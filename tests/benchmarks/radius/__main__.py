"""Measure how many log in a second through the real server, and what accounting costs.

The database holds live accesses, `--accesses` of them, each with a digest and a cipher of its own.
Beside FreeRADIUS and PostgreSQL the load itself needs a part of the machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.machine import machine
from tests.benchmarks.radius.asking import Asked, at_a_pace, back_to_back
from tests.benchmarks.radius.people import Crowd, fill
from tests.benchmarks.radius.usage import cpu_seconds
from tests.benchmarks.tables import table
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.radius.site import Site
from tests.support.servers.freeradius import freeradius
from tests.support.shop import SECRETS, close_app, make_app

SESSIONS, INTERIM_SECONDS = 2000, 300
LOGINS = ("logins", "in flight", "a second", "median ms", "p95 ms", "unanswered", "CPU ms each")
ACCOUNTING = ("accounting", "packets", "unanswered", "CPU ms each", "of a core, 2,000 sessions")


def main() -> None:
    """Print the tables."""
    options = _options()
    with _served(options.accesses, durable=not options.careless) as crowd:
        print(f"{machine()}; {options.accesses:,} live accesses\n")
        print(table(LOGINS, list(_logins(crowd, options)), markdown=options.markdown))
        print(table(ACCOUNTING, list(_accounting(crowd, options)), markdown=options.markdown))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accesses", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement")
    parser.add_argument("--pace", type=float, default=300.0, help="logins a second")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--careless", action="store_true", help="without fsync")
    parser.add_argument("--markdown", action="store_true")
    return parser.parse_args(sys.argv[1:])


@contextmanager
def _served(accesses: int, *, durable: bool) -> Iterator[Crowd]:
    with TemporaryDirectory() as folder, Postgres(durable=durable) as postgres:
        url = copy_postgresql(postgres, SECRETS)
        place = Path(folder)
        (place / "radius").mkdir()
        app = make_app(place / "instance", url)
        with freeradius(app, place / "radius", threads=16) as server:
            site = Site.open(app, server)
            fill(url, site, accesses)
            yield Crowd(site, postgres.pid, server.process.pid, accesses)
        close_app(app)


def _logins(crowd: Crowd, options: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    questions = crowd.logins(int(options.seconds * 1500))
    back_to_back(crowd.auth, questions[:200], 8, options.seconds)
    for lines in (1, 8, 32):
        before = cpu_seconds(crowd.pids)
        asked = back_to_back(crowd.auth, questions, lines, options.seconds)
        yield _row("back to back", lines, asked, cpu_seconds(crowd.pids) - before)
    before = cpu_seconds(crowd.pids)
    asked = at_a_pace(crowd.auth, questions, options.pace, options.seconds)
    yield _row(f"{options.pace:.0f} a second", 0, asked, cpu_seconds(crowd.pids) - before)


def _row(name: str, lines: int, asked: Asked, cpu: float) -> tuple[str, ...]:
    return (
        *(name, str(lines or "any"), f"{asked.a_second:,.0f}"),
        *(f"{asked.median_ms:.1f}", f"{asked.p95_ms:.1f}", str(asked.unanswered)),
        f"{1000 * cpu / asked.answered:.2f}",
    )


def _accounting(crowd: Crowd, options: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    for kind, seconds in (("Start", 0), ("Interim-Update", 300), ("Interim-Update", 600)):
        packets = crowd.accounting(kind, seconds, options.sessions)
        before = cpu_seconds(crowd.pids)
        asked = back_to_back(crowd.accounts, packets, 8, 60.0)
        each = (cpu_seconds(crowd.pids) - before) / asked.answered
        share = each * SESSIONS / INTERIM_SECONDS
        told = f"{100 * share:.1f} %" if seconds else ""
        yield (kind, str(asked.answered), str(asked.unanswered), f"{1000 * each:.2f}", told)


if __name__ == "__main__":
    main()
