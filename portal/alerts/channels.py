"""Set by which ways a company hears of what, and try one of them out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.alerts.events import CHOSEN_AT_FIRST, AlertEvent
from portal.alerts.http_post import NotReached, endpoints_of
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import resolve_alerts
from portal.alerts.senders.letter import Letter, NotDelivered
from portal.alerts.senders.webhook import refuse_private
from portal.alerts.sending import SENDERS
from portal.core.database import insert_new, reading, writing
from portal.core.errors import Conflict, Invalid, TooManyRequests, Unavailable
from portal.core.records import from_now, new_id
from portal.models import AlertChannel, AlertMessage, AlertSubscription, Company, utc_now
from portal.ports import settings

TELEGRAM, EMAIL, WEBHOOK = KINDS = ("telegram", "email", "webhook")
TEST_SECONDS = 10
WAIT = "Acaba de mandarse una prueba: espere unos segundos."
UNSIGNED = "es obligatorio: con él se firma cada aviso."
NOT_HTTPS = "debe comenzar con https://."
NOT_SET = {
    TELEGRAM: "Antes guarde telegram_bot_token y telegram_chat_id.",
    EMAIL: "Antes guarde las direcciones de correo en alertas.",
    WEBHOOK: "Antes guarde la dirección del webhook en alertas.",
}
TEST = "Prueba de Portal: los avisos de {} llegan por este medio."


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
    if not channel.active:
        _forget_waiting(session, channel)


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
    except NotReached:
        return
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


def send_test(company_id: str, kind: str) -> None:
    """Send a test now. What waits is tried again where it arrives.

    Raises Conflict where nothing is set, TooManyRequests, Invalid where the other end will not
    take it, Unavailable where it could not be asked.
    """
    company, channel = _begin_test(company_id, kind)
    text = TEST.format(company.name)
    try:
        SENDERS[kind](Letter(company, channel, "prueba", "Prueba", text))
    except NotDelivered as failure:
        problem = Invalid if failure.theirs else Unavailable
        raise problem(failure.sentence) from None
    with writing() as session:
        retry = {"next_attempt_at": from_now(), "attempts": 0, "problem": None}
        session.execute(update(AlertChannel).where(AlertChannel.id == channel.id).values(**retry))
        resolve_alerts(session, company_id, AlertKind.ALERT_UNDELIVERED, channel.id)


def _begin_test(company_id: str, kind: str) -> tuple[Company, AlertChannel]:
    """Note that one is sent: the other end may be anybody's, who must not be flooded."""
    with writing() as session:
        company = session.get_one(Company, company_id)
        channel = channel_in(session, company_id, kind)
        if not _has_target(company, channel):
            raise Conflict(NOT_SET[kind])
        rested = or_(
            AlertChannel.tested_at.is_(None), AlertChannel.tested_at < from_now(-TEST_SECONDS)
        )
        result: Any = session.execute(
            update(AlertChannel)
            .where(AlertChannel.id == channel.id, rested)
            .values(tested_at=from_now()),
            execution_options={"synchronize_session": False},
        )
    if not result.rowcount:
        raise TooManyRequests(TEST_SECONDS, WAIT)
    return company, channel


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
    return wanted and _has_target(company, channel)


def _has_target(company: Company, channel: AlertChannel) -> bool:
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
