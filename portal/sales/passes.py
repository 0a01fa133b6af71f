"""One pass of a worker: events, sales, accesses and jobs that are due."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import structlog

from portal.logs import log
from portal.sales.claims import Claim, claim_access, claim_event, claim_job, claim_sale
from portal.sales.converging import converge
from portal.sales.jobs import do_job
from portal.sales.ledger import LostRace
from portal.sales.reconcile import reconcile_sale
from portal.sales.rereading import process_event

STEPS: tuple[tuple[Callable[[float], Claim | None], Callable[[Claim], None]], ...] = (
    (claim_event, process_event),
    (claim_sale, reconcile_sale),
    (claim_access, converge),
    (claim_job, do_job),
)


def reconcile(stopping: Callable[[], bool] = lambda: False) -> int:
    """One pass over all that is due as it begins; how much that was."""
    begun = monotonic()
    return sum(_work_off(claim, step, begun, stopping) for claim, step in STEPS)


def _work_off(
    claim: Callable[[float], Claim | None],
    step: Callable[[Claim], None],
    begun: float,
    stopping: Callable[[], bool],
) -> int:
    done = 0
    while not stopping() and (claimed := claim(monotonic() - begun)):
        _guarded(step, claimed)
        done += 1
    return done


def _guarded(step: Callable[[Claim], None], claim: Claim) -> None:
    """One that fails must not keep the others waiting: it is due again when its lease ends."""
    structlog.contextvars.bind_contextvars(sale=claim.id)
    try:
        step(claim)
    except LostRace:
        log().info("lost race")
    except Exception as error:  # noqa: BLE001 - the next one must get its turn
        log().error("step failed", step=step.__name__, kind=type(error).__name__)
    finally:
        structlog.contextvars.unbind_contextvars("sale")
