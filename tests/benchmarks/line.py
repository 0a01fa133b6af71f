"""`python -m tests.benchmarks.line`: how many commands a second one process has of one router.

A router that costs little answers each command after 20 ms, working on them side by side or one
after another; 64 threads ask, then one alone. With `--against` another checkout's adapter is
measured in turn with ours, in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median

from tests.benchmarks.fleet import ROUTER_SECONDS
from tests.benchmarks.machine import machine
from tests.benchmarks.tables import table
from tests.support.processes.commands import CHECKOUT, run
from tests.support.processes.process import Process

ROUTERS = {"side by side": (), "one after another": ("1",)}
THREADS = (64, 1)
HEAD = ("a router that works", "threads", "build", "commands/s", "ratio", "median ms", "CPU µs")
LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class Figures:
    """What a process came to: commands a second, seconds and CPU seconds a command."""

    router: str
    threads: int
    build: str
    rate: float
    median: float
    cpu: float


def main() -> None:
    """Measure, and print the table."""
    options = _parser().parse_args()
    builds = {"ours": CHECKOUT}
    if options.against:
        builds = {"before": options.against.resolve()} | builds
    found = list(_measure(builds, options.rounds, options.seconds))
    print(f"{machine()}. {ROUTER_SECONDS * 1000:.0f} ms a reply; medians of {options.rounds}.\n")
    print(table(HEAD, list(_rows(found)), markdown=options.markdown))


def _measure(builds: dict[str, Path], rounds: int, seconds: float) -> Iterator[Figures]:
    script = Path(__file__).with_name("line_load.py")
    for router, at_once in ROUTERS.items():
        delay = f"{ROUTER_SECONDS * 1000}"
        command = [sys.executable, "-m", "tests.benchmarks.line_router", delay, *at_once]
        with Process(command) as process:
            where = process.wait_for_json()
            for threads in THREADS:
                for _ in range(rounds):
                    for build, checkout in builds.items():
                        load = [sys.executable, str(script), str(threads), str(seconds)]
                        told = _load(load, checkout, where)
                        yield Figures(router, threads, build, **told)


def _load(command: Sequence[str], checkout: Path, where: object) -> dict[str, float]:
    environ = {"PYTHONPATH": str(checkout), "PYTHONSAFEPATH": "1"}
    done = run(command, environ, stdin=json.dumps(where), seconds=LONGEST_SECONDS)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    told = json.loads(done.stdout)
    if failed := told.pop("failed"):
        raise RuntimeError(f"commands failed: {failed}")
    return dict(told)


def _rows(found: Sequence[Figures]) -> Iterator[tuple[str, ...]]:
    for (router, threads), group in groupby(found, lambda f: (f.router, f.threads)):
        builds: dict[str, list[Figures]] = {}
        for figures in group:
            builds.setdefault(figures.build, []).append(figures)
        first = median(f.rate for f in next(iter(builds.values())))
        for build, rounds in builds.items():
            rate = median(f.rate for f in rounds)
            yield (
                *(router, str(threads), build, f"{rate:,.0f}", f"{rate / first:.2f}"),
                f"{median(f.median for f in rounds) * 1000:.1f}",
                f"{median(f.cpu for f in rounds) * 1e6:.0f}",
            )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.line", description=__doc__)
    parser.add_argument("--against", type=Path, help="a checkout to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each measurement")
    parser.add_argument("--markdown", action="store_true", help="the table for RESULTS.md")
    return parser


if __name__ == "__main__":
    main()
