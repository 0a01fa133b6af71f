"""Send a test by one of a company's ways, so that its operator sees whether alerts arrive."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, update

from portal.alerts.channels import EMAIL, TELEGRAM, WEBHOOK, channel_in, has_target
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import resolve_alerts
from portal.alerts.senders.letter import Letter, NotDelivered
from portal.alerts.sending import SENDERS
from portal.core.database import writing
from portal.core.errors import Conflict, Invalid, TooManyRequests, Unavailable
from portal.core.records import from_now
from portal.models import AlertChannel, Company

TEST_SECONDS = 10
WAIT = "Acaba de mandarse una prueba: espere unos segundos."
NOT_SET = {
    TELEGRAM: "Antes guarde telegram_bot_token y telegram_chat_id.",
    EMAIL: "Antes guarde las direcciones de correo en alertas.",
    WEBHOOK: "Antes guarde la dirección del webhook en alertas.",
}
TEST = "Prueba de Portal: los avisos de {} llegan por este medio."


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
        if not has_target(company, channel):
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
