"""One pass of a worker: events, sales, accesses and jobs that are due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import structlog

from portal.logs import log
from portal.models import Access, Base, Job, Sale, WebhookEvent
from portal.sales.claims import Claim, claim_access, claim_event, claim_job, claim_sale
from portal.sales.converging import converge
from portal.sales.jobs import do_job
from portal.sales.ledger import LostRace
from portal.sales.lost_keys import wait_for_key
from portal.sales.reconcile import reconcile_sale
from portal.sales.rereading import process_event
from portal.vault import VaultError


@dataclass(frozen=True)
class Step:
    """How a record of one kind is claimed, and what is done with it then."""

    record: type[Base]
    claim: Callable[[float], Claim | None]
    do: Callable[[Claim], None]


STEPS = (
    Step(WebhookEvent, claim_event, process_event),
    Step(Sale, claim_sale, reconcile_sale),
    Step(Access, claim_access, converge),
    Step(Job, claim_job, do_job),
)


def reconcile(stopping: Callable[[], bool] = lambda: False) -> int:
    """One pass over all that is due as it begins; how much that was."""
    begun = monotonic()
    return sum(_work_off(step, begun, stopping) for step in STEPS)


def _work_off(step: Step, begun: float, stopping: Callable[[], bool]) -> int:
    done = 0
    while not stopping() and (claimed := step.claim(monotonic() - begun)):
        _guarded(step, claimed)
        done += 1
    return done


def _guarded(step: Step, claim: Claim) -> None:
    """One that fails must not keep the others waiting: it is due again when its lease ends."""
    structlog.contextvars.bind_contextvars(sale=claim.id)
    try:
        _do(step, claim)
    except LostRace:
        log().info("lost race")
    except Exception as error:  # noqa: BLE001 - the next one must get its turn
        log().error("step failed", step=step.do.__name__, kind=type(error).__name__)
    finally:
        structlog.contextvars.unbind_contextvars("sale")


def _do(step: Step, claim: Claim) -> None:
    try:
        step.do(claim)
    except VaultError as error:
        wait_for_key(step.record, claim, error)
