"""Tell of sales of which nobody knows for too long whether they were charged."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, TextClause, select
from sqlalchemy.orm import Session

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import reading, writing
from portal.models import Alert, Router, Sale, utc_now
from portal.models.sale import CARD_TRIED, WAITS_FOR_BUYER, is_over_for_buyer
from portal.models.sale_states import UNDECIDED

LONG = timedelta(minutes=10)
# What was not paid in time is closed by then, an hour of grace and a look later.
LONG_AFTER_ITS_END = timedelta(hours=3)
AT_ONCE = 500
# Company, sale, plan and router.
Untold = tuple[str, str, str, str]
SENTENCE = (
    "Lleva más de 10 minutos sin saberse si se cobró {}, en {}. Portal sigue preguntando a la "
    "pasarela; el cliente no debe pagar otra vez."
)


def tell_of_undecided_sales() -> None:
    """Raise an alert about each, once, and close those about what is decided by now."""
    with reading() as session:
        new, over = _undecided(session), _decided(session)
    for company_id, sale_id, plan, router in new:
        with writing() as session:
            said = SENTENCE.format(plan, router)
            raise_alert(session, company_id, AlertKind.UNDECIDED, sale_id, said)
    for company_id, sale_id in over:
        with writing() as session:
            resolve_alerts(session, company_id, AlertKind.UNDECIDED, sale_id)


def _undecided(session: Session) -> list[Untold]:
    """Find those that are charged now, and those whose buyers have no time to pay any more.

    Each is asked for by its own index, so that none is read of all who have time.
    """
    ended = utc_now() - LONG_AFTER_ITS_END
    found = (
        *_untold(session, CARD_TRIED, is_over_for_buyer(ended)),
        *_untold(session, WAITS_FOR_BUYER, Sale.payable_until.is_(None)),
        *_untold(session, WAITS_FOR_BUYER, Sale.payable_until < ended),
    )
    return list(found[:AT_ONCE])


def _untold(session: Session, *which: ColumnElement[bool] | TextClause) -> list[Untold]:
    told = select(Alert.id).where(
        Alert.company_id == Sale.company_id,
        Alert.kind == AlertKind.UNDECIDED,
        Alert.subject == Sale.id,
        Alert.resolved_at.is_(None),
    )
    query = (
        select(Sale.company_id, Sale.id, Sale.plan_name, Router.name)
        .join(Router, Router.id == Sale.router_id)
        .where(
            *which,
            Sale.created_at < utc_now() - LONG,
            ~told.exists(),
        )
        .order_by(Sale.created_at)
        .limit(AT_ONCE)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


def _decided(session: Session) -> list[tuple[str, str]]:
    query = (
        select(Alert.company_id, Alert.subject)
        .join(Sale, Sale.id == Alert.subject)
        .where(
            Alert.kind == AlertKind.UNDECIDED,
            Alert.resolved_at.is_(None),
            Sale.state.not_in(UNDECIDED),
        )
    )
    return [(row[0], row[1]) for row in session.execute(query)]
