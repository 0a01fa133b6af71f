"""Make one company that has traded for a year, as it would stand with a worker."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from flask import Flask

from portal.core.database import writing
from portal.core.extensions import db
from portal.models import Plan
from portal.operators import plans, routers
from portal.sales.takings.summing import sum_days
from tests.support.filling.fill import Size, fill
from tests.support.tenants import ACTOR, Tenant, make_tenant

PLANS = 18
RETIRED = "Plan 17"


@dataclass(frozen=True)
class CompanySize:
    """How much one company has."""

    sales: int
    routers: int
    codes: int


def make_company(app: Flask, size: CompanySize) -> Tenant:
    """Make one company of this size; its last plan is not sold any more."""
    tenant = make_tenant(app)
    with app.app_context():
        _furnish(tenant.company_id, size)
        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    began = time.monotonic()

    def tell(table: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {table}", file=sys.stderr, flush=True)

    # Webhooks and the trail grow with sales and with what people do.
    many = Size(
        size.sales, size.codes, events=size.sales // 5, entries=size.sales // 10, alerts=2000
    )
    fill(url, [tenant.company_id], many, tell)
    with app.app_context():
        sum_days(tenant.company_id)
    tell("all of it")
    return tenant


def _furnish(company_id: str, size: CompanySize) -> None:
    for number in range(1, size.routers):
        name = f"Sucursal {number}"
        routers.create(ACTOR, company_id, name=name, host="127.0.0.1", username="a", password="b")
    for number in range(PLANS):
        plans.create(
            ACTOR,
            company_id,
            router_id=None,
            name=f"Plan {number}",
            amount=2000,
            profile_name="1hora",
            unlimited=True,
        )
    with writing() as session:
        session.query(Plan).filter_by(name=RETIRED).update({"active": False})
