"""Set by which ways a company hears of what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from portal.alerts.events import CHOSEN_AT_FIRST, AlertEvent
from portal.alerts.http_post import endpoints_of
from portal.alerts.router_watch import watch_soon
from portal.alerts.senders.letter import NotDelivered
from portal.alerts.senders.webhook import refuse_private
from portal.core.database import reading
from portal.core.errors import Invalid
from portal.core.records import from_now, new_id
from portal.core.rows.inserting import insert_new
from portal.models import AlertChannel, AlertMessage, AlertSubscription, Company, Router, utc_now
from portal.ports import settings

TELEGRAM, EMAIL, WEBHOOK = KINDS = ("telegram", "email", "webhook")
UNSIGNED = "es obligatorio: con él se firma cada aviso."
NOT_HTTPS = "debe comenzar con https://."


class ChannelValues(TypedDict, total=False):
    """Hold what may be said of a channel; what is not said stays."""

    target: str | None
    secret: str | None
    events: list[AlertEvent]


@dataclass(frozen=True)
class ChannelState:
    """Tell how a channel is set; its secret is never opened for this."""

    active: bool
    target: str | None
    secret_sealed: bytes | None = field(repr=False)
    problem: str | None
    events: Sequence[AlertEvent]


def channels_of(company_id: str) -> dict[str, ChannelState]:
    """Tell how each of the company's channels is set, by kind."""
    with reading() as session:
        channels = session.scalars(_of_company(company_id)).all()
        rows = session.execute(
            select(AlertSubscription.channel_id, AlertSubscription.event).where(
                AlertSubscription.company_id == company_id
            )
        ).all()
    chosen: dict[str, list[str]] = {}
    for channel_id, event in rows:
        chosen.setdefault(channel_id, []).append(event)
    return {channel.kind: _state(channel, chosen.get(channel.id, [])) for channel in channels}


def set_channel(session: Session, company: Company, kind: str, values: ChannelValues) -> None:
    """Set what is given of a channel, and try at once what waits there. Raises Invalid.

    One that gets its first target tells of everything but each sale, unless it is said of what.
    """
    channel = channel_in(session, company.id, kind)
    was_set = channel.active
    if "target" in values:
        channel.target = values["target"]
    if "secret" in values:
        channel.secret = values["secret"]
    channel.active = _leads_somewhere(company, channel)
    if kind == WEBHOOK and channel.active and channel.secret_sealed is None:
        raise _invalid("secreto", UNSIGNED)
    if "events" in values:
        _subscribe(session, channel, values["events"])
    elif channel.active and not was_set and not _is_subscribed(session, channel):
        _subscribe(session, channel, CHOSEN_AT_FIRST)
    channel.next_attempt_at, channel.attempts, channel.problem = utc_now(), 0, None
    if channel.active:
        watch_soon(session, Router.company_id == company.id)
    else:
        _forget_waiting(session, channel)


def told_of(session: Session, company_id: str, kind: str) -> dict[str, object]:
    """Tell where a channel leads and what it tells of; nothing where there is none."""
    channel = session.scalar(_of_company(company_id).where(AlertChannel.kind == kind))
    if channel is None:
        return {}
    chosen = select(AlertSubscription.event).where(AlertSubscription.channel_id == channel.id)
    events = sorted(session.scalars(chosen))
    return {"active": channel.active, "target": channel.target, "events": events}


def check_targets(channels: Mapping[str, ChannelValues]) -> None:
    """Raise Invalid where a webhook would go to a private address, or not by https.

    Waits for the name service a few seconds; it is looked again before each message.
    """
    url = channels.get(WEBHOOK, {}).get("target")
    if url is None or settings().allow_private_targets:
        return
    if not url.startswith("https://"):
        raise _invalid("url", NOT_HTTPS)
    try:
        refuse_private(endpoints_of(url, settings().alert_timeout))
    except NotDelivered as failure:
        raise _invalid("url", failure.sentence) from None


def follow_company(session: Session, company: Company) -> None:
    """Let the Telegram channel follow what its company says of it."""
    set_channel(session, company, TELEGRAM, {})


def channel_in(session: Session, company_id: str, kind: str) -> AlertChannel:
    """Find the channel, and make it where there is none."""
    row = {"id": new_id("ach_", 12, upper=False), "company_id": company_id, "kind": kind}
    defaults = {"active": False, "attempts": 0, "created_at": utc_now()}
    insert_new(session, AlertChannel, row | defaults | {"next_attempt_at": from_now()})
    return session.scalars(_of_company(company_id).where(AlertChannel.kind == kind)).one()


def _invalid(name: str, complaint: str) -> Invalid:
    named = f"alertas.webhook.{name}"
    return Invalid(f"{named}: {complaint}", errores={named: [complaint]})


def _of_company(company_id: str) -> Select[AlertChannel]:
    return select(AlertChannel).where(AlertChannel.company_id == company_id)


def _state(channel: AlertChannel, words: Collection[str]) -> ChannelState:
    events = [event for event in AlertEvent if event in words]
    return ChannelState(
        channel.active, channel.target, channel.secret_sealed, channel.problem, events
    )


def _leads_somewhere(company: Company, channel: AlertChannel) -> bool:
    wanted = channel.kind != TELEGRAM or company.telegram_notifications
    return wanted and has_target(company, channel)


def has_target(company: Company, channel: AlertChannel) -> bool:
    """Tell whether it is known where the channel leads."""
    if channel.kind == TELEGRAM:
        return bool(company.telegram_bot_token_sealed and company.telegram_chat_id)
    return bool(channel.target)


def _is_subscribed(session: Session, channel: AlertChannel) -> bool:
    query = select(AlertSubscription.event).where(AlertSubscription.channel_id == channel.id)
    return session.scalars(query.limit(1)).first() is not None


def _subscribe(session: Session, channel: AlertChannel, events: Collection[AlertEvent]) -> None:
    """Choose these; what was chosen before stays so since then."""
    session.flush()
    session.execute(
        delete(AlertSubscription).where(
            AlertSubscription.channel_id == channel.id,
            AlertSubscription.event.not_in([str(event) for event in events]),
        )
    )
    row = {"channel_id": channel.id, "company_id": channel.company_id, "created_at": utc_now()}
    for event in events:
        insert_new(session, AlertSubscription, row | {"event": event})


def _forget_waiting(session: Session, channel: AlertChannel) -> None:
    """Give up what waits at a channel that was switched off: told days later it would mislead."""
    session.execute(
        update(AlertMessage)
        .where(AlertMessage.channel_id == channel.id, AlertMessage.due_at.is_not(None))
        .values(due_at=None, given_up_at=from_now()),
        execution_options={"synchronize_session": False},
    )
