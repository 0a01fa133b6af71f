"""Prove that a test which any kind would do for runs on one, and every other on each."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.support.by_turns import BROWSERS, DATABASES
from tests.support.processes.commands import run

# Plugins of others would be loaded, and are not asked.
BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
SUITE = """
import pytest

databases = pytest.mark.parametrize("database", ["sqlite", "postgresql"])

@databases
@pytest.mark.parametrize("number", range(40))
def test_anywhere(database, number):
    pass

@databases
@pytest.mark.each_database
@pytest.mark.parametrize("number", range(3))
def test_on_each(number, database):
    pass

@pytest.mark.parametrize("database", ["sqlite"])
def test_on_one(database):
    pass

def test_without():
    pass

@pytest.mark.parametrize("browser", ["chromium", "webkit"])
@pytest.mark.parametrize("number", range(20))
def test_in_any(browser, number):
    pass

@pytest.mark.parametrize("browser", ["chromium", "webkit"])
@pytest.mark.each_browser
def test_in_each(browser):
    pass
"""


def names(folder: Path, *chosen: str, **env: str) -> set[str]:
    """Which tests pytest runs, of a suite of this file alone."""
    file = folder / "test_suite.py"
    file.write_text(SUITE)
    options = ["-p", "tests.support.by_turns", "-p", "no:cacheprovider", "-c", os.devnull, "-v"]
    where = ["--rootdir", str(folder), *([f"{file}::{name}" for name in chosen] or [str(file)])]
    said = run([sys.executable, "-m", "pytest", *options, *where], BARE | env).stdout
    return set(re.findall(r"test_suite.py::(\S+) PASSED", said))


def test_each_runs_once_on_the_kind_whose_turn_it_is(tmp_path: Path) -> None:
    found = names(tmp_path)
    anywhere = {name for name in found if name.startswith("test_anywhere")}
    assert len({DATABASES.without(name) for name in anywhere}) == len(anywhere) == 40
    on_sqlite = sum("sqlite" in name for name in anywhere)
    assert 10 < on_sqlite < 30
    assert sum(name.startswith("test_on_each") for name in found) == 6
    assert {"test_on_one[sqlite]", "test_without"} < found
    in_any = {name for name in found if name.startswith("test_in_any")}
    assert len({BROWSERS.without(name) for name in in_any}) == len(in_any) == 20
    assert 3 < sum("webkit" in name for name in in_any) < 17
    assert sum(name.startswith("test_in_each") for name in found) == 2
    # The same in every run, and in every process of one.
    assert names(tmp_path) == found


def test_all_can_run_on_each(tmp_path: Path) -> None:
    assert len(names(tmp_path, PORTAL_DATABASES="each")) == 80 + 6 + 2 + 20 + 2
    assert len(names(tmp_path, PORTAL_BROWSERS="each")) == 40 + 6 + 2 + 40 + 2


def test_who_names_a_database_gets_it(tmp_path: Path) -> None:
    both = {f"test_anywhere[7-{database}]" for database in ("sqlite", "postgresql")}
    assert set().union(*(names(tmp_path, name) for name in both)) == both


@pytest.mark.parametrize(
    ("named", "bare"),
    [("t.py::test[sqlite]", "t.py::test["), ("t.py::test[a-postgresql-b]", "t.py::test[a-b")],
)
def test_the_turn_does_not_depend_on_the_database(named: str, bare: str) -> None:
    assert DATABASES.without(named) == bare
