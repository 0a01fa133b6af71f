"""Prove by EXPLAIN that a worker finds what is due by an index, also right after a restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.access.rounds.away import ask_again
from portal.access.rounds.standing import all_standing, some_standing
from portal.core.database import reading, writing
from portal.models import Access, Job, Router, Sale, WebhookEvent, utc_now
from portal.worker.dispatcher import (
    alerts_queue,
    away_queue,
    jobs_queue,
    money_queue,
    vouchers_queue,
)
from portal.worker.due_listener import seconds_until_due
from portal.worker.planning import plan_missing
from portal.worker.schedule import periods
from portal.worker.turns import Queue
from tests.models.test_plans_at_scale import company_with_routers
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.filling.fill import Size, fill
from tests.support.plans import (
    Bounds,
    Statistics,
    asked_of,
    faults,
    gather_statistics,
    keep_statistics,
)
from tests.support.shop import SECRETS, Shop, open_shop

pytestmark = pytest.mark.long

AGO = timedelta(minutes=1)
QUEUES = (money_queue, jobs_queue, away_queue, vouchers_queue, alerts_queue)
# A table of a few pages, as that of the jobs is here, is read whole.
A_CLAIM = Bounds(rows=250, sorted_rows=250, pages=300)
# Each table has more pages than any of it may look at; to fill four times as much takes seconds.
SIZE = Size(sales=10_000, codes=5_000, events=6_000, entries=6_000, alerts=400, open=200)
# A router's accesses, of which a company here has 7,500 at a dozen.
A_ROUTER = Bounds(rows=1_500, pages=2_250)
DUE = 12


@pytest.fixture(scope="module")
def filled(
    postgres: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Shop, str, Statistics]]:
    url = copy_postgresql(postgres, SECRETS)
    with open_shop(tmp_path_factory.mktemp("filled"), url, log_level="ERROR") as shop:
        companies = [company_with_routers(shop.app) for _ in range(2)]
        keep_statistics(shop.app)
        fill(url, companies, SIZE)
        _make_some_due(shop.app)
        gather_statistics(shop.app, "sale, access, webhook_event, job")
        yield shop, companies[0], Statistics(shop.app)
    postgres.drop_database(url)


# One kind after the other: to gather them again takes a second.
@pytest.fixture(scope="module", params=[True, False], ids=["known", "restored"])
def known(request: pytest.FixtureRequest) -> bool:
    """Whether statistics are as in the long run, or there are none."""
    return bool(request.param)


@pytest.fixture
def shop(filled: tuple[Shop, str, Statistics], known: bool) -> Shop:
    """The shop, with such statistics."""
    shop, _, statistics = filled
    statistics.are(known=known)
    return shop


def _make_some_due(app: Flask) -> None:
    with app.app_context():
        plan_missing(periods())
        with writing() as session:
            for record, which in (
                (Sale, Sale.state.in_(("paid", "pending"))),
                (Access, Access.parked_reason.is_(None)),
                (WebhookEvent, WebhookEvent.id.is_not(None)),
                (Job, Job.id.startswith("usage_sync:")),
            ):
                some = sa.select(record.id).where(which).limit(DUE)
                due = sa.update(record).where(record.id.in_(some.scalar_subquery()))
                session.execute(due.values(next_attempt_at=utc_now() - AGO, lease=None))


def found_of(shop: Shop, action: Callable[[], object], bounds: Bounds) -> list[str]:
    with shop.app.app_context(), asked_of(shop.app) as asked:
        action()
    return faults(shop.app, asked, bounds)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_claim_of_every_kind(shop: Shop, queue: Callable[[], Queue]) -> None:
    taken = queue()

    def claim() -> None:
        taken.take_some(4)
        taken.take_some(4, barred={shop.company_id})
        seconds_until_due(taken)

    assert found_of(shop, claim, A_CLAIM) == []


def test_the_accesses_of_a_router(filled: tuple[Shop, str, Statistics]) -> None:
    shop, company_id, statistics = filled
    statistics.are(known=True)
    with shop.app.app_context(), reading() as session:
        router_id = session.scalars(
            sa.select(Router.id).where(Router.company_id == company_id).limit(1)
        ).one()

    def read() -> None:
        all_standing(router_id)
        some_standing(router_id, ["x"], utc_now() - AGO, "37bf")
        ask_again(router_id, was_away=True)

    assert found_of(shop, read, A_ROUTER) == []


def test_jobs_are_planned_by_a_few_statements(filled: tuple[Shop, str, Statistics]) -> None:
    """However many there are, what stands is not written and not sent here."""
    shop, _, statistics = filled
    statistics.are(known=True)
    with shop.app.app_context(), asked_of(shop.app) as asked:
        plan_missing(periods())
    assert len(asked) < 20
    many = Bounds(rows=2_000, pages=4_000, whole=frozenset({"router", "job", "company"}))
    assert faults(shop.app, asked, many) == []
    with shop.app.app_context(), reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Job)) > 2 * 12
