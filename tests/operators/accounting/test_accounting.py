"""Test that a month's sums are those of its movements, to the centavo."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.errors import Invalid, NotFound
from portal.core.records import new_id
from portal.models import Access, Voucher, VoucherSeller
from portal.operators.accounting import movements as lines
from portal.operators.accounting.months import bounds, month_of, year_of
from portal.operators.accounting.movements import Movement, MovementKind, movements
from portal.sales.takings.amounts import Takings
from portal.sales.takings.summing import sum_days
from tests.api.admin.sold import make_sale
from tests.sales.takings.ground import Ground
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant, make_tenant

MONTHS = [(2025, month) for month in (10, 11)]


def taken(movement: Movement) -> Takings:
    vat = movement.vat or 0
    match movement.kind:
        case MovementKind.CHARGE:
            return Takings(1, movement.amount, vat)
        case MovementKind.FEE:
            return Takings(fees=-movement.amount, fees_told=1)
    return Takings(refunds=1, refunded=-movement.amount, refunded_vat=-vat)


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("zone", ["America/Tijuana", "America/Cancun"])
def test_sums_are_those_of_the_movements(app: Flask, tenant: Tenant, seed: int, zone: str) -> None:
    ground = Ground(app, tenant, zone, seed=seed)
    ground.trade(20)
    company_id = tenant.company_id
    for _ in range(2):
        with app.app_context():
            for month in MONTHS:
                sums: dict[str, Takings] = defaultdict(Takings)
                for movement in movements(company_id, month):
                    sums[movement.currency] += taken(movement)
                year = year_of(company_id, month)
                assert {line.currency: line.takings for line in year.totals} == sums
                assert {
                    line.currency: line.takings for line in year.months if line.month == month
                } == sums
            sum_days(company_id, ground.over)
    for charged in ground.by_month().values():
        assert charged.net - charged.vat == (charged.charged - charged.charged_vat) - (
            charged.refunded - charged.refunded_vat
        )


def test_cash_by_seller_is_what_its_codes_brought(app: Flask, tenant: Tenant) -> None:
    at, later = datetime(2025, 3, 10, 18, tzinfo=UTC), datetime(2025, 4, 2, tzinfo=UTC)
    with app.app_context(), writing() as session:
        names = ("Beto", "ana")
        sellers = [VoucherSeller(company_id=tenant.company_id, name=name) for name in names]
        session.add_all(sellers)
        session.flush()
        beto, ana = (seller.id for seller in sellers)
        for seller_id, amount, values in (
            (beto, 2000, {"sold_at": at}),
            (beto, 9900, {"sold_at": at, "voided_at": later}),
            (ana, 500, {"sold_at": at, "voided_at": at}),
            # Neither a courtesy nor what was never sold moves money.
            (ana, 0, {"sold_at": at}),
            (ana, 700, {"voided_at": at}),
            (ana, 700, {}),
        ):
            session.add(voucher(session, tenant, seller_id, amount, **values))
    with app.app_context():
        march, april = (year_of(tenant.company_id, (2025, month)).cash for month in (3, 4))
        assert [(c.name, c.vouchers, c.amount, c.voided, c.returned, c.vat) for c in march] == [
            ("ana", 1, 500, 1, 500, 0),
            ("Beto", 2, 11900, 0, 0, 276 + 1366),
        ]
        assert [(c.name, c.net, c.vat) for c in april] == [("Beto", -9900, -1366)]
        for month, cash in ((3, march), (4, april)):
            lines = [m for m in movements(tenant.company_id, (2025, month)) if m.seller]
            for line in cash:
                mine = [m for m in lines if m.seller == line.name]
                assert sum(m.amount for m in mine) == line.net
                assert sum(m.vat or 0 for m in mine) == line.vat


def voucher(
    session: Session, tenant: Tenant, seller_id: int, amount: int, **values: Any
) -> Voucher:
    access = Access(
        id=new_id("acc_", 20, upper=False),
        company_id=tenant.company_id,
        router_id=tenant.router_id,
        kind="pin",
        name=new_id("", 8),
        wanted="absent",
        actual="absent",
        profile_name="1hora",
    )
    session.add(access)
    session.flush()
    return Voucher(
        company_id=tenant.company_id,
        router_id=tenant.router_id,
        seller_id=seller_id,
        access_id=access.id,
        origin="counter",
        plan_name="1 Hora",
        amount=amount,
        currency="MXN",
        **values,
    )


def test_movements_come_in_order_and_in_batches(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BATCH", 2)
    at = datetime(2025, 3, 10, 12, tzinfo=UTC)
    made = {make_sale(app, tenant, at, "delivered", fee=100) for _ in range(5)}
    make_sale(app, make_tenant(app, "Ajena"), at, "delivered")
    make_sale(app, tenant, at.replace(month=4), "delivered")
    with app.app_context(), recorded_queries(app) as statements:
        stream = movements(tenant.company_id, (2025, 3))
        next(stream)
        asked = len(statements)
        rest = list(stream)
    assert asked <= 7
    assert len(rest) == 9
    assert {movement.reference for movement in rest} == made
    assert [movement.at for movement in rest] == sorted(movement.at for movement in rest)


def test_another_company_s_month_is_not_found(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(NotFound):
            movements("EMP_0000000000", (2025, 3))
        with pytest.raises(NotFound):
            year_of("EMP_0000000000", (2025, 3))


@pytest.mark.parametrize("text", ["", "2025", "2025-13", "2025-00", "25-01", "2025-1", "٢٠٢٥-٠١"])
def test_no_such_month(text: str) -> None:
    with pytest.raises(Invalid):
        month_of(text)


def test_a_month_ends_where_the_next_begins() -> None:
    assert month_of("2025-12") == (2025, 12)
    first, end = bounds((2025, 12))
    assert (first.isoformat(), end.isoformat()) == ("2025-12-01", "2026-01-01")
