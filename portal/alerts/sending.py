"""Send what waits, channel by channel, many of a kind as one message.

A worker holds a channel's lease while it sends, and no transaction: a crash in between may send a
message twice, never not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from portal.alerts.events import AlertEvent
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.alerts.senders import email, telegram, webhook
from portal.alerts.senders.letter import Letter, NotDelivered
from portal.alerts.texts import heading_of, text_of
from portal.core.database import reading, writing
from portal.core.leases import NOBODY, Claim, claim_due
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.statements import truncate_to_columns
from portal.hotspot.deadline import Deadline
from portal.models import AlertChannel, AlertMessage, Company, utc_now
from portal.ports import retry_in, settings

SENDERS = {"telegram": telegram.send, "email": email.send, "webhook": webhook.send}
NAMES = {"telegram": "Telegram", "email": "correo", "webhook": "webhook"}
UNDELIVERED = "Los avisos por {} no llegan. {}"
GIVEN_UP = "Se dejó de intentar con {} avisos por {} que no llegaron en {} horas. {}"
# One pass over a channel; another company's alerts wait for no longer than this and one answer.
SECONDS = 20.0
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
    seconds = LEASES * settings().sale_lease
    return claim_due(AlertChannel, _has_mail(only), seconds, due_since=due_since, but=but)


def send_alerts(claim: Claim) -> None:
    """Send what is due of a claimed channel, and let go of it. Raises VaultError."""
    deadline = Deadline(SECONDS)
    with reading() as session:
        channel = session.get_one(AlertChannel, claim.id)
        company = session.get_one(Company, channel.company_id)
        batches = _due(session, channel)
        told = _told_lately(session, channel)
    try:
        for batch in batches:
            if batch.event in told:
                _put_off(batch, told[batch.event])
            elif not deadline.passed:
                _send(company, channel, batch)
    except NotDelivered as failure:
        _note_failure(claim, channel, failure)
    else:
        _note_success(claim, channel)


def _has_mail(only: AlertEvent | None) -> ColumnElement[bool]:
    waits = AlertMessage.channel_id == AlertChannel.id
    due = AlertMessage.due_at <= from_now()
    kinds = [] if only is None else [AlertMessage.event == only]
    return exists().where(waits, due, *kinds)


def _due(session: Session, channel: AlertChannel) -> list[Batch]:
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


def _told_lately(session: Session, channel: AlertChannel) -> dict[str, datetime]:
    """Find of which events a message went out within the window, and when."""
    query = select(AlertMessage.event, func.max(AlertMessage.sent_at)).where(
        AlertMessage.channel_id == channel.id,
        AlertMessage.sent_at > from_now(-settings().alert_window),
    )
    return {event: at for event, at in session.execute(query.group_by(AlertMessage.event)) if at}


def _put_off(batch: Batch, told_at: datetime) -> None:
    """Let it wait for the window's end, and for whatever comes until then."""
    with writing() as session:
        _change(session, batch, due_at=told_at + timedelta(seconds=settings().alert_window))


def _send(company: Company, channel: AlertChannel, batch: Batch) -> None:
    letter = Letter(
        company,
        channel,
        batch.event.word,
        heading_of(batch.event, len(batch.items)),
        text_of(company, batch.event, batch.items),
        batch.items,
    )
    SENDERS[channel.kind](letter)
    with writing() as session:
        _change(session, batch, due_at=None, sent_at=from_now())
    log().info("alert sent", channel=channel.id, event_kind=batch.event, count=len(batch.items))


def _change(session: Session, batch: Batch, **values: Any) -> None:
    statement = update(AlertMessage).where(AlertMessage.id.in_(batch.ids)).values(**values)
    session.execute(statement, execution_options={"synchronize_session": False})


def _note_success(claim: Claim, channel: AlertChannel) -> None:
    with writing() as session:
        _let_go(session, claim, attempts=0, problem=None, next_attempt_at=from_now())
        if channel.problem is not None:
            undelivered = AlertKind.ALERT_UNDELIVERED
            resolve_alerts(session, channel.company_id, undelivered, channel.id)


def _note_failure(claim: Claim, channel: AlertChannel, failure: NotDelivered) -> None:
    """Try again later; give up what is too old, and say so by every other way."""
    wait = failure.retry_after or retry_in(channel.attempts)
    log().warning("alert not delivered", channel=channel.id, way=channel.kind, seconds=wait)
    with writing() as session:
        said = truncate_to_columns(AlertChannel, {"problem": failure.sentence})
        later = {"attempts": channel.attempts + 1, "next_attempt_at": from_now(wait)}
        _let_go(session, claim, **said, **later)
        given_up = _give_up(session, channel)
        if given_up or failure.theirs:
            sentence = _told(channel, failure, given_up)
            raise_alert(
                session,
                channel.company_id,
                AlertKind.ALERT_UNDELIVERED,
                channel.id,
                sentence,
                but=channel.id,
            )


def _told(channel: AlertChannel, failure: NotDelivered, given_up: int) -> str:
    name, hours = NAMES[channel.kind], settings().alert_give_up_hours
    if given_up:
        return GIVEN_UP.format(given_up, name, hours, failure.sentence)
    return UNDELIVERED.format(name, failure.sentence)


def _give_up(session: Session, channel: AlertChannel) -> int:
    too_old = utc_now() - timedelta(hours=settings().alert_give_up_hours)
    result: Any = session.execute(
        update(AlertMessage)
        .where(
            AlertMessage.channel_id == channel.id,
            AlertMessage.due_at.is_not(None),
            AlertMessage.created_at < too_old,
        )
        .values(due_at=None, given_up_at=from_now()),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)


def _let_go(session: Session, claim: Claim, **values: Any) -> None:
    session.execute(
        update(AlertChannel)
        .where(AlertChannel.id == claim.id, AlertChannel.lease == claim.lease)
        .values(lease=None, **values),
        execution_options={"synchronize_session": False},
    )
