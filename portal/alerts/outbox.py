"""Write what is to be sent into the transaction that makes it so: nothing of it can be lost.

It is one insert, which waits for nobody and for which nobody waits; the worker makes one message
of many.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.alerts.events import AlertEvent
from portal.core.records import from_now
from portal.core.rows.columns import table_of, truncate_to_columns
from portal.models import AlertChannel, AlertMessage, AlertSubscription, utc_now


def tell(
    session: Session,
    company_id: str,
    event: AlertEvent,
    subject: str,
    message: str,
    *,
    but: str = "",
) -> None:
    """Queue it for every channel of the company that is to tell of the event.

    `but` is the id of a channel that is passed over.
    """
    said = truncate_to_columns(AlertMessage, {"subject": subject, "message": message})
    values = {"company_id": company_id, "event": event, **said, "created_at": utc_now()}
    types = table_of(AlertMessage).c
    columns = [literal(value, types[name].type) for name, value in values.items()]
    wanted = channels_for(company_id, event).where(AlertChannel.id != but)
    wanted = wanted.add_columns(from_now(), *columns)
    session.execute(insert(AlertMessage).from_select(["channel_id", "due_at", *values], wanted))


def tell_once(session: Session, channel_id: str, once: str, **values: Any) -> None:
    """Queue it for one channel, unless it was before under the same name `once`."""
    dialect = session.get_bind().dialect.name
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(AlertMessage)
    row = truncate_to_columns(AlertMessage, values) | {
        "channel_id": channel_id,
        "once": once,
        "due_at": from_now(),
        "created_at": values.get("created_at") or utc_now(),
    }
    session.execute(statement.values(row).on_conflict_do_nothing())


def channels_for(company_id: Any, event: AlertEvent) -> Select[Any]:
    """Select the channels of a company, or of a column's, that are to tell of the event."""
    return (
        select(AlertChannel.id)
        .join(AlertSubscription, AlertSubscription.channel_id == AlertChannel.id)
        .where(
            AlertSubscription.company_id == company_id,
            AlertSubscription.event == event,
            AlertChannel.active,
        )
    )
