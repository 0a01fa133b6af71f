"""Claim what is due, under a lease. Any number of workers may claim at the same time."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import true

from portal.core.leases import NOBODY, Claim, DueRows
from portal.models import Access, Job, Sale, WebhookEvent
from portal.models.job import AT_HOME, AWAY
from portal.models.sale import MONEY_IS_IN
from portal.models.sale_states import FINAL, SaleState
from portal.ports import settings

PAID_SALES = DueRows(Sale, MONEY_IS_IN & Sale.parked_reason.is_(None))
# A canceled sale is due where an operator wants it looked at again.
SALES = DueRows(
    Sale,
    (Sale.state.not_in(FINAL) | (Sale.state == SaleState.CANCELED)) & Sale.parked_reason.is_(None),
)
ACCESSES = DueRows(Access, Access.parked_reason.is_(None))
EVENTS = DueRows(WebhookEvent, true())
JOBS = DueRows(Job, AT_HOME, also=(Job.attempts, Job.away))
JOBS_AWAY = DueRows(Job, AWAY, also=(Job.attempts, Job.away))

# A job may take longer than a step of a sale, and nobody waits for it.
JOB_LEASES = 3


def step_seconds() -> float:
    """Give for how many seconds a step of a sale, an access or an event is somebody's own."""
    return settings().sale_lease


def job_seconds() -> float:
    """Give the same of a job."""
    return JOB_LEASES * settings().sale_lease


def claim_paid_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale whose customer has paid and waited the longest; `but` for some companies'."""
    return PAID_SALES.claim(step_seconds(), due_since=due_since, but=but)


def claim_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale that has been due the longest, and for `due_since` seconds at least."""
    return SALES.claim(step_seconds(), due_since=due_since, but=but)


def claim_access(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the access that has been due the longest, and for `due_since` seconds at least."""
    return ACCESSES.claim(step_seconds(), due_since=due_since, but=but)


def claim_event(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the webhook event that has been due the longest."""
    return EVENTS.claim(step_seconds(), due_since=due_since, but=but)


def claim_job(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the job that has been due the longest."""
    return JOBS.claim(job_seconds(), due_since=due_since, but=but)
