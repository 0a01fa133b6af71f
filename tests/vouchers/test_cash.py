"""Test the cash of codes: who holds it, who handed it over, and what voiding takes off it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.errors import Conflict, NotFound
from portal.core.local_time import day_of
from portal.models import Access, Job, Plan, Voucher, utc_now
from portal.operators.accounting.months import year_of
from portal.operators.takings.cash import CashTaken
from portal.operators.takings.overview import overviews
from portal.operators.vouchers.cash import cash_held, hand_over, handovers
from portal.operators.vouchers.report import voucher_report
from portal.operators.vouchers.voiding import void_code
from portal.ports import time_zone_of
from portal.sales.operator_refund import refund_sale
from portal.worker.dispatcher import work_once
from tests.panel.client import panel_of
from tests.support.tenants import ACTOR, make_tenant
from tests.vouchers.conftest import Counter


def held(counter: Counter) -> list[tuple[int, int, int]]:
    """What each seller holds: centavos, codes sold, codes voided since they were handed over."""
    with counter.shop.app.app_context():
        return [(h.amount, h.vouchers, h.returned) for h in cash_held(counter.shop.company_id)]


def settle(counter: Counter, seller_id: int, counted: int) -> None:
    with counter.shop.app.app_context():
        hand_over(ACTOR, counter.shop.company_id, seller_id, "MXN", counted)


def void(counter: Counter, voucher_id: str) -> None:
    with counter.shop.app.app_context():
        void_code(ACTOR, counter.shop.company_id, voucher_id, "Lo devolvió")


def test_cash_stands_beside_the_cards_takings(counter: Counter) -> None:
    counter.sell()
    void(counter, counter.sell().voucher.id)
    counter.sell(is_courtesy=True)
    with counter.shop.app.app_context():
        [now] = overviews(counter.shop.company_id)
        [later] = overviews(counter.shop.company_id, utc_now() + timedelta(days=32))
        year = year_of(counter.shop.company_id, now.days[-1].day.timetuple()[:2])
    taken = CashTaken(vouchers=2, amount=4000, voided=1, returned=2000)
    assert [span.cash for span in now.spans] == [taken] * 3
    assert [(span.net, span.net_before) for span in now.spans] == [(2000, 0)] * 3
    assert now.days[-1].cash == taken
    assert sum(map(sum, now.by_hour)) == 2
    # The books say the same of the month.
    [line] = year.cash
    assert (line.vouchers, line.amount, line.voided, line.returned) == (2, 4000, 1, 2000)
    assert {span.cash for span in later.spans} == {CashTaken()}


def test_cash_is_handed_over_once(counter: Counter) -> None:
    first, _second, _gift = counter.sell(), counter.sell(), counter.sell(is_courtesy=True)
    assert held(counter) == [(4000, 2, 0)]
    settle(counter, first.seller.id, 4000)
    assert held(counter) == []
    with pytest.raises(Conflict):
        settle(counter, first.seller.id, 0)
    counter.sell()
    assert held(counter) == [(2000, 1, 0)]
    with counter.shop.app.app_context():
        [told] = handovers(counter.shop.company_id, 10, 0).rows
    assert (told.handover.amount, told.handover.vouchers, told.seller.name) == (4000, 2, "Persona")


def test_what_was_sold_since_it_was_counted_is_said(counter: Counter) -> None:
    seller = counter.sell().seller
    counter.sell()
    with pytest.raises(Conflict, match=r"40\.00|\$40"):
        settle(counter, seller.id, 2000)
    assert held(counter) == [(4000, 2, 0)]


def test_a_code_that_is_voided_brings_nothing(counter: Counter) -> None:
    kept, returned = counter.sell(), counter.sell()
    void(counter, returned.voucher.id)
    assert held(counter) == [(2000, 1, 0)]
    settle(counter, kept.seller.id, 2000)


def test_a_code_voided_after_its_cash_was_handed_over_is_taken_off_the_next(
    counter: Counter,
) -> None:
    sold = counter.sell()
    settle(counter, sold.seller.id, 2000)
    void(counter, sold.voucher.id)
    assert held(counter) == [(-2000, 0, 1)]
    counter.sell()
    counter.sell()
    assert held(counter) == [(2000, 2, 1)]
    settle(counter, sold.seller.id, 2000)
    assert held(counter) == []


def test_the_report_tells_seller_batch_and_plan(counter: Counter) -> None:
    batch = counter.order(3, amount=1500)
    counter.make()
    counter.shop.change(Voucher, sold_at=utc_now())
    counter.sell()
    counter.sell(is_courtesy=True)
    void(counter, counter.sell().voucher.id)
    with counter.shop.app.app_context():
        today = day_of(utc_now(), time_zone_of(None))
        report = voucher_report(counter.shop.company_id, today, today)
        empty = voucher_report(counter.shop.company_id, today - timedelta(days=2), today)
        assert empty.totals
    [total] = report.totals
    assert (total.sold, total.courtesies, total.amount) == (4, 1, 6500)
    assert [(row.name, row.sold, row.amount) for row in report.per_seller] == [
        ("Abarrotes Lupe", 3, 4500),
        ("Persona", 1, 2000),
    ]
    assert [(row.key, row.amount) for row in report.per_batch] == [(batch.id, 4500)]


def test_another_company_holds_and_hands_over_nothing_of_ours(counter: Counter) -> None:
    seller = counter.sell().seller
    stranger = make_tenant(counter.shop.app, "Ajena").company_id
    with counter.shop.app.app_context():
        assert cash_held(stranger) == []
        assert voucher_report(stranger).totals == []
        with pytest.raises(NotFound):
            hand_over(ACTOR, stranger, seller.id, "MXN", 2000)


def test_the_worker_looks_after_a_company_s_codes_by_itself(counter: Counter) -> None:
    counter.sell()
    with counter.shop.app.app_context():
        work_once()
        counter.shop.change(Access, started_at=utc_now())
        counter.shop.change(Job, next_attempt_at=utc_now() - timedelta(seconds=1))
        work_once()
    assert [voucher.state for voucher in counter.vouchers()] == ["used"]


def test_refunding_what_a_card_added_leaves_what_the_cash_bought(counter: Counter) -> None:
    counter.shop.change(Plan, duration_seconds=3600, duration_from="first_use")
    sold = counter.sell()
    name, _ = counter.code(sold)
    bought = counter.shop.buy("key", extiende=name)
    assert bought.status_code == 200, bought.text
    with counter.shop.app.app_context():
        refund_sale(bought.json["referencia"], "customer asked")
    counter.shop.reconcile()
    assert name in counter.shop.router.users
    [access] = counter.shop.accesses()
    assert (access.wanted, access.duration_seconds) == ("enabled", 3600)


def test_cash_that_went_back_after_its_handover_is_explained(counter: Counter) -> None:
    shop, wrong = counter.shop, counter.sell()
    panel = panel_of(shop.app, shop.company_id)
    assert "1 ficha vendida<" in panel.get("/panel/fichas/cortes").text
    fields = {"vendedor_id": wrong.seller.id, "moneda": "MXN", "importe": "20.00"}
    assert panel.post("/panel/fichas/cortes", **fields).status_code == 303
    panel.post(f"/panel/fichas/{wrong.voucher.id}/anular", motivo="Error")
    told = panel.get("/panel/fichas/cortes").text
    assert "1 anulada después de su corte" in told
    assert "se descuenta de su próximo corte" in told
