"""Do all that is due: money first, then what comes round, then what is to be told."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import structlog

from portal.access.payment_pass.removal import DUE_PASSES, remove_pass
from portal.access.reconciler import reconcile_access
from portal.alerts.batches import channel_seconds, channels_with_mail
from portal.alerts.sending import send_alerts
from portal.core.leases import Claim, LostRace
from portal.core.logs import log
from portal.core.vault import VaultError
from portal.sales.claims import (
    ACCESSES,
    EVENTS,
    JOBS,
    JOBS_AWAY,
    PAID_SALES,
    SALES,
    job_seconds,
    step_seconds,
)
from portal.sales.missing_keys import wait_for_key
from portal.sales.recovery import recover_sale
from portal.sales.refresh import process_event
from portal.vouchers.drawing import lease_seconds
from portal.vouchers.making import BATCHES, make_codes
from portal.worker.schedule import do_job, plan_jobs
from portal.worker.turns import Queue, Step

PAID = Step(PAID_SALES, step_seconds, recover_sale)
MONEY = (
    Step(EVENTS, step_seconds, process_event),
    Step(SALES, step_seconds, recover_sale),
    Step(DUE_PASSES, step_seconds, remove_pass),
    Step(ACCESSES, step_seconds, reconcile_access),
)
ROUNDS = (Step(JOBS, job_seconds, do_job),)
AWAY = (Step(JOBS_AWAY, job_seconds, do_job),)
VOUCHERS = (Step(BATCHES, lease_seconds, make_codes),)
ALERTS = (Step(channels_with_mail(), channel_seconds, send_alerts),)


def money_queue() -> Queue:
    """Queue sales, what the gateway told, accesses, and the passes that end."""
    return Queue((PAID,), MONEY)


def jobs_queue() -> Queue:
    """Queue what comes round by itself."""
    return Queue((), ROUNDS)


def away_queue() -> Queue:
    """Queue what has to do with routers that do not answer."""
    return Queue((), AWAY)


def vouchers_queue() -> Queue:
    """Queue batches of codes."""
    return Queue((), VOUCHERS)


def alerts_queue() -> Queue:
    """Queue what is to reach a person."""
    return Queue((), ALERTS)


def work_once() -> int:
    """Do all that a worker does, in one go, for servers where only this runs, now and then.

    Jobs are planned, and what they make due is done as well. Returns how much was done.
    """
    plan_jobs()
    return run_pass() + run_pass()


def run_pass(stopping: Callable[[], bool] = lambda: False) -> int:
    """Go once over all that is due as it begins; return how much that was."""
    begun = monotonic()
    queues = (money_queue(), jobs_queue(), away_queue(), vouchers_queue(), alerts_queue())
    return sum(_work_off(queue, begun, stopping) for queue in queues)


def _work_off(queue: Queue, begun: float, stopping: Callable[[], bool]) -> int:
    done = 0
    while not stopping() and (taken := queue.take(monotonic() - begun)):
        do_guarded(*taken)
        done += 1
    return done


def do_guarded(step: Step, claim: Claim) -> None:
    """Do a step; one that fails keeps no other waiting, and is due again when its lease ends."""
    kind = step.record.__tablename__
    # Every line says what it is about, which is not always a sale: no other field is `kind`.
    with structlog.contextvars.bound_contextvars(kind=kind, id=claim.id):
        try:
            _do(step, claim)
        except LostRace:
            log().info("lost race")
        except Exception as error:  # noqa: BLE001 - the next one must get its turn
            log().error("step failed", step=step.do.__name__, error=type(error).__name__)


def _do(step: Step, claim: Claim) -> None:
    try:
        step.do(claim)
    except VaultError as error:
        wait_for_key(step.record, claim, error)
