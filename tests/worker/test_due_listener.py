"""A worker hears at once of what is due; where it cannot be told, it looks by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.core.database import reading, writing
from portal.core.leases import LostRace
from portal.models import Access, Job, Sale, WebhookEvent, utc_now
from portal.worker.dispatcher import money_queue
from portal.worker.due_listener import CHANNEL, seconds_until_due
from portal.worker.runner import Worker
from tests.sales.test_claims import event_of
from tests.support.patience import PATIENCE, wait_until
from tests.support.shop import OpenShop, Shop

HOUR = 3600.0
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def quiet_shop(open_a_shop: OpenShop) -> Shop:
    """A shop whose workers look for themselves once an hour."""
    return open_a_shop(worker_poll_seconds=HOUR)


@contextmanager
def listening(url: str) -> Iterator[Callable[[], list[str]]]:
    """Give what was told since the last time; waits for the first as long as it takes."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

            def heard() -> list[str]:
                # Whatever was committed before is told with the answer.
                cursor.execute("SELECT 1")
                said = [notify.payload for notify in connection.notifies]
                connection.notifies.clear()
                return said

            yield heard


@contextmanager
def at_work(app: Flask, pause: float = HOUR) -> Iterator[Worker]:
    worker = Worker(app, threads=2, pause=pause)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(PATIENCE)


def write_and_fail() -> None:
    with writing() as session:
        session.execute(sa.update(Access).values(next_attempt_at=utc_now()))
        raise LostRace


def write_event(shop: Shop, number: int = 0) -> None:
    with shop.app.app_context(), writing() as session:
        session.add(event_of(shop.company_id, number, 0))


@on_postgresql
def test_a_sale_that_goes_well_rings_for_nobody(shop: Shop, database_url: str) -> None:
    with listening(database_url) as heard:
        assert shop.buy(conexion_automatica=True).status_code == 200
        assert heard() == []


@on_postgresql
def test_what_is_due_rings_for_its_lane_once_a_transaction(shop: Shop, database_url: str) -> None:
    shop.buy()
    with listening(database_url) as heard:
        write_event(shop)
        assert heard() == ["money"]
        shop.change(Access, next_attempt_at=utc_now())
        assert heard() == ["money"]
        shop.change(Sale, state="pending", next_attempt_at=utc_now(), lease="held")
        assert heard() == []
        shop.change(Sale, lease=None)
        assert heard() == ["money"]
        with shop.app.app_context(), writing() as session:
            session.add_all(Job(id=f"x:{n}", next_attempt_at=utc_now()) for n in range(3))
        assert heard() == ["jobs"]


@on_postgresql
def test_what_is_due_much_later_or_was_not_committed_rings_for_nobody(
    shop: Shop, database_url: str
) -> None:
    shop.buy()
    with listening(database_url) as heard:
        shop.change(Access, next_attempt_at=utc_now() + timedelta(hours=1))
        with shop.app.app_context(), pytest.raises(LostRace):
            write_and_fail()
        assert heard() == []


@on_postgresql
def test_a_worker_that_hears_does_at_once_what_it_would_look_for_in_an_hour(
    quiet_shop: Shop,
) -> None:
    with at_work(quiet_shop.app) as worker:
        wait_until(lambda: worker.hears, "it to hear itself")
        write_event(quiet_shop)
        wait_until(lambda: not waiting_events(quiet_shop), "what it was told of")


@on_postgresql
def test_a_worker_wakes_when_something_comes_to_be_due(quiet_shop: Shop) -> None:
    with at_work(quiet_shop.app) as worker:
        wait_until(lambda: worker.hears, "it to hear itself")
        soon = utc_now() + timedelta(seconds=1)
        with quiet_shop.app.app_context(), writing() as session:
            event = event_of(quiet_shop.company_id, 0, 0)
            event.next_attempt_at = soon
            session.add(event)
        wait_until(lambda: not waiting_events(quiet_shop), "what it was to look for in a second")
        assert utc_now() >= soon


@on_postgresql
def test_a_listener_whose_line_is_cut_looks_by_itself_and_listens_again(
    quiet_shop: Shop, database_url: str
) -> None:
    with at_work(quiet_shop.app, pause=0.1) as worker:
        wait_until(lambda: worker.hears, "it to hear itself")
        cut_listeners(database_url)
        wait_until(lambda: not worker.hears, "it to notice")
        write_event(quiet_shop)
        wait_until(lambda: not waiting_events(quiet_shop), "what it looked for")
        wait_until(lambda: worker.hears, "it to listen again")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_nobody_rings_a_worker_looks_as_often_as_it_was_told(shop: Shop) -> None:
    with at_work(shop.app, pause=0.1) as worker:
        write_event(shop)
        wait_until(lambda: not waiting_events(shop), "what it looked for")
        assert not worker.hears


def waiting_events(shop: Shop) -> int:
    waits = WebhookEvent.next_attempt_at.is_not(None)
    with shop.app.app_context(), reading() as session:
        return session.scalars(sa.select(sa.func.count()).where(waits)).one()


def cut_listeners(url: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )


@on_postgresql
def test_what_comes_to_be_due_after_the_claim_that_found_nothing_is_not_slept_through(
    shop: Shop,
) -> None:
    queue = money_queue()
    with shop.app.app_context():
        assert queue.take_some(4) == []
        write_event(shop)
        assert seconds_until_due(queue) <= 0
        [(_, claim)] = queue.take_some(4)
        assert seconds_until_due(queue) > 0
        assert claim.company_id == shop.company_id
