"""Leave a router alone that does not answer, and go on at once when it does.

What waits for it is put off in the database, for all processes: whoever asks in vain asks for
everybody. It is left alone for as long as it has been silent already, within bounds.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from portal.alerts.router_contact import note_failure, silent_seconds
from portal.core.database import writing
from portal.core.leases import is_free
from portal.core.logs import log
from portal.core.records import from_now
from portal.hotspot.errors import RouterBusy, RouterError, RouterUnavailable
from portal.models import Access, Job, Router, RouterContact, Sale, utc_now
from portal.models.access import STANDING
from portal.models.job import JobKind
from portal.models.sale import MONEY_IS_IN
from portal.ports import settings

# Said as the index of those says it, so that it serves.
STANDS = text(f"({STANDING.text})")
# The jobs that ask a router something.
ASKING = (JobKind.USAGE_SYNC, JobKind.ORPHANED_USERS, JobKind.ROUTER_REACH)


def is_away(error: RouterError) -> bool:
    """Tell whether the router did not answer, rather than refuse, or not be asked."""
    return isinstance(error, RouterUnavailable) and not isinstance(error, RouterBusy)


def leave_alone(router: Router, error: RouterError) -> float:
    """Put off what else waits for a router that did not answer; for how many seconds."""
    note_failure(router, error)
    numbers = settings()
    silent = silent_seconds(router.id)
    seconds = min(max(numbers.retry_first, silent), numbers.retry_longest)
    with writing() as session:
        _run(session, _due_accesses(router.id, seconds).values(next_attempt_at=from_now(seconds)))
        _run(session, _jobs(router.id).where(~Job.away, is_free(Job)).values(away=True))
    return seconds


def ask_again(router_id: str, *, was_away: bool = False) -> None:
    """Let all that waits for a router be due, since it answers.

    Nothing where none of its jobs waits apart and it is not known as silent, unless `was_away`.
    """
    now = {"next_attempt_at": from_now()}
    with writing() as session:
        contact = update(RouterContact).where(
            RouterContact.router_id == router_id, RouterContact.silent_since.is_not(None)
        )
        heard = _run(session, contact.values(silent_since=None, answered_at=utc_now()))
        jobs = _run(
            session, _jobs(router_id).where(Job.away, is_free(Job)).values(away=False, **now)
        )
        if not (heard or jobs or was_away):
            return
        waiting = _run(session, _waiting_accesses(router_id).values(now))
        paid = _run(session, _paid_sales(router_id).values(now))
    log().info("router is back", router=router_id, accesses=waiting, sales=paid)


def _jobs(router_id: str) -> Any:
    return update(Job).where(Job.id.in_([kind.about(router_id) for kind in ASKING]))


def _on(router_id: str) -> Any:
    """Choose the router's accesses that stand, which an index of their own finds."""
    return update(Access).where(Access.router_id == router_id, STANDS, is_free(Access))


def _due_accesses(router_id: str, seconds: float) -> Any:
    soon = Access.next_attempt_at < from_now(seconds)
    return _on(router_id).where(soon, Access.parked_reason.is_(None))


def _waiting_accesses(router_id: str) -> Any:
    behind = (Access.actual != Access.wanted) & Access.blocked_at.is_(None)
    # Who was put off may have been put off beyond the end that is still to come.
    ends = Access.expires_at <= from_now(settings().retry_longest)
    waits = (Access.next_attempt_at > from_now()) & (behind | ends)
    return _on(router_id).where(waits, Access.parked_reason.is_(None))


def _paid_sales(router_id: str) -> Any:
    waits = (Sale.next_attempt_at > from_now()) & Sale.parked_reason.is_(None)
    return update(Sale).where(MONEY_IS_IN, waits, Sale.router_id == router_id, is_free(Sale))


def _run(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)
