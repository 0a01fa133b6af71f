"""Whoever works on a sale lets go of it at once, however that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.core.leases import LostRace
from portal.models import Access, Sale, utc_now
from portal.models.sale_states import SaleActor
from portal.sales.claims import claim_sale
from portal.sales.context import held
from portal.sales.customer_cancel import cancel_for_customer
from portal.sales.operator_refund import refund_sale
from portal.sales.recovery import recover_sale
from portal.sales.refresh import refresh
from tests.support.shop import Shop


class Mistake(Exception):
    """What nobody foresaw."""


def undecided(shop: Shop) -> str:
    """A sale that waits for its charge's answer; its id."""
    shop.gateway.fail("cut", "charge", times=None)
    shop.gateway.fail("cut", "look_up", times=None)
    assert shop.buy().status_code == 202
    shop.gateway.heal()
    return str(shop.sales()[0].id)


def leases(shop: Shop) -> list[str | None]:
    return [row.lease for row in (*shop.sales(), *shop.accesses())]


@pytest.mark.parametrize("error", [Mistake, LostRace, KeyboardInterrupt])
def test_an_exception_inside_lets_go_of_both(shop: Shop, error: type[BaseException]) -> None:
    sale_id = undecided(shop)
    with shop.app.app_context():
        with pytest.raises(error):
            hold_and_raise(shop, sale_id, error)
        assert leases(shop) == [None, None]
        with held(sale_id, SaleActor.WEBHOOK) as context:
            assert context is not None


def hold_and_raise(shop: Shop, sale_id: str, error: type[BaseException]) -> None:
    with held(sale_id, SaleActor.WEBHOOK) as context:
        assert context is not None
        assert None not in leases(shop)
        raise error


def test_one_holds_it_at_a_time(shop: Shop) -> None:
    sale_id = undecided(shop)
    with shop.app.app_context(), held(sale_id, SaleActor.OPERATOR) as context:
        assert context is not None
        with held(sale_id, SaleActor.WORKER) as other:
            assert other is None
        assert None not in leases(shop)
    assert leases(shop) == [None, None]


def test_an_access_that_somebody_works_on_is_theirs(shop: Shop) -> None:
    sale_id = undecided(shop)
    shop.change(Access, lease="theirs", lease_until=utc_now() + timedelta(minutes=1))
    with shop.app.app_context(), held(sale_id, SaleActor.WORKER) as context:
        assert context is None
    assert leases(shop) == [None, "theirs"]


def work(shop: Shop, sale_id: str) -> None:
    shop.change(Sale, next_attempt_at=utc_now() - timedelta(minutes=1))
    claim = claim_sale()
    assert claim is not None
    recover_sale(claim)


def refund(shop: Shop, sale_id: str) -> None:
    shop.change(Sale, state="paid", order_id="ord_1", paid_at=utc_now())
    refund_sale(sale_id, "test")


PATHS: dict[str, Callable[[Shop, str], object]] = {
    "worker": work,
    "webhook": lambda _shop, sale_id: refresh(sale_id, SaleActor.WEBHOOK),
    "customer": lambda _shop, sale_id: cancel_for_customer(sale_id),
    "operator": refund,
}


@pytest.mark.parametrize("path", list(PATHS.values()), ids=PATHS)
def test_whoever_fails_lets_go_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, path: Callable[[Shop, str], object]
) -> None:
    sale_id = undecided(shop)
    monkeypatch.setattr("portal.sales.context.SaleContext.gateway", property(fail))
    with shop.app.app_context(), pytest.raises(Mistake):
        path(shop, sale_id)
    assert leases(shop) == [None, None]


def test_a_request_that_fails_lets_go_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.sales.purchase.charge", fail)
    assert shop.buy().status_code == 500
    assert leases(shop) == [None, None]
    assert shop.sales()[0].state == "charging"


def fail(*_: object) -> None:
    raise Mistake


def test_what_a_worker_failed_at_is_not_taken_again_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale_id = undecided(shop)
    before = shop.sales()[0].attempts
    monkeypatch.setattr("portal.sales.context.SaleContext.gateway", property(fail))
    with shop.app.app_context(), pytest.raises(Mistake):
        work(shop, sale_id)
    [sale] = shop.sales()
    assert sale.next_attempt_at > utc_now()
    assert sale.attempts == before + 1
    with shop.app.app_context():
        assert claim_sale() is None
