"""Read what a code is made of, and whether it could be made, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import ports
from portal.core.database import reading
from portal.core.errors import Conflict, Invalid
from portal.models import Company, Plan, Router, utc_now
from portal.operators.lookup import company_in, owned_in

CHOOSE_ROUTER = "Este plan se vende en todos sus routers: indique en cuál se usará la ficha."
OTHER_ROUTER = "Este plan se vende en otro router."
WITHDRAWN = "Este plan está retirado de la venta: actívelo para vender fichas de él."
PAUSED = "Este router está en pausa: actívelo para vender fichas en él."
SUSPENDED = "La empresa está suspendida: no se venden fichas."


@dataclass(frozen=True)
class CodeOffer:
    """Hold a plan, the router on which its code will work, and the company that sells it."""

    company: Company
    plan: Plan
    router: Router


def code_offer(
    session: Session, company_id: str, plan_id: int, router_id: str | None, *, lock: bool = False
) -> CodeOffer:
    """Find what a code would be of; the router may go unsaid where there is but one.

    Raises NotFound, Invalid, Conflict, and VaultError where the router could not be entered.
    """
    company = company_in(session, company_id, lock=lock)
    plan = owned_in(session, Plan, plan_id, company_id)
    router = _router(session, company_id, plan, router_id)
    for is_off, sentence in (
        (not company.active, SUSPENDED),
        (not plan.active, WITHDRAWN),
        (not router.active, PAUSED),
    ):
        if is_off:
            raise Conflict(sentence)
    ports.provisioner_of(router)
    return CodeOffer(company, plan, router)


def sold_at_counter(company_id: str) -> tuple[list[Plan], list[Router]]:
    """List the plans and routers of which codes can be sold, in their order. Raises NotFound."""
    plans = select(Plan).where(Plan.company_id == company_id, Plan.active)
    routers = select(Router).where(Router.company_id == company_id, Router.active)
    works = Plan.router_id.in_(select(Router.id).where(Router.active))
    plans = plans.where(or_(Plan.router_id.is_(None), works))
    with reading() as session:
        company_in(session, company_id)
        found = session.scalars(plans.order_by(Plan.position, Plan.id)).all()
        return list(found), list(session.scalars(routers.order_by(Router.name, Router.id)))


def after_days(days: int | None) -> datetime | None:
    """Give the moment so many days from now; None where there is no end."""
    return None if days is None else utc_now() + timedelta(days=days)


def _router(session: Session, company_id: str, plan: Plan, router_id: str | None) -> Router:
    if router_id is not None:
        router = owned_in(session, Router, router_id, company_id)
        if plan.router_id not in (None, router.id):
            raise Invalid(OTHER_ROUTER, errores={"router_id": [OTHER_ROUTER]})
        return router
    if plan.router_id is not None:
        return owned_in(session, Router, plan.router_id, company_id)
    mine = select(Router).where(Router.company_id == company_id, Router.active)
    found = session.scalars(mine.limit(2)).all()
    if len(found) != 1:
        raise Invalid(CHOOSE_ROUTER, errores={"router_id": [CHOOSE_ROUTER]})
    return found[0]
