"""Claim what is due, under a lease. Any number of workers may claim at the same time."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import true

from portal.core.leases import NOBODY, Claim, DueRows
from portal.models import Access, Job, Sale, WebhookEvent
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
JOBS = DueRows(Job, true())

# A job may take longer than a step of a sale, and nobody waits for it.
JOB_LEASES = 3


def claim_paid_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale whose customer has paid and waited the longest; `but` for some companies'."""
    return _claim(PAID_SALES, due_since, but)


def claim_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale that has been due the longest, and for `due_since` seconds at least."""
    return _claim(SALES, due_since, but)


def claim_access(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the access that has been due the longest, and for `due_since` seconds at least."""
    return _claim(ACCESSES, due_since, but)


def claim_event(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the webhook event that has been due the longest."""
    return _claim(EVENTS, due_since, but)


def claim_job(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the job that has been due the longest."""
    return _claim(JOBS, due_since, but, leases=JOB_LEASES)


def _claim(rows: DueRows, due_since: float, but: Collection[str], leases: int = 1) -> Claim | None:
    return rows.claim(leases * settings().sale_lease, due_since=due_since, but=but)
