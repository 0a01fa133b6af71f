"""Send what waits, channel by channel, many of a kind as one message.

A worker holds a channel's lease while it sends, and no transaction: a crash in between may send a
message twice, never not at all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.alerts.batches import Batch, due_batches, mark_sent, put_off, told_lately
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.alerts.senders import email, telegram, webhook
from portal.alerts.senders.letter import Letter, NotDelivered
from portal.alerts.texts import heading_of, text_of
from portal.core.database import reading, writing
from portal.core.leases import Claim
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.columns import truncate_to_columns
from portal.hotspot.deadline import Deadline
from portal.models import AlertChannel, AlertMessage, Company, utc_now
from portal.ports import retry_in, settings

SENDERS = {"telegram": telegram.send, "email": email.send, "webhook": webhook.send}
NAMES = {"telegram": "Telegram", "email": "correo", "webhook": "webhook"}
UNDELIVERED = "Los avisos por {} no llegan. {}"
GIVEN_UP = "Se dejó de intentar con {} avisos por {} que no llegaron en {} horas. {}"
# One pass over a channel; another company's alerts wait for no longer than this and one answer.
SECONDS = 20.0


def send_alerts(claim: Claim) -> None:
    """Send what is due of a claimed channel, and let go of it. Raises VaultError."""
    deadline = Deadline(SECONDS)
    with reading() as session:
        channel = session.get_one(AlertChannel, claim.id)
        company = session.get_one(Company, channel.company_id)
        batches = due_batches(session, channel)
        told = told_lately(session, channel)
    try:
        for batch in batches:
            if batch.event in told:
                put_off(batch, told[batch.event])
            elif not deadline.passed:
                _send(company, channel, batch)
    except NotDelivered as failure:
        _note_failure(claim, channel, failure)
    else:
        _note_success(claim, channel)


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
    mark_sent(batch)
    log().info("alert sent", channel=channel.id, event_kind=batch.event, count=len(batch.items))


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
