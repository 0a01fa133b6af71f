"""Keep the tests' temporary files in memory, where there is room; a pytest plugin.

A commit of SQLite waits for the disk, and thousands of sales make some hundred thousand commits.
Whoever survives a kill of its process survives it in memory as well.
"""

from __future__ import annotations

import os

import pytest

from tests.support.databases import pgbinaries

ROOT = "PYTEST_DEBUG_TEMPROOT"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.basetemp is None and ROOT not in os.environ:
        os.environ[ROOT] = pgbinaries.temporary_root(in_memory=True)
