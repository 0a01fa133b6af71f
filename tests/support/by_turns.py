"""Run tests that any database, or any browser, would do for on one of its kinds; a pytest plugin.

What is written for each kind and lets nothing depend on it is run on one of them, which its name
decides, the same in every run. Tests marked `each_database` or `each_browser` are about what the
kinds do differently, and run on each; `PORTAL_DATABASES=each` and `PORTAL_BROWSERS=each` let all of
them.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from zlib import crc32

import pytest


@dataclass(frozen=True)
class Dimension:
    """What a test may be run on, of which any kind would do for most."""

    marker: str
    kinds: tuple[str, ...]
    variable: str
    about: str

    @property
    def all_of_it(self) -> bool:
        """Whether every test of this run is wanted on each kind."""
        return os.environ.get(self.variable) == "each"

    def kind_of(self, item: pytest.Item) -> str | None:
        """The kind that the test is run on, where it is given one."""
        callspec = getattr(item, "callspec", None)
        values = callspec.params.values() if callspec else ()
        return next((value for value in values if value in self.kinds), None)

    def without(self, nodeid: str) -> str:
        """The name that a test has on every kind."""
        name, _, case = nodeid.partition("[")
        return f"{name}[{'-'.join(part for part in case[:-1].split('-') if part not in self.kinds)}"

    def turn_of(self, name: str) -> str:
        """The kind whose turn it is for a test of this name."""
        return self.kinds[crc32(name.encode()) % len(self.kinds)]


DATABASES = Dimension(
    "each_database", ("sqlite", "postgresql"), "PORTAL_DATABASES", "what databases do differently"
)
BROWSERS = Dimension(
    "each_browser", ("chromium", "webkit"), "PORTAL_BROWSERS", "what browsers do differently"
)
DIMENSIONS = (DATABASES, BROWSERS)


def pytest_configure(config: pytest.Config) -> None:
    for dimension in DIMENSIONS:
        config.addinivalue_line("markers", f"{dimension.marker}: about {dimension.about}")


def pytest_report_header() -> list[str]:
    return [
        f"{one.marker}: all of it" if one.all_of_it else f"by turns ({one.variable}=each for all)"
        for one in DIMENSIONS
    ]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = {item for one in DIMENSIONS if not one.all_of_it for item in _left_out(one, items)}
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _left_out(dimension: Dimension, items: list[pytest.Item]) -> list[pytest.Item]:
    """All but one of those that differ by their kind alone."""
    alike: defaultdict[str, dict[str, pytest.Item]] = defaultdict(dict)
    for item in items:
        kind = dimension.kind_of(item)
        if kind and item.get_closest_marker(dimension.marker) is None:
            alike[dimension.without(item.nodeid)][kind] = item
    return [
        item
        for name, variants in alike.items()
        if len(variants) == len(dimension.kinds)
        for kind, item in variants.items()
        if kind != dimension.turn_of(name)
    ]
