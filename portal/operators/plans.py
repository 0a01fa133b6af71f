"""Make and change plans: what a company sells, at what price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid
from portal.models import Plan, Router
from portal.models.router import Delivery
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ListPage, apply, company_in, owned_in, page
from portal.operators.trail.changes import Changes, made

# Gateways charge cards from about MX$3 on; a dollar price is held to about as much.
LEAST_AMOUNT = {"MXN": 300, "USD": 20}
NAME_TAKEN = "Ya existe un producto con ese nombre en este router."
UNLIMITED_UNSAID = (
    "Ponga duracion_minutos o limite_datos_mb, o diga ilimitado: true si no tiene ningún límite."
)
LIMITED = "Con duracion_minutos o limite_datos_mb no es ilimitado: quite lo uno o lo otro."
NO_SITES = (
    "Un código solo vale en todas las sucursales donde los routers se atienden por RADIUS: cambie "
    "primero la entrega del router donde se vende."
)
DURATION_MISSING = "Indique también duracion_minutos."


class PlanValues(TypedDict, total=False):
    """Hold what may be said of a plan, as the record has it: centavos, seconds, bytes.

    `details` are `{"texto": …}`. `router_id` None is every router of the company. `unlimited` is
    kept nowhere: it says that neither time nor data was meant to end.
    """

    router_id: str | None
    name: str
    amount: int
    currency: str
    profile_name: str
    profile_id: str | None
    description: str | None
    details: list[dict[str, str]]
    image_url: str | None
    active: bool
    position: int
    featured: bool
    duration_seconds: int | None
    duration_from: str | None
    data_limit: int | None
    max_devices: int | None
    speed: str | None
    all_sites: bool
    unlimited: bool


def create(actor: Actor, company_id: str, **values: Unpack[PlanValues]) -> Plan:
    """Make a plan. Raises NotFound (its router too), Conflict, Invalid."""
    with writing() as session:
        company_in(session, company_id, lock=True)
        # Of a plan that is not complete yet, the session must not hear before it is checked.
        plan = Plan(company_id=company_id, currency="MXN", active=True)
        _change(session, plan, dict(values))
        session.add(plan)
        session.flush()
        record(session, actor, AuditAction.PLAN_CREATE, plan.id, company_id, made(plan))
    return plan


def update(actor: Actor, company_id: str, plan_id: int, **values: Unpack[PlanValues]) -> Plan:
    """Set what is given, and leave the rest. Sales keep the plan as it was.

    Raises NotFound (its router too), Conflict, Invalid.
    """
    with writing() as session:
        company_in(session, company_id, lock=True)
        plan = owned_in(session, Plan, plan_id, company_id)
        if changed := _change(session, plan, dict(values)):
            record(session, actor, AuditAction.PLAN_UPDATE, plan_id, company_id, changed)
    return plan


def deactivate(actor: Actor, company_id: str, plan_id: int) -> Plan:
    """Take the plan off sale. Raises NotFound."""
    return update(actor, company_id, plan_id, active=False)


def move(actor: Actor, company_id: str, plan_id: int, *, up: bool) -> None:
    """Change the plan's place with the one before or after it. Raises NotFound.

    Places are numbered anew, so that no two plans have one and each move is seen.
    """
    with writing() as session:
        company_in(session, company_id, lock=True)
        plan = owned_in(session, Plan, plan_id, company_id)
        rows = list(session.scalars(_in_order(company_id).where(Plan.active == plan.active)))
        at = rows.index(plan)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(rows):
            return
        rows[at], rows[to] = rows[to], rows[at]
        for position, row in enumerate(rows, start=1):
            if changed := apply(row, {"position": position}):
                record(session, actor, AuditAction.PLAN_UPDATE, row.id, company_id, changed)


def in_order(company_id: str) -> Sequence[Plan]:
    """List all of the company's plans as they are shown, those on sale first."""
    with reading() as session:
        return session.scalars(_in_order(company_id)).all()


def get(company_id: str, plan_id: int) -> Plan:
    """Find the plan. Raises NotFound."""
    with reading() as session:
        return owned_in(session, Plan, plan_id, company_id)


def listing(
    company_id: str, limit: int, offset: int, router_id: str | None = None
) -> ListPage[Plan]:
    """List the company's plans, or those that `router_id` sells, in order. Raises NotFound."""
    with reading() as session:
        company_in(session, company_id)
        query = select(Plan).where(Plan.company_id == company_id)
        if router_id is not None:
            owned_in(session, Router, router_id, company_id)
            query = query.where(or_(Plan.router_id == router_id, Plan.router_id.is_(None)))
        return page(session, query.order_by(Plan.position, Plan.id), limit, offset)


def _in_order(company_id: str) -> Select[Plan]:
    query = select(Plan).where(Plan.company_id == company_id)
    return query.order_by(Plan.active.desc(), Plan.position, Plan.featured.desc(), Plan.id)


def _change(session: Session, plan: Plan, values: dict[str, Any]) -> Changes:
    unlimited = values.pop("unlimited", None)
    was_unlimited = plan.id is not None and plan.is_unlimited
    with session.no_autoflush:
        changed = apply(plan, values)
        if plan.router_id is not None:
            owned_in(session, Router, plan.router_id, plan.company_id)
        _complete_duration(plan, values)
        _check_limits(plan, unlimited, was_unlimited)
        if "all_sites" in values or "router_id" in values:
            _check_sites(session, plan)
        _check_price(plan)
        _check_name(session, plan)
    return changed


def _complete_duration(plan: Plan, values: dict[str, Any]) -> None:
    """A duration counts from the purchase unless something else was said."""
    if plan.duration_seconds is not None:
        plan.duration_from = plan.duration_from or "purchase"
    elif values.get("duration_from") is None:
        plan.duration_from = None
    else:
        raise Invalid(DURATION_MISSING, errores={"duracion_minutos": [DURATION_MISSING]})


def _check_limits(plan: Plan, said: bool | None, before: bool) -> None:
    """What never ends is sold on purpose alone, not for a number that was forgotten."""
    if plan.is_unlimited and not (before if said is None else said):
        raise Invalid(UNLIMITED_UNSAID, errores={"ilimitado": [UNLIMITED_UNSAID]})
    if said and not plan.is_unlimited:
        raise Invalid(LIMITED, errores={"ilimitado": [LIMITED]})


def _check_sites(session: Session, plan: Plan) -> None:
    """A router that is not asked at a login knows no code but those that were written to it."""
    if not plan.all_sites:
        return
    asking = select(Router.id).where(
        Router.company_id == plan.company_id, Router.delivery == Delivery.RADIUS
    )
    if plan.router_id is not None:
        asking = asking.where(Router.id == plan.router_id)
    if session.scalar(asking.limit(1)) is None:
        raise Invalid(NO_SITES, errores={"todas_las_sucursales": [NO_SITES]})


def _check_price(plan: Plan) -> None:
    least = LEAST_AMOUNT[plan.currency]
    if plan.amount < least:
        sentence = f"El precio mínimo es {least / 100:.2f} {plan.currency}."
        raise Invalid(sentence, errores={"precio": [sentence]})


def _check_name(session: Session, plan: Plan) -> None:
    """No router sells two plans of one name; a plan without router stands on all of them."""
    if not plan.active:
        return
    twins = select(Plan.id).where(
        Plan.company_id == plan.company_id, Plan.name == plan.name, Plan.active
    )
    if plan.id is not None:
        twins = twins.where(Plan.id != plan.id)
    if plan.router_id is not None:
        twins = twins.where(or_(Plan.router_id == plan.router_id, Plan.router_id.is_(None)))
    if session.scalar(twins.limit(1)) is not None:
        raise Conflict(NAME_TAKEN)
