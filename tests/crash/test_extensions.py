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

from portal.access.reconciler import reconcile_access
from portal.core.extensions import db
from portal.models import Access, Plan, Sale, utc_now
from portal.sales.claims import claim_access
from portal.sales.operator_refund import RefundRefused, refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.sandbox.conekta.settings import Latency
from portal.worker.webhook_inbox import receive
from tests.crash.environment import DAY, Environment, Visitor, open_environment
from tests.crash.scenarios import SET

RIVALS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    sqlite = request.param == "sqlite"
    url = None if sqlite else str(request.getfixturevalue("postgres_url"))
    with ExitStack() as stack:
        yield stack.enter_context(open_environment(tmp_path, url))


def sell(stage: Environment) -> Sale:
    """A day's access, delivered."""
    visitor = stage.visitor()
    assert stage.send(stage.request(visitor)).status_code == 200
    return stage.sales_of(visitor)[0]


def extend(stage: Environment, sale: Sale, visitor: Visitor) -> str:
    """The visitor adds a day to the access that the sale made."""
    order = PurchaseRequest(
        company_id=sale.company_id,
        router_id=sale.router_id,
        plan_id=sale.plan_id,
        card_token="tok_test_visa_4242",
        customer_name=sale.customer_name,
        customer_email=sale.customer_email,
        mac=visitor.mac,
        idempotency_key=visitor.key,
        extends_access_id=sale.access_id,
    )
    with stage.app.app_context():
        return buy(order).sale.id


def test_whoever_extends_at_the_same_moment_adds_to_what_the_others_added(
    stage: Environment,
) -> None:
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


def test_time_that_is_added_as_it_ends_is_kept(stage: Environment) -> None:
    sale, visitor = sell(stage), stage.visitor()
    ended = utc_now() - timedelta(seconds=1)
    began = ended - timedelta(seconds=DAY)
    stage.change(Access, started_at=began, expires_at=ended, next_attempt_at=ended)
    with stage.app.app_context():
        claim = claim_access()
        assert claim is not None
        with meanwhile(lambda: extend(stage, sale, visitor)):
            reconcile_access(claim)
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


def test_money_back_for_the_first_purchase_leaves_what_was_added(stage: Environment) -> None:
    sale = sell(stage)
    extend(stage, sale, stage.visitor())
    with stage.app.app_context():
        refund_sale(sale.id, "customer asked")
    stage.settle()
    assert stage.books().wrong() == []
    [access] = stage.accesses()
    assert access.wanted == "enabled"


def test_money_back_for_all_purchases_closes_the_access(stage: Environment) -> None:
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


def refund(stage: Environment, sale_id: str) -> None:
    """At the operator's word."""
    with stage.app.app_context():
        refund_sale(sale_id, "customer asked")


def undecided_extension(stage: Environment, sale: Sale) -> str:
    """An extension whose buyer stands before the bank."""
    stage.gateway.behave(force_three_ds=True)
    more = extend(stage, sale, stage.visitor())
    stage.gateway.behave(force_three_ds=False)
    return more


def order_of(stage: Environment, sale_id: str) -> str:
    return next(str(sale.order_id) for sale in stage.sales() if sale.id == sale_id)


def test_what_is_added_once_the_first_purchase_was_refunded_is_all_there_is(
    stage: Environment,
) -> None:
    sale = sell(stage)
    more = undecided_extension(stage, sale)
    refund(stage, sale.id)
    stage.gateway.challenge(order_of(stage, more), passed=True)
    stage.settle()
    [access] = stage.accesses()
    assert access.wanted == access.actual == "enabled"
    left = access.expires_at - utc_now()
    assert timedelta(seconds=DAY - 60) < left <= timedelta(seconds=DAY)


def test_a_refund_that_the_gateway_tells_of_takes_nothing_away_twice(stage: Environment) -> None:
    sale = sell(stage)
    more = extend(stage, sale, stage.visitor())
    stage.gateway.fail("status", "refund", executed=True)
    stage.gateway.fail("status", "look_up", status=502)
    refund(stage, more)
    assert [s.state for s in stage.sales() if s.id == more] == ["refunding"]
    with stage.app.app_context():
        receive(stage.company_id, stage.notice(order_of(stage, more), "refunded").encode(), None)
    stage.settle()
    assert stage.books().wrong() == []
    [access] = stage.accesses()
    assert (access.wanted, access.duration_seconds) == ("enabled", DAY)
    assert "refunded" not in {alert.kind for alert in stage.alerts()}


@pytest.mark.parametrize("counts", ["first_use", "connected"])
def test_time_that_has_not_begun_ends_with_the_last_refund(stage: Environment, counts: str) -> None:
    stage.change(Plan, duration_from=counts)
    sale = sell(stage)
    more = extend(stage, sale, stage.visitor())
    refund(stage, sale.id)
    refund(stage, more)
    stage.settle()
    [access] = stage.accesses()
    assert (access.wanted, access.actual, stage.name_of(access) in stage.router.users) == (
        "absent",
        "absent",
        False,
    )


def test_time_runs_too_where_only_what_was_added_is_delivered(stage: Environment) -> None:
    visitor = stage.visitor()
    stage.router.faults.cut_before(SET, times=None)
    stage.send(stage.request(visitor))
    [sale] = stage.sales()
    more = extend(stage, sale, stage.visitor())
    refund(stage, sale.id)
    stage.router.faults.clear()
    stage.settle()
    assert {s.id: s.state for s in stage.sales()} == {sale.id: "refunded", more: "delivered"}
    [access] = stage.accesses()
    assert access.started_at is not None
    assert access.expires_at - access.started_at == timedelta(seconds=DAY)


def test_a_refund_that_is_refused_for_good_changes_nothing(stage: Environment) -> None:
    sale = sell(stage)
    more = extend(stage, sale, stage.visitor())
    started, ends = utc_now() - timedelta(hours=36), utc_now() + timedelta(hours=12)
    stage.change(Access, started_at=started, expires_at=ends)
    [before] = stage.accesses()
    stage.gateway.advance(31 * DAY)
    for sale_id in (more, sale.id):
        with stage.app.app_context(), pytest.raises(RefundRefused):
            refund_sale(sale_id, "customer asked")
    stage.settle()
    [after] = stage.accesses()
    assert (after.wanted, after.actual) == ("enabled", "enabled")
    for what in ("data_limit", "duration_seconds", "expires_at"):
        assert getattr(after, what) == getattr(before, what)


def test_an_extension_that_is_asked_for_again_is_answered_however_its_access_stands(
    stage: Environment,
) -> None:
    sale, visitor = sell(stage), stage.visitor()
    more = extend(stage, sale, visitor)
    assert extend(stage, sale, visitor) == more
    stage.change(Access, wanted="absent")
    assert extend(stage, sale, visitor) == more
    stage.change(Plan, active=False)
    assert extend(stage, sale, visitor) == more
