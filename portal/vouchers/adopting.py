"""Make codes ours that another tool left on the router, one by one, as its time allows.

Their records stand before the router is asked, so what a step left undone the next one finds; a
user that has our marks already is ours, and is marked no second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from portal import ports
from portal.access.provisioning import mark_of
from portal.core.database import reading, writing
from portal.hotspot.adoption import Adoption
from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterError
from portal.models import Access, Router, Voucher, utc_now
from portal.models.access import AccessState
from portal.vouchers.on_router import UsersMade

LEFT_ALONE = {
    Adoption.CHANGED: "Cambió en el router antes de importarse: se dejó como está.",
    Adoption.GONE: "Ya no estaba en el router cuando se importó.",
}


def adopt_users(router: Router, accesses: Sequence[Access], time: float) -> UsersMade:
    """Adopt the users of accesses that are held, for `time` seconds or until the router errs.

    One that was changed since it was read, or is gone, is left alone and its code voided with
    the reason. Raises VaultError.
    """
    adopter, deadline, made = ports.adopter_of(router), Deadline(time), UsersMade()
    comments = _comments(accesses)
    for access in accesses:
        if deadline.passed:
            break
        timeout, mark = ports.settings().router_timeout, mark_of(access.id)
        try:
            came = adopter.adopt(access.name, comments[access.id], mark, timeout)
        except RouterError as error:
            made.error = error
            break
        if came == Adoption.ADOPTED:
            made.ids.append(access.id)
        else:
            _leave_alone(access, LEFT_ALONE[came])
    return made


def _comments(accesses: Sequence[Access]) -> Mapping[str, str]:
    ids = [access.id for access in accesses]
    query = select(Voucher.access_id, Voucher.former_comment).where(Voucher.access_id.in_(ids))
    with reading() as session:
        return {access_id: comment or "" for access_id, comment in session.execute(query)}


def _leave_alone(access: Access, reason: str) -> None:
    """Void the code, whose user was never ours: nothing is to be removed from the router."""
    now = utc_now()
    gone = {"wanted": AccessState.ABSENT, "actual": AccessState.ABSENT, "next_attempt_at": None}
    voided = {"voided_at": now, "void_reason": reason}
    with writing() as session:
        session.execute(
            update(Access)
            .where(Access.id == access.id, Access.lease == access.lease)
            .values(**gone, lease=None, updated_at=now),
            execution_options={"synchronize_session": False},
        )
        session.execute(
            update(Voucher)
            .where(Voucher.access_id == access.id, Voucher.voided_at.is_(None))
            .values(**voided),
            execution_options={"synchronize_session": False},
        )
