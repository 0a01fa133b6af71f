"""One FreeRADIUS on a PostgreSQL for a module's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.radius.shop import RadiusShop, open_radius_shop
from tests.support.radius.site import Site
from tests.support.servers.freeradius import FreeRadius, freeradius
from tests.support.shop import SECRETS, close_app, make_app


@pytest.fixture(scope="session")
def radius_app(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on PostgreSQL, which RADIUS needs."""
    app = make_app(tmp_path_factory.mktemp("instance"), copy_postgresql(postgres, SECRETS))
    yield app
    close_app(app)


@pytest.fixture(scope="session")
def radius(radius_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreeRadius]:
    """The real server, for all tests of this folder."""
    with freeradius(radius_app, tmp_path_factory.mktemp("radius")) as server:
        yield server


@pytest.fixture(scope="session")
def opened(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RadiusShop]:
    """A shop that sells by RADIUS alone, with a server of its own."""
    url = copy_postgresql(postgres, SECRETS)
    with open_radius_shop(tmp_path_factory.mktemp("shop"), url) as shop:
        yield shop


@pytest.fixture
def site(radius_app: Flask, radius: FreeRadius) -> Site:
    """A company's first site, of this test alone."""
    return Site.open(radius_app, radius)
