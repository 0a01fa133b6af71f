"""Find what needs an operator's hand now, so that it stands before everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.alerts.heartbeats import seen_lately
from portal.alerts.kinds import AlertKind
from portal.alerts.undecided_sales import LONG_AFTER_ITS_END
from portal.core.database import reading
from portal.models import Alert, Router, RouterContact, Sale, utc_now
from portal.models.sale import is_over_for_buyer
from portal.models.sale_states import UNDECIDED, SaleState
from portal.operators.online.router_state import RouterState, state_heard

SHOWN = 20
# Sooner than this the worker has it in hand, or the buyer is still typing.
UNDECIDED_AFTER, REFUND_AFTER = timedelta(minutes=10), timedelta(minutes=2)
# What these tell of is shown as itself.
SHOWN_OTHERWISE = (AlertKind.PARKED, AlertKind.UNDECIDED, AlertKind.NO_WORKER)


@dataclass(frozen=True)
class RouterHealth:
    """Hold a router, and how it stands, as was heard last."""

    router: Router
    state: RouterState

    @property
    def is_away(self) -> bool:
        """Tell whether it is known not to answer."""
        return self.state.is_online is False


@dataclass(frozen=True)
class Attention:
    """Hold what waits for a person, at most so many of each; `more` says that there are others."""

    worker_is_absent: bool
    parked: Sequence[Sale]
    undecided: Sequence[Sale]
    refunds: Sequence[Sale]
    alerts: Sequence[Alert]
    routers: Sequence[RouterHealth]
    more: bool

    @property
    def is_needed(self) -> bool:
        """Tell whether anything waits."""
        return self.worker_is_absent or any(
            (self.parked, self.undecided, self.refunds, self.alerts)
        )


def look(company_id: str) -> Attention:
    """Look at the company now. Six queries, however much waits."""
    now = utc_now()
    refund_before = now - REFUND_AFTER
    with reading() as session:
        parked = _sales(session, company_id, Sale.parked_reason.is_not(None))
        undecided = _sales(session, company_id, Sale.id.in_(select(_undecided(company_id, now))))
        refunds = _sales(
            session,
            company_id,
            Sale.state == SaleState.REFUNDING,
            Sale.updated_at < refund_before,
            Sale.parked_reason.is_(None),
        )
        alerts = _alerts(session, company_id)
        routers = _routers(session, company_id)
        worker_is_absent = not seen_lately(session)
    return Attention(
        worker_is_absent,
        parked[:SHOWN],
        undecided[:SHOWN],
        refunds[:SHOWN],
        alerts[:SHOWN],
        routers,
        more=max(map(len, (parked, undecided, refunds, alerts))) > SHOWN,
    )


def _undecided(company_id: str, now: datetime) -> ColumnElement[str]:
    """Give the ids of those that nobody's buyer still has time to pay.

    Found for themselves, among the undecided alone: where thousands wait for a transfer, PostgreSQL
    would else go through all of the company's sales by their age to meet the first of them.
    """
    found = select(Sale.id).where(
        Sale.company_id == company_id,
        Sale.state.in_(UNDECIDED),
        Sale.created_at < now - UNDECIDED_AFTER,
        is_over_for_buyer(now - LONG_AFTER_ITS_END),
        Sale.parked_reason.is_(None),
    )
    return found.cte("undecided").prefix_with("MATERIALIZED", dialect="postgresql").c.id


def _sales(session: Session, company_id: str, *which: ColumnElement[bool]) -> Sequence[Sale]:
    """The oldest first: they have waited the longest."""
    query = select(Sale).where(Sale.company_id == company_id, *which)
    return session.scalars(query.order_by(Sale.created_at).limit(SHOWN + 1)).all()


def _alerts(session: Session, company_id: str) -> Sequence[Alert]:
    query = select(Alert).where(
        Alert.company_id == company_id,
        Alert.resolved_at.is_(None),
        Alert.kind.not_in(SHOWN_OTHERWISE),
    )
    return session.scalars(query.order_by(Alert.last_at.desc()).limit(SHOWN + 1)).all()


def _routers(session: Session, company_id: str) -> list[RouterHealth]:
    heard = RouterContact.router_id == Router.id
    query = select(Router, RouterContact).outerjoin(RouterContact, heard)
    # What is paused is easily forgotten, and sells nothing meanwhile.
    query = query.where(Router.company_id == company_id)
    rows = session.execute(query.order_by(Router.active, Router.name, Router.id)).all()
    found = [RouterHealth(router, state_heard(contact)) for router, contact in rows]
    return sorted(found, key=lambda health: not health.is_away)
