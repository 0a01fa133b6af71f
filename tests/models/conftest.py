"""Give databases of each kind, empty or migrated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql, copy_sqlite
from tests.support.shop import SECRETS


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'portal.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A copy of one that all migrations have been walked on."""
    if request.param == "sqlite":
        copy_sqlite(tmp_path, SECRETS)
        yield f"sqlite:///{tmp_path / 'portal.db'}"
        return
    databases: Databases = request.getfixturevalue("postgres")
    url = copy_postgresql(databases, SECRETS)
    yield url
    databases.drop_database(url)
