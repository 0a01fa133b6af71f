"""What comes round by itself: reading routers, sweeping them, searching the gateway, receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from portal.access.attempt_limits import forget_old_attempts
from portal.access.pin_density import tell_of_dense_pins
from portal.access.usage_sync import remove_orphaned_users, sync_usage
from portal.core.clock import from_now
from portal.core.clock_guard import QUIET, clock_is_trusted
from portal.core.database import insert_new, reading, writing
from portal.core.leases import Claim
from portal.hotspot.router import RouterError
from portal.models import Access, Company, GatewayAccount, Job, Router, Sale
from portal.models.sale_states import FINAL
from portal.ports import settings
from portal.worker.due_times import pull_forward
from portal.worker.orphan_orders import search_orphan_orders
from portal.worker.receipts import send_receipts
from portal.worker.retention import erase_personal_data

DAY = 86400.0
PINS_SECONDS = 600.0
ROUTER_JOBS = ("round", "sweep", "pins")
# What is deleted because it is old by a clock that was wrong does not come back.
FOR_GOOD = ("erase", "forget")


def _kinds() -> dict[str, tuple[Callable[[str], object], float]]:
    """Each kind of job: what does it for a subject, and after how many seconds it is due again."""
    numbers = settings()
    return {
        "round": (sync_usage, numbers.round_seconds),
        "sweep": (remove_orphaned_users, numbers.sweep_hours * 3600),
        "strays": (search_orphan_orders, numbers.strays_minutes * 60),
        "pins": (tell_of_dense_pins, PINS_SECONDS),
        "erase": (erase_personal_data, DAY),
        "forget": (lambda _subject: forget_old_attempts(), DAY),
        "receipts": (send_receipts, numbers.receipt_seconds),
    }


def plan_jobs() -> None:
    """Note the jobs that there should be; those that stand already stay as they are.

    What a wrong clock has put off too far is due at once.
    """
    with reading() as session:
        standing = set(session.scalars(select(Job.id)))
        missing = {job: whose for job, whose in _wanted(session) if job not in standing}
    with writing() as session:
        for job, whose in missing.items():
            _note(session, job, whose)
        pull_forward(session, {kind: period for kind, (_, period) in _kinds().items()})


def do_job(claim: Claim) -> None:
    """Do a job under its lease, and set when it is due again."""
    kind, _, subject = claim.id.partition(":")
    deed, period = _kinds()[kind]
    try:
        if kind in FOR_GOOD and not clock_is_trusted():
            period = min(period, QUIET)
        else:
            deed(subject)
    except RouterError:
        # It is read again when its turn comes; whoever sells there hears of it sooner.
        period = min(period, settings().retry_longest)
    with writing() as session:
        session.execute(
            update(Job)
            .where(Job.id == claim.id, Job.lease == claim.lease)
            .values(next_attempt_at=from_now(period), lease=None),
            execution_options={"synchronize_session": False},
        )


def _wanted(session: Session) -> Iterator[tuple[str, str | None]]:
    """Every job that there should be, and the company whose it is."""
    yield "forget:tries", None
    used = select(Router.id, Router.company_id).where(exists().where(Access.router_id == Router.id))
    for router, company in session.execute(used):
        for kind in ROUTER_JOBS:
            yield f"{kind}:{router}", company
    for account, company in session.execute(_accounts_in_use()):
        yield f"strays:{account}", company
    sells = select(Company.id).where(exists().where(Sale.company_id == Company.id))
    for company in session.scalars(sells):
        yield f"erase:{company}", company
        if settings().smtp_host:
            yield f"receipts:{company}", company


def _accounts_in_use() -> Any:
    """Credentials that are current, or that a sale under way was opened with."""
    under_way = select(Sale.gateway_account_id).where(Sale.state.not_in(FINAL))
    usable = GatewayAccount.private_key_sealed.is_not(None)
    return select(GatewayAccount.id, GatewayAccount.company_id).where(
        usable, GatewayAccount.current | GatewayAccount.id.in_(under_way)
    )


def _note(session: Session, job: str, company_id: str | None) -> None:
    period = _kinds()[job.partition(":")[0]][1]
    values = {"id": job, "company_id": company_id, "attempts": 0}
    insert_new(session, Job, values | {"next_attempt_at": from_now(period)})
