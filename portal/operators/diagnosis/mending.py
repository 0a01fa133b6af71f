"""Do what mends a cause, at an operator's word."""

from __future__ import annotations

import time
from contextlib import suppress

from sqlalchemy import select, update

from portal import ports
from portal.access.outages import GivenBack
from portal.access.provisioning import known_of, mark_of
from portal.access.reconciler import reconcile_access
from portal.alerts.router_alerts import tell_of_user_back
from portal.core.database import reading, writing
from portal.core.errors import Conflict
from portal.core.leases import LostRace, claim_one
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.models import Access, Router, Sale
from portal.models.access import AccessState
from portal.models.sale_states import SaleActor, SaleState
from portal.operators import router_recovery
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.diagnosis.record_facts import lost_time
from portal.operators.lookup import owned_in
from portal.operators.online.holding import PAUSE, access_and_router, held_access
from portal.ports import settings
from portal.sales.recovery import recover_sale

# As the router takes a limit of zero.
NO_LIMIT = 0
BUSY = "Esta venta se está atendiendo. Intente de nuevo en unos segundos."
NOTHING_LOST = "No se sabe de ningún tiempo que el router le haya quitado a este acceso."
PARKED = "Esta venta espera a una persona: retómela primero."


def carry_on(actor: Actor, company_id: str, sale_id: str) -> Sale:
    """Do for a sale what the worker would do next: ask the gateway, deliver, give back.

    Nothing is ever charged by it. Raises NotFound, Conflict.
    """
    with writing() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        if sale.parked_reason is not None:
            raise Conflict(PARKED)
        record(session, actor, AuditAction.SALE_RETRY, sale_id, company_id, state=sale.state)
    _carry_on(sale_id)
    with reading() as session:
        return owned_in(session, Sale, sale_id, company_id)


def deliver(actor: Actor, company_id: str, access_id: str) -> bool:
    """Bring an access to its router as it should be; tell whether the router has it so now.

    Raises NotFound, Conflict.
    """
    access_and_router(company_id, access_id)
    with writing() as session:
        record(session, actor, AuditAction.ACCESS_DELIVER, access_id, company_id)
    if (sale_id := _waits_to_be_delivered(access_id)) is not None:
        _carry_on(sale_id)
    else:
        with held_access(access_id) as claim, suppress(LostRace):
            reconcile_access(claim)
    with suppress(RouterError):
        _lift_foreign_limits(*access_and_router(company_id, access_id))
    return _is_as_wanted(access_id)


def enable(actor: Actor, company_id: str, access_id: str) -> bool:
    """Enable what a person had disabled on the router; tell whether the router has it so now.

    Their word on their own router goes before ours, until they take it back. Raises NotFound,
    Conflict.
    """
    access_and_router(company_id, access_id)
    with held_access(access_id) as claim:
        with writing() as session:
            access = owned_in(session, Access, access_id, company_id, lock=True)
            record(session, actor, AuditAction.ACCESS_ENABLE, access_id, company_id)
            # Of one that we never enabled nobody else can have thought better.
            mine = update(Access).where(Access.id == access_id)
            session.execute(mine.values(enabled_at=None, blocked_at=None))
            tell_of_user_back(session, access)
        with suppress(LostRace):
            reconcile_access(claim)
    return _is_as_wanted(access_id)


def give_outage_back(actor: Actor, company_id: str, access_id: str) -> GivenBack:
    """Declare the time in which an access' router is known to have been away, for all its people.

    Raises NotFound, and Conflict where none is known, or the accesses are busy for too long.
    """
    access, router = access_and_router(company_id, access_id)
    with reading() as session:
        lost = lost_time(session, access)
    if lost is None:
        raise Conflict(NOTHING_LOST)
    return router_recovery.declare(actor, company_id, router.id, lost.start, lost.end)


def _carry_on(sale_id: str) -> None:
    patience = Deadline(settings().sale_deadline)
    while (claim := claim_one(Sale, sale_id, settings().sale_lease)) is None:
        if patience.passed:
            raise Conflict(BUSY)
        time.sleep(patience.remaining(PAUSE))
    # After a lost race somebody else carries the sale on.
    with suppress(LostRace):
        recover_sale(claim, SaleActor.OPERATOR)


def _lift_foreign_limits(access: Access, router: Router) -> None:
    """Take limits off the user that were never sold with it: somebody set them on the router."""
    if access.actual != AccessState.ENABLED:
        return
    ports.provisioner_of(router).update_user(
        access.name,
        mark_of(access.id),
        settings().router_timeout,
        limit_uptime=None if access.duration_from == "connected" else NO_LIMIT,
        limit_bytes=None if access.data_limit is not None else NO_LIMIT,
        known=known_of(access),
    )


def _waits_to_be_delivered(access_id: str) -> str | None:
    paid = select(Sale.id).where(Sale.access_id == access_id, Sale.state == SaleState.PAID)
    with reading() as session:
        return session.scalar(paid.where(Sale.parked_reason.is_(None)).limit(1))


def _is_as_wanted(access_id: str) -> bool:
    with reading() as session:
        access = session.get_one(Access, access_id)
    return access.actual == access.wanted
