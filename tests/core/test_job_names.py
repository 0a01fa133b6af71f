"""The migration that names jobs, alerts and webhooks' outcomes anew finds all that stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.extensions import db
from portal.models import Alert, Job, WebhookEvent, utc_now
from portal.models.job import JobKind
from portal.models.webhook_event import WebhookOutcome
from tests.support.shop import Shop, open_shop

# Each database changes its tables in its own way.
pytestmark = pytest.mark.each_database

OLD_NAMES, NEW_NAMES = "0012", "0013"
OLD_JOBS = {
    "round:RTR_1": "usage_sync:RTR_1",
    "sweep:RTR_1": "orphaned_users:RTR_1",
    "pins:RTR_1": "pin_density:RTR_1",
    "strays:gwa_1": "orphan_orders:gwa_1",
    "erase:EMP_1": "retention:EMP_1",
    "forget:tries": "attempt_limits:all",
    "receipts:EMP_1": "receipts:EMP_1",
}
OLD_ALERTS = {
    "stray_payment": "orphan_payment",
    "unread_notice": "unread_webhook",
    "notices_not_registered": "webhooks_not_registered",
    "parked": "parked",
}
OLD_OUTCOMES = {"not ours": "not_ours", "reread": "refreshed", "no answer": "unanswered"}


@pytest.fixture
def shop(tmp_path: Path, database_url: str) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url) as shop:
        yield shop


def names() -> tuple[set[str], set[str], set[str]]:
    """What jobs, alerts and outcomes are called now."""
    with reading() as session:
        return (
            set(session.scalars(sa.select(Job.id))),
            set(session.scalars(sa.select(Alert.kind))),
            set(session.scalars(sa.select(WebhookEvent.outcome))),
        )


def fill(company_id: str) -> None:
    """Write all under the old names; one job stands under both."""
    with writing() as session:
        # Not by the records: they have columns by now that a database of that time has not.
        session.execute(sa.delete(Job))
        jobs = sa.table("job", sa.column("id"), sa.column("attempts"))
        names = (*OLD_JOBS, "round:RTR_2", "usage_sync:RTR_2")
        session.execute(sa.insert(jobs), [{"id": name, "attempts": 0} for name in names])
        alert = {"company_id": company_id, "subject": "x", "message": "x"}
        session.execute(sa.insert(Alert), [alert | {"kind": kind} for kind in OLD_ALERTS])
        session.add_all(
            WebhookEvent(company_id=company_id, event_id=name, type="x", body="{}", outcome=name)
            for name in OLD_OUTCOMES
        )


def test_what_stands_goes_on_under_its_new_name(shop: Shop) -> None:
    with shop.app.app_context():
        db.engine.dispose()
        flask_migrate.downgrade(revision=OLD_NAMES)
        fill(shop.company_id)
        old = names()
        db.engine.dispose()
        flask_migrate.upgrade(revision=NEW_NAMES)
        assert names() == (
            {*OLD_JOBS.values(), "usage_sync:RTR_2"},
            set(OLD_ALERTS.values()),
            set(OLD_OUTCOMES.values()),
        )
        db.engine.dispose()
        flask_migrate.downgrade(revision=OLD_NAMES)
        assert names() == (old[0] - {"usage_sync:RTR_2"}, old[1], old[2])


def test_a_job_that_only_another_version_knows_goes(shop: Shop) -> None:
    """Else it would fail again and again: who knows it plans it anew."""
    with shop.app.app_context():
        with writing() as session:
            session.add(Job(id="round:RTR_1", next_attempt_at=utc_now() - timedelta(seconds=1)))
        shop.reconcile()
        assert "round:RTR_1" not in names()[0]


def test_it_leaves_no_kind_that_nobody_knows() -> None:
    assert {name.partition(":")[0] for name in OLD_JOBS.values()} <= set(JobKind)
    assert set(OLD_OUTCOMES.values()) == set(WebhookOutcome)
