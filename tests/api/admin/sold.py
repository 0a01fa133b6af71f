"""Write sales as they would stand after some trading straight into the records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.core.database import writing
from portal.core.records import new_id
from portal.models import Access, GatewayAccount, Plan, Sale, SaleMove
from tests.support.tenants import Tenant


def make_sale(app: Flask, tenant: Tenant, when: datetime, state: str, **values: Any) -> str:
    """A sale of the tenant's first plan, opened and paid at that moment; its id."""
    with app.app_context(), writing() as session:
        plan = session.get_one(Plan, tenant.plan_ids[0])
        account = session.scalars(
            select(GatewayAccount).where(GatewayAccount.company_id == tenant.company_id)
        ).one()
        access = Access(
            id=new_id("acc_", 20, upper=False),
            company_id=tenant.company_id,
            router_id=tenant.router_id,
            kind="user_password",
            name=new_id("", 6),
            wanted="absent",
            actual="absent",
            profile_name=plan.profile_name,
        )
        access.password = "planted-hotspot-password"
        session.add(access)
        session.flush()
        about: dict[str, Any] = {
            "company_id": tenant.company_id,
            "router_id": tenant.router_id,
            "plan_id": plan.id,
            "gateway_account_id": account.id,
            "access_id": access.id,
            "idempotency_key": access.id,
            "request_digest": "0" * 64,
            "device": access.id,
            "customer_name": "María García",
            "customer_email": "maria@example.com",
            "plan_name": plan.name,
            "amount": plan.amount,
            "currency": plan.currency,
            "profile_name": plan.profile_name,
            "state": state,
            "created_at": when,
            "paid_at": when if state in ("paid", "delivered", "refunding", "refunded") else None,
        }
        sale = Sale(**about | values)
        session.add(sale)
        session.flush()
        session.add(SaleMove(sale_id=sale.id, to_state=state, actor="request"))
    return sale.id
