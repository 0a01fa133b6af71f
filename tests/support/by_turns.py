"""Run tests that any database would do for on SQLite and PostgreSQL by turns; a pytest plugin.

What is written for each kind of database and lets nothing depend on the kind is run on one of
them, which its name decides, the same in every run. Tests marked `each_database` are about what
the kinds do differently, and run on each; `PORTAL_DATABASES=each` lets all of them.
"""

from __future__ import annotations

import os
from collections import defaultdict
from zlib import crc32

import pytest

DATABASES = ("sqlite", "postgresql")
EACH = os.environ.get("PORTAL_DATABASES") == "each"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "each_database: about what databases do differently")


def pytest_report_header() -> str:
    return "databases: each" if EACH else "databases: by turns (PORTAL_DATABASES=each for all)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [] if EACH else _left_out(items)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        kept = set(items) - set(left_out)
        items[:] = [item for item in items if item in kept]


def _left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """All but one of those that differ by their database alone."""
    alike: defaultdict[str, dict[str, pytest.Item]] = defaultdict(dict)
    for item in items:
        database = database_of(item)
        if database and item.get_closest_marker("each_database") is None:
            alike[without_database(item.nodeid)][database] = item
    return [
        item
        for name, variants in alike.items()
        if len(variants) == len(DATABASES)
        for database, item in variants.items()
        if database != turn_of(name)
    ]


def database_of(item: pytest.Item) -> str | None:
    """The kind of database that the test is run on, where it is given one."""
    callspec = getattr(item, "callspec", None)
    values = callspec.params.values() if callspec else ()
    return next((value for value in values if value in DATABASES), None)


def without_database(nodeid: str) -> str:
    """The name that a test has on every kind of database."""
    name, _, case = nodeid.partition("[")
    return f"{name}[{'-'.join(part for part in case[:-1].split('-') if part not in DATABASES)}"


def turn_of(name: str) -> str:
    """The kind of database whose turn it is for a test of this name."""
    return DATABASES[crc32(name.encode()) % len(DATABASES)]
