"""Tell of secrets that no key of ENCRYPTION_KEYS opens, and wait for the key.

Putting the lost key back mends it all. Until then nothing is sold that could not be finished,
a sale under way waits for a person, and whatever else is due is tried again by itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal import ports
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import writing
from portal.core.leases import Claim
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.vault import VaultError
from portal.models import Access, AdminUser, AlertChannel, GatewayAccount, Router, SecondFactor

KEY_LOST = "key_lost"
ALERT = (
    "Ninguna clave de ENCRYPTION_KEYS abre lo que aquí está cifrado: vuelva a poner la que falta "
    "y reinicie todo."
)
RECORDS: dict[str, Any] = {
    kind.__tablename__: kind for kind in (Access, AlertChannel, GatewayAccount, Router)
}


def tell_of_lost_key(error: VaultError) -> None:
    """Tell the operator of the company whose secret it is."""
    with writing() as session:
        company_id = _company_of(session, error)
        if company_id is None:
            # A super_admin's, who has no company to hear of it.
            log().error("key lost", table=error.table, row=error.row_id)
            return
        raise_alert(session, company_id, AlertKind.KEY_LOST, error.row_id, ALERT)


def _company_of(session: Session, error: VaultError) -> str | None:
    if error.table in RECORDS:
        company_id: str = session.get_one(RECORDS[error.table], error.row_id).company_id
        return company_id
    if error.table == SecondFactor.__tablename__:
        person = session.get_one(SecondFactor, error.row_id).user_id
        return session.get_one(AdminUser, person).company_id
    return error.row_id


def wait_for_key(record: type[Any], claim: Claim, error: VaultError) -> None:
    """Let go for a while of what a worker could not do. A sale is parked by whoever holds it."""
    tell_of_lost_key(error)
    with writing() as session:
        session.execute(
            update(record)
            .where(record.id == claim.id, record.lease == claim.lease)
            .values(lease=None, next_attempt_at=from_now(ports.settings().retry_longest)),
            execution_options={"synchronize_session": False},
        )
