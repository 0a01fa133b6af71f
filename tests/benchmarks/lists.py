"""`python -m tests.benchmarks.lists --against CHECKOUT`: lists of one company, before and now.

Two checkouts, each with a database of its own that is filled alike: companies that have traded for
a year side by side. Both are served by gunicorn, and the same requests of one company's owner are
timed in turn, warm.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import requests

from tests.benchmarks.machine import machine
from tests.benchmarks.tables import table
from tests.support.databases.postgres import Postgres
from tests.support.filling.fill import Size, fill
from tests.support.patience import PATIENCE
from tests.support.processes.commands import CHECKOUT, child_environment
from tests.support.processes.guard import guard
from tests.support.processes.process import Process
from tests.support.servers.ports import free_port
from tests.support.shop import SECRETS
from tests.support.tenants import PASSWORD

TIMES = 15
HEAD = ("request", "before ms", "now ms", "ratio")
MINE = "/api/v1/admin/mi-empresa"
# In the words of the checkout itself, which has its own tables; what it lacks is passed over.
FURNISH = """
import json, os, sys
from pathlib import Path
from tests.support.shop import make_app
from tests.support.tenants import make_tenant, make_user
app = make_app(Path(os.environ["INSTANCE_PATH"]), os.environ["DATABASE_URL"])
tenants = [make_tenant(app, f"Empresa {number}") for number in range(int(sys.argv[1]))]
user = make_user(app, tenants[0].company_id)
print("MADE " + json.dumps({"companies": [t.company_id for t in tenants], "email": user.email}))
"""
SETTLE = """
import subprocess
import sys
from portal import create_app
from config import load_settings
try:
    from portal.sales.takings.summing import sum_days
except ImportError:
    sys.exit()
with create_app(load_settings()).app_context():
    while sum_days(sys.argv[1]):
        pass
"""


@dataclass(frozen=True)
class Owner:
    """Whoever administers the company that is measured, and where it is served."""

    url: str
    headers: dict[str, str]

    def seconds(self, path: str) -> float:
        """How long an answer took."""
        began = time.perf_counter()
        answer = requests.get(self.url + path, headers=self.headers, timeout=PATIENCE)
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return took


def main() -> None:
    """Fill both, measure, and print the table."""
    options = _parser().parse_args()
    with ExitStack() as stack:
        server = stack.enter_context(Postgres(durable=True))
        owners = [
            stack.enter_context(_Served(checkout, server.create_database(), options))
            for checkout in (options.against.resolve(), CHECKOUT)
        ]
        rows = [_row(name, path, owners) for name, path in _requests(options)]
    share = options.sales // options.companies
    print(f"A company with {share:,} of {options.sales:,} sales. {machine()}.\n")
    print(table(HEAD, rows, markdown=options.markdown))


def _requests(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    yield "dashboard", f"{MINE}/dashboard"
    # Of the company whose number is 0 each tenth sale, say.
    mine = options.sales // 2 // options.companies * options.companies
    for name, query in (
        ("sales", ""),
        ("sales, paid", "?estado=paid"),
        ("sales, refunded", "?estado=refunded"),
        ("sales, far down", f"?offset={options.sales // options.companies // 2}"),
        ("search, an e-mail", f"?q=cliente{mine}@example.com"),
        ("search, a common name", "?q=garcia"),
        ("search, a name of nobody", "?q=nadie"),
    ):
        yield name, f"{MINE}/transacciones{query}"


def _row(name: str, path: str, owners: Sequence[Owner]) -> tuple[str, ...]:
    took: list[list[float]] = [[], []]
    for number in range(TIMES + 1):
        for seconds, owner in zip(took, owners, strict=True):
            spent = owner.seconds(path)
            # The first of each is not warm.
            if number:
                seconds.append(spent)
    before, now = (median(seconds) for seconds in took)
    return (name, f"{before * 1000:.0f}", f"{now * 1000:.0f}", f"{now / before:.2f}")


class _Served:
    """A checkout with a filled database, served, as a context manager that gives its owner."""

    def __init__(self, checkout: Path, database_url: str, options: argparse.Namespace) -> None:
        self._checkout, self._database_url, self._options = checkout, database_url, options
        self._stack = ExitStack()

    def __enter__(self) -> Owner:
        with ExitStack() as stack:
            folder = guard().make_folder("portal-lists-")
            stack.callback(guard().remove_folder, folder)
            env = SECRETS | {"INSTANCE_PATH": str(folder), "DATABASE_URL": self._database_url}
            self._env = env | {"LOG_LEVEL": "ERROR"}
            made = self._furnished()
            size = Size(self._options.sales, open=0)
            fill(self._database_url, made["companies"], size)
            self._run(SETTLE, made["companies"][0])
            url = self._serve(stack)
            self._stack = stack.pop_all()
        login = {"email": made["email"], "password": PASSWORD}
        answer = requests.post(f"{url}/api/v1/auth/login", json=login, timeout=PATIENCE)
        return Owner(url, {"Authorization": f"Bearer {answer.json()['access_token']}"})

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    def _furnished(self) -> dict[str, Any]:
        said = self._run(FURNISH, str(self._options.companies))
        line = next(line for line in said.splitlines() if line.startswith("MADE "))
        made: dict[str, Any] = json.loads(line.removeprefix("MADE "))
        return made

    def _run(self, script: str, argument: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script, argument],
            env=child_environment() | self._env,
            cwd=self._checkout,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def _serve(self, stack: ExitStack) -> str:
        port = free_port()
        command = (sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}")
        options = ("--worker-class", "gthread", "--threads", "2", "wsgi:app")
        stack.enter_context(Process([*command, *options], self._env, cwd=self._checkout))
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                requests.get(f"{url}/healthz", timeout=1).raise_for_status()
            except requests.RequestException:
                time.sleep(0.1)
            else:
                return url
        raise RuntimeError(f"{self._checkout} does not serve")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lists", description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="a checkout to compare with")
    parser.add_argument("--sales", type=int, default=1_000_000, help="of all companies")
    parser.add_argument("--companies", type=int, default=10)
    parser.add_argument("--markdown", action="store_true", help="a table for RESULTS.md")
    return parser


if __name__ == "__main__":
    main()
