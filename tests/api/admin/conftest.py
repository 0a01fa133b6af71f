"""Give a super_admin, and whoever administers a company of the test's own."""

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
