"""Give any test what most of them begin with; a pytest plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import reference
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres, postgres_server
from tests.support.databases.recycled import Recycling
from tests.support.shop import SECRETS, OpenShop, Shop, close_app, make_app, open_shop
from tests.support.tenants import Tenant, make_tenant

MakeDatabase = Callable[[], str | None]
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A PostgreSQL server, started by the first test that asks for it."""
    with postgres_server() as databases:
        yield databases


@pytest.fixture(scope="session")
def recycling(postgres: Databases) -> Iterator[Recycling]:
    """Migrated databases, each of which serves one test after another."""
    made = Recycling(postgres, lambda: copy_postgresql(postgres, SECRETS))
    yield made
    made.close()


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


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Of each kind, migrated, for one test. None: SQLite in the application's own folder."""
    if request.param == "sqlite":
        yield None
        return
    recycling: Recycling = request.getfixturevalue("recycling")
    with recycling.database() as url:
        yield url


@pytest.fixture(scope="module", params=DATABASES)
def make_database(request: pytest.FixtureRequest) -> Iterator[MakeDatabase]:
    """Make such databases for a module's tests: first all of the one kind, then of the other."""
    if request.param == "sqlite":
        yield lambda: None
        return
    recycling: Recycling = request.getfixturevalue("recycling")
    with ExitStack() as lent:
        yield lambda: lent.enter_context(recycling.database())


@pytest.fixture(scope="module")
def module_database_url(make_database: MakeDatabase) -> str | None:
    """One of them for all of a module's tests."""
    return make_database()


@pytest.fixture
def open_a_shop(tmp_path: Path, database_url: str | None) -> Iterator[OpenShop]:
    """Open a shop on each kind of database, with settings of the test's own."""
    with ExitStack() as stack:

        def make(**settings: Any) -> Shop:
            return stack.enter_context(open_shop(tmp_path, database_url, **settings))

        yield make


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    """A shop on each kind of database."""
    return open_a_shop()


@pytest.fixture(scope="module")
def app_settings() -> dict[str, Any]:
    """A module's own settings of its application; for modules to override."""
    return {}


@pytest.fixture(scope="module")
def app(
    module_database_url: str | None,
    app_settings: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The application on each kind of database, shared by a module's tests."""
    app = make_app(tmp_path_factory.mktemp("instance"), module_database_url, **app_settings)
    yield app
    close_app(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Whoever calls the module's application."""
    return app.test_client()


@pytest.fixture
def tenant(app: Flask) -> Tenant:
    """A company of this test's own."""
    return make_tenant(app)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder with the data of the real Conekta and RouterOS."""
    return reference.require()
