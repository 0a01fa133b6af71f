"""Prove that the benchmark runs, and what it prints are its own measurements."""

from __future__ import annotations

import os
import re
import sys

import pytest

from tests.support.processes.commands import run
from tests.support.processes.forking import IN_TEST
from tests.support.servers import freeradius

SECONDS = 270.0
COUNTRY = ("--routers", "20", "--accesses", "40", "--sales", "60", "--companies", "3")
FEW = ("--customers", "2", "--pace", "0.2", "--limit", "120", "--counted", "1", "--online", "1")
SMALL = ("--sales", "2", "--events", "20", "--bully-sales", "4", "--lead", "1", "--limit", "120")


def measured(*words: str) -> str:
    """Give what a benchmark prints that, as a test may, forks what it measures."""
    told = os.environ[IN_TEST]
    done = run([sys.executable, "-m", *words], {IN_TEST: told}, seconds=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(SECONDS + 10)
def test_a_tiny_load() -> None:
    load = ("--customers", "2", "--routers", "2", "--seconds", "0.5", "--database", "sqlite")
    said = measured("tests.benchmarks.sale", "--quick", "--markdown", *load)
    rows = [re.split(r" *\| *", line)[1:-1] for line in said.splitlines() if "|" in line]
    head = rows[0]
    sales = [dict(zip(head, row, strict=True)) for row in rows if row[0].startswith("2 at 2")]
    assert [sale["customers"] for sale in sales] == ["2 at 2 routers", "2 at 2 routers, automatic"]
    for sale, commands in zip(sales, (2, 5), strict=True):
        assert int(sale["sales"]) >= 2
        assert sale["failed"] == "0"
        assert float(sale["commands"]) >= commands
        assert 500 < float(sale["median ms"]) <= float(sale["p95 ms"])
        assert float(sale["app CPU ms"]) > 0
    catalogue = next(row for row in rows if row[0] == "sqlite")
    assert float(catalogue[1].replace(",", "")) > 1
    assert ["catalogue, not read lately", "1", "0", "0"] in rows


@pytest.mark.timeout(SECONDS + 10)
def test_a_tiny_trouble() -> None:
    said = measured("tests.benchmarks.fairness", "--markdown", *SMALL)
    rows = [re.split(r" *\| *", line)[1:-1] for line in said.splitlines() if "|" in line]
    found = [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]
    assert [row["beside"] for row in found] == ["nobody", "the other"]
    for row in found:
        assert (row["sales"], row["delivered"]) == ("2", "2")
        assert 0 < float(row["median s"]) <= float(row["worst s"])


@pytest.mark.timeout(SECONDS + 10)
def test_a_tiny_country() -> None:
    said = measured("tests.benchmarks.nation", "--markdown", *COUNTRY, *FEW)
    lines = [line for line in said.splitlines() if line.startswith("| ")]
    found = dict(re.split(r" *\| *", line)[1:-1] for line in lines)
    assert float(found["seconds until every router that answers was read once"]) > 0
    assert float(found["CPU ms a router read: worker"]) > 0
    assert float(found["statements a router read"]) > 0
    assert found["paid sales meanwhile, delivered"] == "2, 2"
    assert float(found["pick-up of a paid sale, seconds: p99"]) > 0
    assert float(found["memory (PSS) MiB: worker"]) > 0


@pytest.mark.timeout(SECONDS + 10)
def test_a_short_line() -> None:
    said = measured("tests.benchmarks.line", "--markdown", "--rounds", "1", "--seconds", "0.5")
    rows = [re.split(r" *\| *", line)[1:-1] for line in said.splitlines() if "|" in line]
    found = [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]
    assert [row["threads"] for row in found] == ["64", "1", "64", "1"]
    rates = [float(row["commands/s"].replace(",", "")) for row in found]
    assert all(rate > 0 for rate in rates)
    assert all(float(row["median ms"]) >= 20 for row in found)


@pytest.mark.timeout(SECONDS + 10)
def test_a_few_logins_by_radius() -> None:
    freeradius.require()
    few = ("--accesses", "50", "--seconds", "0.3", "--sessions", "5", "--careless", "--markdown")
    said = measured("tests.benchmarks.radius", *few)
    rows = [re.split(r" *\| *", line)[1:-1] for line in said.splitlines() if "|" in line]
    logins = [row for row in rows if row[0] == "back to back"]
    assert len(logins) == 3
    assert all(float(row[2].replace(",", "")) > 1 and row[5] == "0" for row in logins)
    assert [row[1:3] for row in rows if row[0] == "Interim-Update"] == [["5", "0"]] * 2
