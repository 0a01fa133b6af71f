"""Make codes of a tenant's, whose router nobody reaches."""

from __future__ import annotations

from typing import Any

from flask import Flask

from portal.core.database import writing
from portal.models import Access, Voucher, utc_now
from portal.operators.vouchers.batches import BatchOrder, order_batch
from portal.operators.vouchers.sellers import seller_named
from tests.support.tenants import ACTOR, Tenant

SOLD = {"plan_name": "1 Hora de Internet", "amount": 2000, "currency": "MXN"}


def make_voucher(app: Flask, tenant: Tenant, number: int = 0, **values: Any) -> str:
    """The id of a code that was sold at the counter, and that its router has not got yet.

    `number` is each one's own; `values` are otherwise than usual.
    """
    with app.app_context(), writing() as session:
        access = Access(
            company_id=tenant.company_id,
            router_id=tenant.router_id,
            kind="pin",
            pin_digits=6,
            wanted="enabled",
            actual="unknown",
            profile_name="1hora",
        )
        access.id = f"acc_{tenant.router_id[4:].lower()}{number:012}"
        access.name = access.password = f"{482913 + number}"
        session.add(access)
        session.flush()
        voucher = Voucher(
            company_id=tenant.company_id,
            router_id=tenant.router_id,
            plan_id=tenant.plan_ids[0],
            seller_id=seller_named(session, tenant.company_id, "Caja").id,
            access_id=access.id,
            origin="counter",
            **{**SOLD, "sold_at": utc_now(), **values},
        )
        session.add(voucher)
        session.flush()
        return voucher.id


def make_batch(app: Flask, tenant: Tenant) -> str:
    """The id of a batch that no worker has come to yet."""
    with app.app_context():
        order = BatchOrder(tenant.plan_ids[0], 3, "Abarrotes Lupe")
        return order_batch(ACTOR, tenant.company_id, order).id
