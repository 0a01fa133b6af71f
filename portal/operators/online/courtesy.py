"""Give time or data away: a courtesy of the operator's, on record with its reason."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.desired_state import set_desired
from portal.access.outages import reopen
from portal.access.reconciler import reconcile_access
from portal.access.top_up import Amount, add
from portal.access.usage import is_used_up
from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid
from portal.core.leases import Claim, LostRace
from portal.models import Access, Sale
from portal.models.access import AccessState
from portal.models.sale_states import MONEY_STANDS
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.online.holding import access_and_router, held_access
from portal.operators.trail.changes import between

NOTHING = "Indique cuántos minutos o cuántos megabytes regala."
NO_MONEY = "El pago de este acceso no está en firme: no se le puede regalar nada."
NO_TIME_LIMIT = "Este acceso no tiene límite de tiempo: no hay nada que sumarle."
NO_DATA_LIMIT = "Este acceso no tiene límite de datos: no hay nada que sumarle."
STAYS_USED_UP = "Así seguiría agotado: regale también {}."


@dataclass(frozen=True)
class Gift:
    """Hold how an access stands after something was given.

    `is_applied`: the router has it already, else it gets it when it answers. `is_renamed`: it
    came back under another name, since its own was sold meanwhile.
    """

    access: Access
    is_applied: bool
    is_renamed: bool


def give(
    actor: Actor, company_id: str, access_id: str, *, seconds: int = 0, data: int = 0, reason: str
) -> Gift:
    """Add seconds or bytes to what is left of an access, one that is used up among them.

    Raises NotFound, Invalid, and Conflict where nothing can be added to it.
    """
    amount = Amount(seconds, data)
    if amount == Amount(0, 0):
        raise Invalid(NOTHING, errores={"minutos": [NOTHING]})
    access_and_router(company_id, access_id)
    with held_access(access_id) as claim:
        is_renamed = _give(actor, company_id, access_id, amount, reason)
        _apply(claim)
    with reading() as session:
        access = session.get_one(Access, access_id)
    return Gift(access, access.actual == access.wanted, is_renamed)


def _give(actor: Actor, company_id: str, access_id: str, amount: Amount, reason: str) -> bool:
    with writing() as session:
        access = owned_in(session, Access, access_id, company_id, lock=True)
        _check(session, access, amount)
        had = _limits(access)
        add(session, access, amount)
        if is_used_up(access):
            raise Conflict(STAYS_USED_UP.format("tiempo" if amount.data else "datos"))
        changed = between(had, _limits(access))
        record(
            session,
            actor,
            AuditAction.ACCESS_COURTESY,
            access_id,
            company_id,
            changed,
            seconds=amount.seconds,
            data=amount.data,
            reason=reason,
        )
        if access.wanted == AccessState.ABSENT:
            return reopen(session, access)
        set_desired(session, access, access.wanted, 0)
    return False


def _limits(access: Access) -> dict[str, int | str | None]:
    ends = access.expires_at.isoformat() if access.expires_at else None
    return {"seconds": access.duration_seconds, "data": access.data_limit, "expires_at": ends}


def _check(session: Session, access: Access, amount: Amount) -> None:
    if not (_is_open(access) and _money_stands(session, access)):
        raise Conflict(NO_MONEY)
    if amount.seconds and access.duration_seconds is None:
        raise Conflict(NO_TIME_LIMIT)
    if amount.data and access.data_limit is None:
        raise Conflict(NO_DATA_LIMIT)


def _is_open(access: Access) -> bool:
    """Tell whether it lets in, or has ended by nothing else than being used up."""
    ended = access.wanted == AccessState.ABSENT and is_used_up(access)
    return access.wanted == AccessState.ENABLED or ended


def _money_stands(session: Session, access: Access) -> bool:
    """Tell whether any money for it stays with us; a code sold for cash has no sale."""
    states = session.scalars(select(Sale.state).where(Sale.access_id == access.id)).all()
    return not states or any(state in MONEY_STANDS for state in states)


def _apply(claim: Claim) -> None:
    """Bring it to the router at once; one that is away gets it from the worker."""
    with suppress(LostRace):
        reconcile_access(claim)
