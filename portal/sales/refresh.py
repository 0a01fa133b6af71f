"""Follow what the gateway told us by itself, by asking it how the order really stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.core.leases import Claim, is_free
from portal.core.records import from_now
from portal.models import Sale, WebhookEvent
from portal.models.sale_states import SaleActor
from portal.models.webhook_event import WebhookOutcome
from portal.ports import retry_in, settings
from portal.sales import decisions
from portal.sales.context import held, now
from portal.sales.decision_values import Outcome
from portal.sales.recovery import finish
from portal.sales.steps.resolution import resolve

FOLDED_AT_ONCE = 500
NOT_ANSWERED = (
    "La pasarela avisó de un cambio en este pago y no respondió cuando se le preguntó: "
    "compare la venta con su orden."
)


def process_event(claim: Claim) -> None:
    """Follow one event, under its lease. An event about nothing of ours is done with."""
    with reading() as session:
        event = session.get_one(WebhookEvent, claim.id)
        sale = sale_named(session, event.company_id, event.order_id, event.reference)
        sale_id = sale.id if sale else None
        others = session.scalars(_also_waiting(event, sale_id)).all()
    if sale_id is None:
        _done(claim, WebhookOutcome.NOT_OURS)
    elif refresh(sale_id, SaleActor.WEBHOOK):
        _done(claim, WebhookOutcome.REFRESHED)
        _fold(others, outcome=WebhookOutcome.REFRESHED, next_attempt_at=None)
    else:
        _later(claim, event, sale_id)
        _fold(others, next_attempt_at=from_now(retry_in(event.attempts)))


def refresh(sale_id: str, actor: SaleActor) -> bool:
    """Ask how the sale's order stands, whatever its state, and follow.

    Give False where that has to be done again: somebody else works on the sale, or the gateway
    did not say. Raises LostRace.
    """
    with held(sale_id, actor) as context:
        if context is None:
            return False
        may_change = decisions.may_change(context.facts)
        outcome = resolve(context) if may_change else Outcome.NOTHING
        finish(context)
        # No due time of a settled sale would ask again: only the event does.
        return outcome is not Outcome.SILENCE


def sale_named(
    session: Session, company_id: str, order_id: str | None, reference: str | None
) -> Sale | None:
    """Find the company's sale that a webhook claims to be about, by the order's id or its own."""
    named = []
    if order_id:
        named.append(Sale.order_id == order_id)
    if reference:
        named.append(Sale.id == reference)
    if not named:
        return None
    query = select(Sale).where(Sale.company_id == company_id, or_(*named))
    return session.scalars(query.limit(1)).first()


def _also_waiting(event: WebhookEvent, sale_id: str | None) -> Select[int]:
    """Select what else was told of the sale by now: one look at its order is one for all of it."""
    return (
        select(WebhookEvent.id)
        .where(
            WebhookEvent.company_id == event.company_id,
            WebhookEvent.reference == sale_id,
            WebhookEvent.next_attempt_at.is_not(None),
            WebhookEvent.id != event.id,
        )
        .limit(FOLDED_AT_ONCE)
    )


def _fold(events: Sequence[int], **values: object) -> None:
    """Let them share what the look came to. Those that somebody works on are theirs to end."""
    if not events:
        return
    with writing() as session:
        session.execute(
            update(WebhookEvent)
            .where(WebhookEvent.id.in_(events), is_free(WebhookEvent))
            .values(**values, lease=None),
            execution_options={"synchronize_session": False},
        )


def _done(claim: Claim, outcome: WebhookOutcome) -> None:
    _write(claim, outcome=outcome, next_attempt_at=None, lease=None)


def _later(claim: Claim, event: WebhookEvent, sale_id: str) -> None:
    if now().has_passed(event.received_at + timedelta(hours=settings().park_after_hours)):
        with writing() as session:
            raise_alert(session, event.company_id, AlertKind.UNREAD_WEBHOOK, sale_id, NOT_ANSWERED)
        _done(claim, WebhookOutcome.UNANSWERED)
        return
    delay = from_now(retry_in(event.attempts))
    _write(claim, next_attempt_at=delay, attempts=event.attempts + 1, lease=None)


def _write(claim: Claim, **values: object) -> None:
    with writing() as session:
        session.execute(
            update(WebhookEvent)
            .where(WebhookEvent.id == claim.id, WebhookEvent.lease == claim.lease)
            .values(**values),
            execution_options={"synchronize_session": False},
        )
