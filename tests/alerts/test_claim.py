"""Prove that a channel's claim leases one, and finds what waits without reading what was sent."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.alerts.batches import claim_channel
from portal.alerts.kinds import AlertKind
from portal.core.database import reading
from portal.models import AlertChannel
from tests.alerts.desk import Desk
from tests.sales.test_claims import plan_of, run_alone

MANY = 20_000
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def multiply(desk: Desk, url: str, of: str) -> None:
    """Many messages of a channel that were sent, and a few that wait."""
    desk.alert(AlertKind.PARKED, of)
    fields = "company_id, channel_id, event, subject, message, created_at"
    run_alone(
        url,
        f"INSERT INTO alert_message ({fields}, sent_at)"
        f" SELECT {fields}, created_at FROM alert_message, generate_series(1, {MANY})",
    )
    run_alone(url, "VACUUM ANALYZE alert_message")


@on_postgresql
def test_what_was_sent_is_not_read(desk: Desk, database_url: str) -> None:
    desk.use_telegram("parked")
    multiply(desk, database_url, "sal_1")
    plan = plan_of(desk.shop, claim_channel)
    assert "ix_alert_message_waiting" in plan, plan
    assert "Seq Scan on alert_message" not in plan


@on_postgresql
def test_one_claim_leases_one_though_statistics_say_that_there_is_one(
    desk: Desk, database_url: str
) -> None:
    desk.use_telegram("parked")
    run_alone(database_url, "VACUUM ANALYZE alert_channel")
    desk.use_email("ana@example.com", "parked")
    desk.use_webhook("http://127.0.0.1:9/", "parked")
    desk.alert(AlertKind.PARKED, "sal_1")
    with desk.app.app_context():
        assert claim_channel() is not None
        with reading() as session:
            held = sa.select(sa.func.count()).where(AlertChannel.lease.is_not(None))
            assert session.scalar(held) == 1
        assert [claim_channel() is not None for _ in range(3)] == [True, True, False]
