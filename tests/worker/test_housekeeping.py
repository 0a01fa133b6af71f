"""A worker keeps jobs planned, whatever becomes of the job that plans them."""

from __future__ import annotations

from contextlib import closing

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.models import Job
from portal.models.job import JobKind
from portal.worker import housekeeping
from portal.worker.due_listener import DueListener
from portal.worker.planning import ALL
from portal.worker.runner import this_machine
from tests.support.shop import Shop

PLANNING = JobKind.PLANNING.about(ALL)


def is_planned(shop: Shop) -> bool:
    with shop.app.app_context(), reading() as session:
        return session.get(Job, PLANNING) is not None


def test_planning_that_was_lost_beneath_a_worker_is_planned_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = this_machine()
    with closing(DueListener(name, 1.0, lambda lane: None)) as listener, shop.app.app_context():
        tasks = housekeeping.Housekeeping(name, listener)
        tasks.run()
        assert is_planned(shop)
        with writing() as session:
            # As a worker of an older version does, which does not know it.
            session.execute(sa.delete(Job).where(Job.id == PLANNING))
        tasks.run()
        assert not is_planned(shop)
        monkeypatch.setattr(housekeeping, "PLANNING_SECONDS", 0.0)
        tasks.run()
    assert is_planned(shop)
