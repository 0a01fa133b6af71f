"""Prove that a claim takes as much as fits, fair between kinds and companies, and none twice."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.core.database import reading, writing
from portal.core.leases import Claim, DueRows
from portal.models import Access, Company, Job, WebhookEvent, utc_now
from portal.sales.claims import EVENTS, step_seconds
from portal.worker.dispatcher import away_queue, jobs_queue, money_queue
from portal.worker.load import WINDOW_SECONDS, ProcessLoad
from portal.worker.places import Places
from portal.worker.turns import Queue, Step
from tests.sales.test_claims import event_of
from tests.support.shop import Shop

pytestmark = pytest.mark.each_database

OTHER = "EMP_0000000001"
LEASE = 60.0
AGO = timedelta(minutes=1)


def fill(shop: Shop, mine: int, others: int) -> None:
    """So many events of the shop's, all older than so many of another company's."""
    with shop.app.app_context(), writing() as session:
        session.add(Company(id=OTHER, name="Otra"))
        session.flush()
        session.add_all(event_of(shop.company_id, n, 1000 - n) for n in range(mine))
        session.add_all(event_of(OTHER, n, 100 - n) for n in range(others))


def test_a_claim_takes_no_more_than_fits_and_the_longest_due(shop: Shop) -> None:
    fill(shop, 9, 0)
    with shop.app.app_context():
        first, second = EVENTS.claim_some(4, LEASE), EVENTS.claim_some(9, LEASE)
        assert EVENTS.claim_some(9, LEASE) == []
        with reading() as session:
            ids = [event.id for event in session.query(WebhookEvent).order_by(WebhookEvent.id)]
    assert {claim.id for claim in first} == set(ids[:4])
    assert {claim.id for claim in second} == set(ids[4:])
    assert len({claim.lease for claim in first}) == 1


def test_workers_that_claim_at_once_never_claim_the_same(shop: Shop) -> None:
    fill(shop, 60, 0)
    taken: list[int] = []

    def work() -> None:
        with shop.app.app_context():
            while claims := EVENTS.claim_some(4, LEASE):
                taken.extend(claim.id for claim in claims)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60


def test_who_has_much_waits_for_who_has_little(shop: Shop) -> None:
    fill(shop, 40, 2)
    with shop.app.app_context():
        queue = money_queue()
        turns = [
            {claim.company_id for _, claim in taken}
            for _ in range(4)
            if (taken := queue.take_some(4))
        ]
    assert turns == [{shop.company_id}, {OTHER}, {shop.company_id}, {shop.company_id}]


def test_kinds_share_what_room_there_is(shop: Shop) -> None:
    fill(shop, 20, 0)
    for number in range(3):
        shop.buy(mac_cliente=f"02:00:00:00:00:0{number}")
    shop.change(Access, next_attempt_at=utc_now() - AGO, lease=None)
    with shop.app.app_context():
        kinds = Counter(step.record.__tablename__ for step, _ in money_queue().take_some(6))
    assert kinds == {"webhook_event": 2, "access": 3}


def test_what_is_claimed_is_done_though_the_next_claim_fails(shop: Shop) -> None:
    fill(shop, 1, 0)
    events = Step(EVENTS, step_seconds, _nothing)
    broken = Step(DueRows(Job, text("no_such_column")), step_seconds, _nothing)
    with shop.app.app_context():
        queue = Queue((events,), (broken,))
        [(step, claim)] = queue.take_some(4)
        assert (step, claim.company_id) == (events, shop.company_id)
        with pytest.raises(DBAPIError):
            queue.take_some(4)


def _nothing(claim: Claim) -> None:
    """Is never done here."""


def test_what_has_to_do_with_a_router_that_is_away_waits_apart(shop: Shop) -> None:
    with shop.app.app_context():
        with writing() as session:
            due = {"next_attempt_at": utc_now() - AGO}
            session.add(Job(id="usage_sync:near", **due))
            session.add(Job(id="usage_sync:far", away=True, attempts=3, **due))
        [(_, near)] = jobs_queue().take_some(9)
        [(_, far)] = away_queue().take_some(9)
    assert (near.id, far.id) == ("usage_sync:near", "usage_sync:far")
    assert far.also == (3, True)


def test_a_step_gives_way_sooner_where_the_processor_has_time() -> None:
    waits = [0.0]
    places = Places(quick=1, most=3, gives_way=lambda: waits[0])
    places.begin("a")
    assert places.wait_for_room(0) == 1
    waits[0] = 3600.0
    assert places.wait_for_room(0) == 0


def test_who_was_woken_meanwhile_does_not_wait() -> None:
    places = Places(quick=1, most=1)
    seen = places.news
    places.wake()
    places.wait_for_change(3600.0, seen)


def test_a_process_that_computes_all_the_time_is_busy() -> None:
    clock = {"used": 0.0, "now": 0.0}
    load = ProcessLoad(lambda: clock["used"], lambda: clock["now"])

    def go_on(used: float) -> bool:
        clock["now"] += WINDOW_SECONDS
        clock["used"] += used
        return load.is_busy()

    assert [go_on(WINDOW_SECONDS), go_on(0.0), go_on(WINDOW_SECONDS * 0.9)] == [True, False, True]
