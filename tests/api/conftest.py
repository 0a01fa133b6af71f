"""An application on each kind of database, shared by a module's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.shop import close_app, make_app
from tests.support.tenants import Tenant, make_tenant


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("instance")
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database()
    app = make_app(folder, url)
    yield app
    close_app(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def tenant(app: Flask) -> Tenant:
    """A company of this test's own."""
    return make_tenant(app)
