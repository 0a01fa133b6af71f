"""Write what is wanted of an access, and what it is known to be; draw the code it is opened by.

What is wanted follows from the money and may be changed at any time. Who works on the
router holds the access' lease, and records under it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.alerts.router_alerts import tell_of_user_back
from portal.core.database import after_commit, writing
from portal.core.leases import Claim, claim_one, hold, release
from portal.core.records import from_now
from portal.core.rows.batch import RowBatch
from portal.core.rows.columns import FromNow, WhileStill, note_written
from portal.core.rows.inserting import insert_new
from portal.models import Access, Job, utc_now
from portal.models.access import COUNTERS, AccessState
from portal.models.job import JobKind
from portal.ports import retry_in, settings

READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DIGITS = "0123456789"
# How often credentials are drawn anew when a name is taken.
NAME_DRAWS = 8
FEWEST_DIGITS = 6
NAME_LENGTH, PASSWORD_DIGITS = 6, 4
PLANNED = "routers_with_rounds"


def draw_credentials(kind: str, pin_digits: int | None = None) -> tuple[str, str]:
    """Draw a hotspot name and password, from a cryptographic source.

    `user_password` has 6 characters and 4 digits; `pin` as many digits as it is told, 6 where it
    is not.

    The letters and digits that are mistaken for one another (0 O 1 I) are left out of names.
    """
    if kind == "pin":
        pin = _draw(DIGITS, pin_digits or FEWEST_DIGITS)
        return pin, pin
    return _draw(READABLE, NAME_LENGTH), _draw(DIGITS, PASSWORD_DIGITS)


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def plan_rounds(session: Session, router_id: str, company_id: str) -> None:
    """Note that the router is to be read from now on, in the transaction that writes an access.

    Asked once a router and process: whoever knows that it is planned asks nothing.
    """
    if router_id in _planned():
        return
    job = {"id": JobKind.USAGE_SYNC.about(router_id), "company_id": company_id, "attempts": 0}
    insert_new(session, Job, job | {"next_attempt_at": from_now(settings().usage_sync_seconds)})
    after_commit(session, lambda: _planned().add(router_id))


def put_rounds(batch: RowBatch, router_id: str, company_id: str) -> None:
    """Do so along with what else the batch writes."""
    if router_id not in _planned():
        batch.also(lambda session: plan_rounds(session, router_id, company_id))


def _planned() -> set[str]:
    """Give the routers whose rounds this process knows to be planned."""
    known: set[str] = current_app.extensions.setdefault(PLANNED, set())
    return known


def set_desired(session: Session, access: Access, wanted: str, due_in: float) -> None:
    """Decide what the access should be; the worker sees to it after `due_in` seconds."""
    batch = RowBatch()
    put_desired(batch, access, wanted, due_in)
    batch.write(session)


def put_desired(batch: RowBatch, access: Access, wanted: str, due_in: float) -> None:
    """Do so along with what else the batch writes."""
    values = {"wanted": wanted, "next_attempt_at": FromNow(due_in), "attempts": 0}
    batch.change(Access, {"id": access.id}, values | {"updated_at": utc_now()})
    batch.afterwards(lambda: setattr(access, "wanted", wanted))


def claim_one_access(access_id: str) -> Claim | None:
    """Take this access, due or not; give None while somebody else holds it."""
    return claim_one(Access, access_id, settings().sale_lease)


def hold_access(session: Session, access: Access) -> bool:
    """Take the access' lease; give False while somebody else holds it."""
    return hold(session, Access, access, settings().sale_lease)


def release_access(access: Access) -> None:
    """Give the access' lease back.

    Where somebody took it over meanwhile, we may have changed the router after they had: then
    a worker looks again.
    """
    if access.lease is None or release(Access, access):
        return
    with writing() as session:
        session.execute(
            update(Access).where(Access.id == access.id).values(next_attempt_at=from_now()),
            execution_options={"synchronize_session": False},
        )


def record_actual(
    session: Session, access: Access, actual: str, *, due_in: float | None, **columns: Any
) -> None:
    """Record what the router has now, and let go of the lease. Raises LostRace."""
    batch = RowBatch()
    put_actual(batch, access, actual, due_in=due_in, **columns)
    batch.write(session)


def put_actual(
    batch: RowBatch, access: Access, actual: str, *, due_in: float | None, **columns: Any
) -> None:
    """Do so along with what else the batch writes, which raises LostRace.

    Where something else is wanted meanwhile, the access is due at once. What was counted goes
    along, since a user that was made anew counts from nothing.
    """
    values = {"actual": actual, "lease": None, "updated_at": utc_now()}
    values |= _seen_enabled(access, actual) | columns
    values |= {name: getattr(access, name) for name in COUNTERS}
    due = {"next_attempt_at": WhileStill("wanted", access.wanted, due_in)}
    guard = {"id": access.id, "lease": access.lease}
    batch.change(Access, guard, values | due, must_stand=True)
    if access.blocked_at is not None and values["blocked_at"] is None:
        batch.also(lambda session: tell_of_user_back(session, access))
    batch.afterwards(lambda: note_written(access, values))


def _seen_enabled(access: Access, actual: str) -> dict[str, datetime | None]:
    """Give since when we know it enabled, and blocked: what the router does not say stays."""
    if actual == AccessState.ENABLED:
        return {"enabled_at": access.enabled_at or utc_now(), "blocked_at": None}
    if actual == AccessState.UNKNOWN:
        return {"enabled_at": access.enabled_at, "blocked_at": access.blocked_at}
    return {"enabled_at": None, "blocked_at": None}


def record_unknown(session: Session, access: Access) -> None:
    """Record that the router did not say; ask it again later. Raises LostRace."""
    batch = RowBatch()
    put_unknown(batch, access)
    batch.write(session)


def put_unknown(batch: RowBatch, access: Access) -> None:
    """Do so along with what else the batch writes, which raises LostRace."""
    delay, attempts = retry_in(access.attempts), access.attempts + 1
    put_actual(batch, access, AccessState.UNKNOWN, due_in=delay, attempts=attempts)
