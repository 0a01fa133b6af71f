"""Find in the sales' history what was sold and given back, and queue it to be told.

A sale writes its history anyway, so that this costs it nothing. Lines are written by many at
once and may be seen out of their order: what is younger than a few minutes is looked at again,
and queued once all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, func, literal, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import String

from portal.alerts.events import AlertEvent
from portal.alerts.outbox import tell_once
from portal.core import formatting
from portal.core.database import reading, writing
from portal.core.rows.inserting import insert_new
from portal.models import (
    AlertChannel,
    AlertCursor,
    AlertMessage,
    AlertSubscription,
    Router,
    Sale,
    SaleMove,
    utc_now,
)
from portal.models.sale_states import SaleState

# Longer than any transaction of ours lasts, and than clocks of machines differ.
UNSURE = timedelta(minutes=10)
AT_ONCE = 500
EVENTS = {
    SaleState.PAID: AlertEvent.SALE,
    SaleState.REFUNDED: AlertEvent.REFUND,
    SaleState.CHARGED_BACK: AlertEvent.CHARGEBACK,
}
SENTENCES = {
    AlertEvent.SALE: "{plan}, {price}, en {router}",
    AlertEvent.REFUND: "Se devolvieron {price} de {plan}, en {router}",
    AlertEvent.CHARGEBACK: "El banco quitó {price} de {plan}, en {router}",
}
ONCE = "move:"


def tell_of_sales() -> int:
    """Queue what the history has that was not queued yet; how many messages it was."""
    with reading() as session:
        since = session.scalar(select(AlertCursor.sale_move_id)) or 0
        found = session.execute(_untold(since)).all()
        sure = _sure(session, since)
    with writing() as session:
        for row in found:
            _queue(session, row)
        _go_on(session, since, _reached(found, sure))
    return len(found)


def _untold(since: int) -> Any:
    """Select moves with who wants to hear of them, and has not."""
    event = aliased(AlertSubscription)
    told = select(AlertMessage.id).where(
        AlertMessage.channel_id == event.channel_id,
        AlertMessage.once == literal(ONCE) + sql_cast(SaleMove.id, String),
    )
    pairs = [(SaleMove.to_state == state) & (event.event == kind) for state, kind in EVENTS.items()]
    return (
        select(
            SaleMove.id,
            SaleMove.at,
            event.channel_id,
            event.event,
            Sale.id.label("sale_id"),
            Sale.company_id,
            Sale.plan_name,
            Sale.amount,
            Sale.currency,
            Router.name.label("router"),
        )
        .join(Sale, Sale.id == SaleMove.sale_id)
        .join(Router, Router.id == Sale.router_id)
        .join(event, (event.company_id == Sale.company_id) & (pairs[0] | pairs[1] | pairs[2]))
        .join(AlertChannel, (AlertChannel.id == event.channel_id) & AlertChannel.active)
        .where(SaleMove.id > since, SaleMove.at >= event.created_at, ~told.exists())
        .order_by(SaleMove.id)
        .limit(AT_ONCE)
    )


def _queue(session: Session, row: Row[Any]) -> None:
    event = AlertEvent(row.event)
    price = formatting.price_in_full(row.amount, row.currency)
    tell_once(
        session,
        row.channel_id,
        f"{ONCE}{row.id}",
        company_id=row.company_id,
        event=event,
        subject=row.sale_id,
        message=SENTENCES[event].format(plan=row.plan_name, price=price, router=row.router),
        amount=row.amount,
        currency=row.currency,
        created_at=row.at,
    )


def _sure(session: Session, since: int) -> int:
    """Find up to which line no other can appear any more."""
    query = select(func.max(SaleMove.id)).where(
        SaleMove.id > since, SaleMove.at < utc_now() - UNSURE
    )
    return session.scalar(query) or since


def _reached(found: Sequence[Row[Any]], sure: int) -> int:
    """Go no further than what was read, where there was more than is read at a time."""
    return min(sure, found[-1].id - 1) if len(found) == AT_ONCE else sure


def _go_on(session: Session, since: int, reached: int) -> None:
    insert_new(session, AlertCursor, {"id": 1, "sale_move_id": 0})
    if reached > since:
        session.execute(
            update(AlertCursor)
            .where(AlertCursor.sale_move_id < reached)
            .values(sale_move_id=reached)
        )
