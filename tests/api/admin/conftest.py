"""An application on each kind of database, a super_admin, and a company for each test."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.api.admin.caller import Caller, log_in
from tests.support.tenants import Tenant


@pytest.fixture(scope="module")
def root(app: Flask) -> Caller:
    """A super_admin."""
    return log_in(app)


@pytest.fixture
def operator(root: Caller, tenant: Tenant) -> Caller:
    """Whoever administers the tenant."""
    return root.acting_for(tenant.company_id).at("/api/v1/admin")
