"""Prove that several purchases stand behind one access, and none of them loses what another
changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, current_thread
from typing import Any

import pytest
import sqlalchemy as sa

from portal.access.reconciler import reconcile_access
from portal.core.database import LendingPool
from portal.core.extensions import db
from portal.models import Access, Plan, Sale, utc_now
from portal.sales.claims import claim_access
from portal.sales.operator_refund import RefundRefused, refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.sandbox.conekta.settings import Latency
from portal.worker.webhook_inbox import receive
from tests.crash.scenarios import SET
from tests.support.environment import DAY, Environment, Visitor, open_environment

RIVALS = 4


@pytest.fixture
def environment(database_url: str | None, tmp_path: Path) -> Iterator[Environment]:
    with open_environment(tmp_path, database_url) as environment:
        yield environment


def sell(environment: Environment) -> Sale:
    """A day's access, delivered."""
    visitor = environment.visitor()
    assert environment.send(environment.request(visitor)).status_code == 200
    return environment.sales_of(visitor)[0]


def extend(environment: Environment, sale: Sale, visitor: Visitor) -> str:
    """The visitor adds a day to the access that the sale made."""
    more = environment.extension(
        sale.access_id, mac=visitor.mac, idempotency_key=visitor.key, plan_id=sale.plan_id
    )
    with environment.app.app_context():
        return buy(PurchaseRequest(**more)).sale.id


@pytest.mark.each_database
def test_whoever_extends_at_the_same_moment_adds_to_what_the_others_added(
    environment: Environment,
) -> None:
    sale = sell(environment)
    visitors = [environment.visitor() for _ in range(RIVALS)]
    environment.gateway.slow(Latency(kinds={"charge": 0.5}))
    start = Barrier(RIVALS)

    def rival(visitor: Visitor) -> None:
        start.wait()
        extend(environment, sale, visitor)

    with ThreadPoolExecutor(RIVALS) as threads:
        list(threads.map(rival, visitors))
    environment.settle()
    assert environment.ledgers().wrong() == []
    [access] = environment.accesses()
    assert access.expires_at - access.started_at >= timedelta(seconds=(RIVALS + 1) * DAY - 60)


def test_time_that_is_added_as_it_ends_is_kept(environment: Environment) -> None:
    sale, visitor = sell(environment), environment.visitor()
    ended = utc_now() - timedelta(seconds=1)
    began = ended - timedelta(seconds=DAY)
    environment.change(Access, started_at=began, expires_at=ended, next_attempt_at=ended)
    with environment.app.app_context():
        claim = claim_access()
        assert claim is not None
        with meanwhile(lambda: extend(environment, sale, visitor)):
            reconcile_access(claim)
    environment.settle()
    [access] = environment.accesses()
    name = environment.ledgers().names[access.id]
    assert (access.wanted, name in environment.router.users) == ("enabled", True)
    assert access.expires_at > utc_now() + timedelta(seconds=DAY - 60)


class meanwhile:  # noqa: N801 - reads as what it is
    """Does something as soon as this thread has read the database for the first time."""

    def __init__(self, action: Any) -> None:
        self._action, self._thread, self._done = action, current_thread(), False

    def __enter__(self) -> None:
        sa.event.listen(db.engine, "checkin", self._over)
        pool: Any = db.engine.pool
        if isinstance(pool, LendingPool):
            setattr(pool, "lent", self._lent(pool.lent))  # noqa: B010 - of this pool alone

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.engine, "checkin", self._over)
        vars(db.engine.pool).pop("lent", None)
        assert self._done

    def _lent(self, lent: Any) -> Any:
        """What is lent past SQLAlchemy's own events, and given back."""

        @contextmanager
        def lending() -> Iterator[Any]:
            with lent() as record:
                yield record
            self._over()

        return lending

    def _over(self, *_: object) -> None:
        if current_thread() is self._thread and not self._done:
            self._done = True
            with ThreadPoolExecutor(1) as other:
                other.submit(self._action).result()


def test_money_back_for_the_first_purchase_leaves_what_was_added(environment: Environment) -> None:
    sale = sell(environment)
    extend(environment, sale, environment.visitor())
    with environment.app.app_context():
        refund_sale(sale.id, "customer asked")
    environment.settle()
    assert environment.ledgers().wrong() == []
    [access] = environment.accesses()
    assert access.wanted == "enabled"


def test_money_back_for_all_purchases_closes_the_access(environment: Environment) -> None:
    sale = sell(environment)
    more = extend(environment, sale, environment.visitor())
    with environment.app.app_context():
        refund_sale(sale.id, "customer asked")
        refund_sale(more, "customer asked")
    environment.settle()
    assert environment.ledgers().wrong() == []
    assert environment.ledgers().charged() == 4000
    [access] = environment.accesses()
    assert access.actual == "absent"


def refund(environment: Environment, sale_id: str) -> None:
    """At the operator's word."""
    with environment.app.app_context():
        refund_sale(sale_id, "customer asked")


def undecided_extension(environment: Environment, sale: Sale) -> str:
    """An extension whose buyer stands before the bank."""
    environment.gateway.behave(force_three_ds=True)
    more = extend(environment, sale, environment.visitor())
    environment.gateway.behave(force_three_ds=False)
    return more


def order_of(environment: Environment, sale_id: str) -> str:
    return next(str(sale.order_id) for sale in environment.sales() if sale.id == sale_id)


def test_what_is_added_once_the_first_purchase_was_refunded_is_all_there_is(
    environment: Environment,
) -> None:
    sale = sell(environment)
    more = undecided_extension(environment, sale)
    refund(environment, sale.id)
    environment.gateway.challenge(order_of(environment, more), passed=True)
    environment.settle()
    [access] = environment.accesses()
    assert access.wanted == access.actual == "enabled"
    left = access.expires_at - utc_now()
    assert timedelta(seconds=DAY - 60) < left <= timedelta(seconds=DAY)


def test_a_refund_that_the_gateway_tells_of_takes_nothing_away_twice(
    environment: Environment,
) -> None:
    sale = sell(environment)
    more = extend(environment, sale, environment.visitor())
    environment.gateway.fail("status", "refund", executed=True)
    environment.gateway.fail("status", "look_up", status=502)
    refund(environment, more)
    assert [s.state for s in environment.sales() if s.id == more] == ["refunding"]
    with environment.app.app_context():
        receive(
            "conekta",
            environment.company_id,
            environment.till.notice(order_of(environment, more), "refunded").encode(),
            {}.get,
        )
    environment.settle()
    assert environment.ledgers().wrong() == []
    [access] = environment.accesses()
    assert (access.wanted, access.duration_seconds) == ("enabled", DAY)
    assert "refunded" not in {alert.kind for alert in environment.alerts()}


@pytest.mark.parametrize("counts", ["first_use", "connected"])
def test_time_that_has_not_begun_ends_with_the_last_refund(
    environment: Environment, counts: str
) -> None:
    environment.change(Plan, duration_from=counts)
    sale = sell(environment)
    more = extend(environment, sale, environment.visitor())
    refund(environment, sale.id)
    refund(environment, more)
    environment.settle()
    [access] = environment.accesses()
    assert (
        access.wanted,
        access.actual,
        environment.name_of(access) in environment.router.users,
    ) == (
        "absent",
        "absent",
        False,
    )


def test_time_runs_too_where_only_what_was_added_is_delivered(environment: Environment) -> None:
    visitor = environment.visitor()
    environment.router.faults.cut_before(SET, times=None)
    environment.send(environment.request(visitor))
    [sale] = environment.sales()
    more = extend(environment, sale, environment.visitor())
    refund(environment, sale.id)
    environment.router.faults.clear()
    environment.settle()
    assert {s.id: s.state for s in environment.sales()} == {sale.id: "refunded", more: "delivered"}
    [access] = environment.accesses()
    assert access.started_at is not None
    assert access.expires_at - access.started_at == timedelta(seconds=DAY)


def test_a_refund_that_is_refused_for_good_changes_nothing(environment: Environment) -> None:
    sale = sell(environment)
    more = extend(environment, sale, environment.visitor())
    started, ends = utc_now() - timedelta(hours=36), utc_now() + timedelta(hours=12)
    environment.change(Access, started_at=started, expires_at=ends)
    [before] = environment.accesses()
    environment.gateway.advance(31 * DAY)
    for sale_id in (more, sale.id):
        with environment.app.app_context(), pytest.raises(RefundRefused):
            refund_sale(sale_id, "customer asked")
    environment.settle()
    [after] = environment.accesses()
    assert (after.wanted, after.actual) == ("enabled", "enabled")
    for what in ("data_limit", "duration_seconds", "expires_at"):
        assert getattr(after, what) == getattr(before, what)


def test_an_extension_that_is_asked_for_again_is_answered_however_its_access_stands(
    environment: Environment,
) -> None:
    sale, visitor = sell(environment), environment.visitor()
    more = extend(environment, sale, visitor)
    assert extend(environment, sale, visitor) == more
    environment.change(Access, wanted="absent")
    assert extend(environment, sale, visitor) == more
    environment.change(Plan, active=False)
    assert extend(environment, sale, visitor) == more
