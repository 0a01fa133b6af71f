"""Prove that a sale without a worker to finish what it leaves is told to whoever reads the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete
from structlog.testing import capture_logs

from portal.core.database import writing
from portal.models import WorkerHeartbeat, utc_now
from tests.support.shop import Shop


def seen(shop: Shop, seconds_ago: float) -> None:
    """One worker, which showed itself so long ago."""
    with shop.app.app_context(), writing() as session:
        session.execute(delete(WorkerHeartbeat))
        at = utc_now() - timedelta(seconds=seconds_ago)
        session.add(WorkerHeartbeat(name="worker", at=at))


@pytest.mark.parametrize(("seconds_ago", "told"), [(1, 0), (119, 0), (121, 1)])
def test_a_sale_tells_the_log_that_no_worker_is_there(
    shop: Shop, seconds_ago: float, told: int
) -> None:
    seen(shop, seconds_ago)
    shop.app.extensions.pop("workers_due", None)
    with capture_logs() as lines:
        for _ in range(2):
            assert shop.buy().status_code == 200
    assert sum(line["event"] == "no worker" for line in lines) == told
