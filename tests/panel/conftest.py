"""Log people in to the panel of a shop that sells, or of a company whose router nobody reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext

from portal.alerts.kinds import AlertKind
from portal.core.database import writing
from portal.models import AdminSession, Alert, Sale, utc_now
from portal.models.admin_user import Role
from tests.api.admin.sold import make_sale
from tests.pages.site import Site, open_site
from tests.panel.addresses import SoldTenant
from tests.panel.browser import Operator
from tests.panel.client import PanelClient, panel_of
from tests.support.tenants import Tenant, make_tenant, make_user
from tests.vouchers.made import make_batch, make_voucher


@pytest.fixture
def tenant(app: Flask) -> SoldTenant:
    """A company of this test's own, which has sold an access and has something to see to."""
    made = make_tenant(app)
    sale_id = make_sale(app, made, utc_now(), "delivered")
    user = make_user(app, made.company_id)
    login = AdminSession(user_id=user.id, expires_at=utc_now() + timedelta(hours=1))
    with app.app_context(), writing() as session:
        about = {"company_id": made.company_id, "kind": AlertKind.PINS_DENSE, "subject": "x"}
        alert = Alert(message="Hay muchos PIN.", **about)
        session.add_all([alert, login])
        session.flush()
        access_id = session.get_one(Sale, sale_id).access_id
    return SoldTenant(
        **asdict(made),
        sale_id=sale_id,
        access_id=access_id,
        voucher_id=make_voucher(app, made),
        batch_id=make_batch(app, made),
        alert_id=alert.id,
        user_id=str(user.id),
        session_id=login.id,
    )


@pytest.fixture
def panel(app: Flask, tenant: Tenant) -> PanelClient:
    """The owner of the module's application's `tenant`."""
    return panel_of(app, tenant.company_id)


@pytest.fixture
def cashier_panel(app: Flask, tenant: Tenant) -> PanelClient:
    """Its cashier."""
    return panel_of(app, tenant.company_id, Role.CASHIER)


@pytest.fixture
def super_panel(app: Flask) -> PanelClient:
    """A super_admin, who acts for nobody, even where there is one company alone."""
    somebody = panel_of(app)
    somebody.act_for("")
    return somebody


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A shop on a socket, with its router and gateway, on SQLite."""
    with open_site(tmp_path_factory.mktemp("site")) as opened:
        yield opened


@pytest.fixture
def operator(site: Site, lent: BrowserContext) -> Iterator[Operator]:
    """The site's owner with a phone, logged in; nothing may appear on its console."""
    owner = Operator(site, lent)
    owner.be_known()
    yield owner
    try:
        owner.check()
    finally:
        owner.leave()
