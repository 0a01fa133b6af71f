"""Several purchases stand behind one access, and none of them loses what another changes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from threading import Barrier, current_thread
from typing import Any

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Access, Sale, utc_now
from portal.sales.claims import claim_access
from portal.sales.converging import converge
from portal.sales.giving_back import refund_sale
from portal.sales.order import Order
from portal.sales.purchase import buy
from portal.sandbox.conekta.settings import Latency
from tests.proofs.stage import DAY, Stage, Visitor, open_stage

RIVALS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    sqlite = request.param == "sqlite"
    url = None if sqlite else str(request.getfixturevalue("postgres_url"))
    with ExitStack() as stack:
        yield stack.enter_context(open_stage(tmp_path, url))


def sell(stage: Stage) -> Sale:
    """A day's access, delivered."""
    visitor = stage.visitor()
    assert stage.send(stage.request(visitor)).status_code == 200
    return stage.sales_of(visitor)[0]


def extend(stage: Stage, sale: Sale, visitor: Visitor) -> str:
    """The visitor adds a day to the access that the sale made."""
    order = Order(
        company_id=sale.company_id,
        router_id=sale.router_id,
        plan_id=sale.plan_id,
        card_token="tok_test_visa_4242",
        customer_name=sale.customer_name,
        customer_email=sale.customer_email,
        mac=visitor.mac,
        extends_access_id=sale.access_id,
    )
    with stage.app.app_context():
        return buy(order).sale.id


def test_whoever_extends_at_the_same_moment_adds_to_what_the_others_added(stage: Stage) -> None:
    sale = sell(stage)
    visitors = [stage.visitor() for _ in range(RIVALS)]
    stage.gateway.slow(Latency(kinds={"charge": 0.5}))
    start = Barrier(RIVALS)

    def rival(visitor: Visitor) -> None:
        start.wait()
        extend(stage, sale, visitor)

    with ThreadPoolExecutor(RIVALS) as threads:
        list(threads.map(rival, visitors))
    stage.settle()
    assert stage.books().wrong() == []
    [access] = stage.accesses()
    assert access.expires_at - access.started_at >= timedelta(seconds=(RIVALS + 1) * DAY - 60)


def test_time_that_is_added_as_it_ends_is_kept(stage: Stage) -> None:
    sale, visitor = sell(stage), stage.visitor()
    ended = utc_now() - timedelta(seconds=1)
    began = ended - timedelta(seconds=DAY)
    stage.change(Access, started_at=began, expires_at=ended, next_attempt_at=ended)
    with stage.app.app_context():
        claim = claim_access()
        assert claim is not None
        with meanwhile(lambda: extend(stage, sale, visitor)):
            converge(claim)
    stage.settle()
    [access] = stage.accesses()
    name = stage.books().names[access.id]
    assert (access.wanted, name in stage.router.users) == ("enabled", True)
    assert access.expires_at > utc_now() + timedelta(seconds=DAY - 60)


class meanwhile:  # noqa: N801 - reads as what it is
    """Does something as soon as this thread has read the database for the first time."""

    def __init__(self, deed: Any) -> None:
        self._deed, self._thread, self._done = deed, current_thread(), False

    def __enter__(self) -> None:
        sa.event.listen(db.engine, "checkin", self._checked_in)

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.engine, "checkin", self._checked_in)
        assert self._done

    def _checked_in(self, *_: object) -> None:
        if current_thread() is self._thread and not self._done:
            self._done = True
            with ThreadPoolExecutor(1) as other:
                other.submit(self._deed).result()


def test_money_back_for_the_first_purchase_leaves_what_was_added(stage: Stage) -> None:
    sale = sell(stage)
    extend(stage, sale, stage.visitor())
    with stage.app.app_context():
        refund_sale(sale.id, "customer asked")
    stage.settle()
    assert stage.books().wrong() == []
    [access] = stage.accesses()
    assert access.wanted == "enabled"


def test_money_back_for_all_purchases_closes_the_access(stage: Stage) -> None:
    sale = sell(stage)
    more = extend(stage, sale, stage.visitor())
    with stage.app.app_context():
        refund_sale(sale.id, "customer asked")
        refund_sale(more, "customer asked")
    stage.settle()
    assert stage.books().wrong() == []
    assert stage.books().charged() == 4000
    [access] = stage.accesses()
    assert access.actual == "absent"
