"""Fixtures that any test may ask for; a pytest plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import reference
from tests.support.databases import Databases
from tests.support.postgres import Postgres, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A PostgreSQL server, started by the first test that asks for it."""
    with postgres_server() as databases:
        yield databases


@pytest.fixture
def postgres_url(postgres: Databases) -> Iterator[str]:
    """An empty database for one test."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def crashing_postgres() -> Iterator[Postgres]:
    """A server of one test's own, for tests that kill or restart it."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder with the data of the real Conekta and RouterOS."""
    return reference.require()
