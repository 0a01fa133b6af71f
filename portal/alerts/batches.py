"""Find what waits at a channel, and make batches of it: one of each event, however many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from portal.alerts.events import AlertEvent
from portal.core.database import writing
from portal.core.leases import NOBODY, Claim, DueRows
from portal.core.records import from_now
from portal.models import AlertChannel, AlertMessage
from portal.ports import settings

# Read at a time, and made one message of at the most.
MOST_ITEMS = 1000
LEASES = 3


@dataclass(frozen=True)
class Batch:
    """Hold what waits of one event at one channel."""

    event: AlertEvent
    items: Sequence[AlertMessage]

    @property
    def ids(self) -> list[int]:
        """Give the ids of its items."""
        return [item.id for item in self.items]


def claim_channel(
    due_since: float = 0.0, but: Collection[str] = NOBODY, only: AlertEvent | None = None
) -> Claim | None:
    """Take the channel that has had something to send the longest; `but` for some companies'.

    `only`: where something of this event waits.
    """
    return channels_with_mail(only).claim(channel_seconds(), due_since=due_since, but=but)


def channel_seconds() -> float:
    """Give for how many seconds a channel is theirs who sends its messages."""
    return LEASES * settings().sale_lease


@cache
def channels_with_mail(only: AlertEvent | None = None) -> DueRows:
    """Give the channels where something waits, of any event or of this one."""
    waits = AlertMessage.channel_id == AlertChannel.id
    due = AlertMessage.due_at <= from_now()
    kinds = [] if only is None else [AlertMessage.event == only]
    return DueRows(AlertChannel, exists().where(waits, due, *kinds))


def due_batches(session: Session, channel: AlertChannel) -> list[Batch]:
    """Read what is due, event by event; and with it what of these was to wait a little longer."""
    waiting = (AlertMessage.channel_id == channel.id) & AlertMessage.due_at.is_not(None)
    events = select(AlertMessage.event).where(waiting, AlertMessage.due_at <= from_now())
    query = (
        select(AlertMessage)
        .where(waiting, AlertMessage.event.in_(events))
        .order_by(AlertMessage.id)
        .limit(MOST_ITEMS)
    )
    found: dict[AlertEvent, list[AlertMessage]] = {}
    for row in session.scalars(query):
        found.setdefault(_event_named(row.event), []).append(row)
    return [Batch(event, items) for event, items in found.items()]


def _event_named(word: str) -> AlertEvent:
    """Give the event; what only another version of Portal knows is told all the same."""
    return AlertEvent(word) if word in set(AlertEvent) else AlertEvent.OTHER


def told_lately(session: Session, channel: AlertChannel) -> dict[str, datetime]:
    """Find of which events a message went out within the window, and when."""
    query = select(AlertMessage.event, func.max(AlertMessage.sent_at)).where(
        AlertMessage.channel_id == channel.id,
        AlertMessage.sent_at > from_now(-settings().alert_window),
    )
    return {event: at for event, at in session.execute(query.group_by(AlertMessage.event)) if at}


def put_off(batch: Batch, told_at: datetime) -> None:
    """Let it wait for the window's end, and for whatever comes until then."""
    with writing() as session:
        _change(session, batch, due_at=told_at + timedelta(seconds=settings().alert_window))


def mark_sent(batch: Batch) -> None:
    """Note that all of it has arrived."""
    with writing() as session:
        _change(session, batch, due_at=None, sent_at=from_now())


def _change(session: Session, batch: Batch, **values: Any) -> None:
    statement = update(AlertMessage).where(AlertMessage.id.in_(batch.ids)).values(**values)
    session.execute(statement, execution_options={"synchronize_session": False})
