"""`python -m tests.benchmarks.servers`: what a WSGI server itself costs a request, and in memory.

gunicorn, as it is configured here, with each of its two parsers, and Granian where it is installed,
serve an application that does nothing, and then Portal's own for its memory. A request comes on a
connection of its own, or on one that is kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from statistics import median

import psutil

from tests.benchmarks.load import Plan, carry_out
from tests.benchmarks.machine import machine
from tests.benchmarks.nothing import ANSWER
from tests.benchmarks.tables import table
from tests.benchmarks.usage import Usage
from tests.support.databases.migrated import copy_sqlite
from tests.support.processes.family import family
from tests.support.processes.guard import guard
from tests.support.processes.memory import pss
from tests.support.processes.process import Process
from tests.support.servers.gunicorn import CONFIGURED
from tests.support.servers.ports import free_port
from tests.support.shop import SECRETS

APP = "tests.benchmarks.nothing:app"
CUSTOMERS, WORKERS, THREADS, MEMORY_WORKERS = 16, 2, 48, 4
MEBIBYTE, MICROSECONDS = 2**20, 1_000_000
REQUEST = "GET /healthz HTTP/1.1\r\nHost: portal\r\nX-API-Key: jwt_0123456789abcdef\r\n"
HEAD = ("server", "rounds", "µs CPU, kept", "µs CPU, new", f"MiB (PSS), {MEMORY_WORKERS} processes")


@dataclass(frozen=True)
class WsgiServer:
    """A server and how it is told what to serve: its arguments, but for app, port and workers."""

    name: str
    arguments: tuple[str, ...]
    for_portal: tuple[str, ...] = ()

    def command(self, app: str, port: int, workers: int) -> list[str]:
        """The command that serves the application there."""
        own = self.for_portal if app != APP else ()
        words = [*self.arguments, *own, "--workers", str(workers)]
        place = ("--port", str(port)) if self.name == "granian" else ("-b", f"127.0.0.1:{port}")
        return [sys.executable, "-m", *words, *place, app]


def gunicorn(parser: str) -> WsgiServer:
    """It with one of its parsers."""
    words = ("--worker-class", "gthread", "--threads", str(THREADS), "--no-control-socket")
    arguments = ("gunicorn", *words, "--http-parser", parser)
    return WsgiServer(f"gunicorn, {parser} parser", arguments, CONFIGURED)


def known() -> Iterator[WsgiServer]:
    """The servers that are installed here."""
    yield gunicorn("python")
    if find_spec("gunicorn_h1c"):
        yield gunicorn("fast")
    if find_spec("granian"):
        words = ("--interface", "wsgi", "--host", "127.0.0.1", "--no-log")
        size = ("--blocking-threads", str(THREADS), "--backpressure", "2048")
        yield WsgiServer("granian", ("granian", *words, *size))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.servers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="for each measurement")
    parser.add_argument("--markdown", action="store_true", help="a table for RESULTS.md")
    options = parser.parse_args()
    servers = list(known())
    taken: dict[str, list[tuple[float, float]]] = {server.name: [] for server in servers}
    for _ in range(options.rounds):
        for server in servers:
            taken[server.name].append(_cost(server, options.seconds))
    rows = [_row(server, taken[server.name]) for server in servers]
    print(f"{machine()}; {WORKERS} processes of {THREADS} threads.\n")
    print(table(HEAD, rows, markdown=options.markdown))


def _row(server: WsgiServer, taken: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    kept, new = (median(column) * MICROSECONDS for column in zip(*taken, strict=True))
    memory = _memory(server) / MEBIBYTE
    return (server.name, str(len(taken)), f"{kept:.0f}", f"{new:.0f}", f"{memory:.0f}")


def _cost(server: WsgiServer, seconds: float) -> tuple[float, float]:
    """CPU seconds of all its processes for a request on a connection that is kept, on a new one."""
    port = free_port()
    with Process(server.command(APP, port, WORKERS), SECRETS) as process:
        process.wait_for_port(port)
        # It listens before its processes have loaded what they serve.
        ready = [[REQUEST + "Connection: close\r\n\r\n"]] * CUSTOMERS
        carry_out(Plan(port, ready, ANSWER.decode(), times=20, keep_alive=False))
        costs = [_cost_of(process, port, seconds, keep_alive=kept) for kept in (True, False)]
    return costs[0], costs[1]


def _cost_of(process: Process, port: int, seconds: float, *, keep_alive: bool) -> float:
    request = REQUEST + ("\r\n" if keep_alive else "Connection: close\r\n\r\n")
    requests = [[request]] * CUSTOMERS
    usage = Usage({"server": lambda: family(process.pid)})
    plan = Plan(port, requests, ANSWER.decode(), seconds=seconds, keep_alive=keep_alive)
    outcome = carry_out(plan)
    if outcome.complaint:
        raise RuntimeError(outcome.complaint)
    return usage.so_far()["server"] / len(outcome.answers)


def _memory(server: WsgiServer) -> int:
    """Bytes of all its processes that serve Portal, each of which has been asked."""
    with ExitStack() as stack:
        folder = guard().make_folder("portal-servers-")
        stack.callback(guard().remove_folder, folder)
        copy_sqlite(folder, SECRETS)
        port = free_port()
        env = SECRETS | {"INSTANCE_PATH": str(folder)}
        process = stack.enter_context(
            Process(server.command("wsgi:app", port, MEMORY_WORKERS), env)
        )
        process.wait_for_port(port)
        requests = [[REQUEST + "Connection: close\r\n\r\n"]] * CUSTOMERS
        carry_out(Plan(port, requests, "vivo", times=40, keep_alive=False))
        found: list[psutil.Process] = family(process.pid)
        return pss(found)


if __name__ == "__main__":
    main()
