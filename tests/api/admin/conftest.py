"""An application on each kind of database, a super_admin, and a company for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.admin.caller import Caller, log_in
from tests.support.shop import close_app, make_app
from tests.support.tenants import Tenant, make_tenant


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    url = None
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database()
    app = make_app(tmp_path_factory.mktemp("instance"), url)
    yield app
    close_app(app)


@pytest.fixture(scope="module")
def root(app: Flask) -> Caller:
    """A super_admin."""
    return log_in(app)


@pytest.fixture
def tenant(app: Flask) -> Tenant:
    """A company of this test's own."""
    return make_tenant(app)


@pytest.fixture
def operator(root: Caller, tenant: Tenant) -> Caller:
    """Whoever administers the tenant."""
    return root.acting_for(tenant.company_id).at("/api/v1/admin")
