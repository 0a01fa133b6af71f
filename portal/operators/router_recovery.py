"""Make good what an outage or a reset of a router did, at its operator's word."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from portal.access.outages import AccessBusy, GivenBack, declare_outage
from portal.access.router_restore import Restored, restore_router
from portal.core.database import writing
from portal.core.errors import Conflict, Invalid
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.models import Router, utc_now
from portal.operators import routers
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.targets import problem_of
from portal.ports import settings

PAUSE = 0.2
# A year mistyped would give everybody away what they bought, many times over.
LONGEST = timedelta(days=60)
BACKWARDS = "La interrupción debe terminar después de que empezó."
TOO_LONG = "Una interrupción dura 60 días como máximo: revise las fechas, también el año."
NOT_OVER = "La interrupción no ha terminado: declárela cuando el servicio haya vuelto."
BUSY = "Los accesos de este router se están atendiendo. Intente de nuevo en unos segundos."


def declare(
    actor: Actor, company_id: str, router_id: str, starts_at: datetime, ends_at: datetime
) -> GivenBack:
    """Record an outage that is over, and give its time back; once, however often it is declared.

    Raises NotFound, Invalid, and Conflict where the accesses are busy for too long.
    """
    if ends_at <= starts_at:
        raise Invalid(BACKWARDS)
    if ends_at - starts_at > LONGEST:
        raise Invalid(TOO_LONG)
    if ends_at > utc_now():
        raise Invalid(NOT_OVER)
    deadline = Deadline(settings().sale_deadline)
    while not deadline.passed:
        try:
            return _declare(actor, company_id, router_id, starts_at, ends_at)
        except AccessBusy:
            time.sleep(deadline.remaining(PAUSE))
    raise Conflict(BUSY)


def restore(actor: Actor, company_id: str, router_id: str) -> Restored:
    """Make the router at once what our records say, as after a reset.

    Raises NotFound, and Unavailable with advice in Spanish.
    """
    router = routers.get(company_id, router_id)
    try:
        done = restore_router(router.id)
    except RouterError as error:
        raise problem_of(error) from error
    with writing() as session:
        record(session, actor, AuditAction.ROUTER_RESTORE, router_id, company_id, **asdict(done))
    return done


def _declare(
    actor: Actor, company_id: str, router_id: str, starts_at: datetime, ends_at: datetime
) -> GivenBack:
    with writing() as session:
        owned_in(session, Router, router_id, company_id)
        given = declare_outage(session, router_id, starts_at, ends_at)
        details: dict[str, Any] = asdict(given) | {
            "from": starts_at.isoformat(),
            "to": ends_at.isoformat(),
        }
        record(session, actor, AuditAction.ROUTER_OUTAGE, router_id, company_id, **details)
    return given
