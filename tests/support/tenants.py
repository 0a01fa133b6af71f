"""Make companies with what they sell, as an operator would, without any router or gateway."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from flask import Flask
from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.models import AdminUser, Plan, Router
from portal.models.admin_user import Role
from portal.operators import api_keys, companies, gateway_accounts
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.people import users
from portal.operators.trail.changes import made
from tests.support.quick_passwords import CHEAP

ACTOR = Actor("cli:tests")
PASSWORD = "correct horse battery"
# A password is checked at the cost that its hash names.
CHEAP_HASH = CHEAP.hash(PASSWORD)
_numbers = count(1)


@dataclass(frozen=True)
class Tenant:
    """One company with one router and two plans; `plan_ids` in the catalogue's order."""

    company_id: str
    router_id: str
    api_key: str
    plan_ids: tuple[int, int]

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-Key": self.api_key}


def make_tenant(app: Flask, name: str = "Café Ñandú", host: str = "127.0.0.1") -> Tenant:
    """A company of its own, whose router nobody reaches.

    All in one transaction: a thousand tests begin with one.
    """
    with app.app_context(), writing() as session:
        company = companies.create_in(session, ACTOR, name=name)
        keys = {"private_key": "key_private", "public_key": "key_public", "mode": "test"}
        gateway_accounts.set_keys_in(session, ACTOR, company.id, keys)
        router, token = _add_router(session, company.id, host)
        hour = Plan(
            company_id=company.id,
            router_id=router.id,
            name="1 Hora de Internet",
            amount=2000,
            profile_name="1hora",
            description="Acceso ilimitado por 1 hora",
            details=[{"texto": "Sin límite 🚀"}],
            position=1,
        )
        day = Plan(
            company_id=company.id,
            name="24 Horas de Internet",
            amount=5005,
            profile_name="24horas",
            position=2,
            featured=True,
        )
        session.add_all([hour, day])
        session.flush()
        for plan in (hour, day):
            record(session, ACTOR, AuditAction.PLAN_CREATE, plan.id, company.id, made(plan))
    return Tenant(company.id, router.id, token, (hour.id, day.id))


def _add_router(session: Session, company_id: str, host: str) -> tuple[Router, str]:
    """A router, and the token of its key."""
    router = Router(
        company_id=company_id, name="Patio", host=host, username="api", location="Planta baja"
    )
    session.add(router)
    session.flush()
    router.password = "secret"
    minted = api_keys.mint_in(session, router)
    session.flush()
    details = {"api_key": minted.key.id}
    record(
        session, ACTOR, AuditAction.ROUTER_CREATE, router.id, company_id, made(router), **details
    )
    return router, minted.token


def make_user(app: Flask, company_id: str | None = None, role: Role | None = None) -> AdminUser:
    """An operator of the company; without one, a super_admin. Their password is PASSWORD."""
    usual = Role.COMPANY_ADMIN if company_id else Role.SUPER_ADMIN
    with app.app_context(), writing() as session:
        return users.create_in(
            session,
            ACTOR,
            CHEAP_HASH,
            email=f"persona{next(_numbers)}@example.com",
            name="Persona",
            role=role or usual,
            company_id=company_id,
        )
