"""Claim what is due, under a lease. Any number of workers may claim at the same time."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import true

from portal.core.leases import NOBODY, Claim, claim_due
from portal.models import Access, Job, Sale, WebhookEvent
from portal.models.sale import MONEY_IS_IN
from portal.models.sale_states import FINAL, SaleState
from portal.ports import settings

# A job may take longer than a step of a sale, and nobody waits for it.
JOB_LEASES = 3


def claim_paid_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale whose customer has paid and waited the longest; `but` for some companies'."""
    return _claim(Sale, MONEY_IS_IN & Sale.parked_reason.is_(None), due_since, but)


def claim_sale(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the sale that has been due the longest, and for `due_since` seconds at least."""
    # A canceled sale is due where an operator wants it looked at again.
    open_or_canceled = Sale.state.not_in(FINAL) | (Sale.state == SaleState.CANCELED)
    return _claim(Sale, open_or_canceled & Sale.parked_reason.is_(None), due_since, but)


def claim_access(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the access that has been due the longest, and for `due_since` seconds at least."""
    return _claim(Access, Access.parked_reason.is_(None), due_since, but)


def claim_event(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the webhook event that has been due the longest."""
    return _claim(WebhookEvent, true(), due_since, but)


def claim_job(due_since: float = 0.0, but: Collection[str] = NOBODY) -> Claim | None:
    """Take the job that has been due the longest."""
    return _claim(Job, true(), due_since, but, leases=JOB_LEASES)


def _claim(
    record: Any, ready: Any, due_since: float, but: Collection[str], leases: int = 1
) -> Claim | None:
    seconds = leases * settings().sale_lease
    return claim_due(record, ready, seconds, due_since=due_since, but=but)
