"""Test what an operator reads at a glance, against sales counted one by one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.core.database import writing
from portal.core.errors import NotFound
from portal.models import Company
from portal.operators.accounting.months import year_of
from portal.operators.takings.cash import CashTaken
from portal.operators.takings.overview import SHOWN_DAYS, overviews
from portal.operators.takings.records import Overview, SpanTakings
from portal.operators.takings.spans import SpanKind
from portal.sales.takings.summing import sum_days
from tests.api.admin.sold import make_sale
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant, make_tenant
from tests.vouchers.made import make_voucher

ZONE = ZoneInfo("America/Tijuana")
# In the days before it clocks there were put back.
NOW = datetime(2025, 11, 12, 10, 37, 20, tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def moments(app: Flask, tenant: Tenant) -> list[datetime]:
    """Sales at random moments of the last seventy days, and some to come."""
    with app.app_context(), writing() as session:
        session.get_one(Company, tenant.company_id).time_zone = ZONE.key
    pick = random.Random(11)
    spread = [NOW - timedelta(seconds=pick.randint(-3600, 70 * 86_400)) for _ in range(60)]
    near = [NOW + timedelta(days=-days, seconds=s) for days in (1, 7, 31) for s in (-1, 0, 1)]
    for moment in (*spread, *near):
        make_sale(app, tenant, moment, "delivered")
    make_sale(app, make_tenant(app, "Ajena"), NOW - timedelta(hours=1), "delivered")
    return [*spread, *near]


def look(app: Flask, tenant: Tenant) -> Overview:
    with app.app_context():
        [found] = overviews(tenant.company_id, NOW)
    return found


def count(moments: list[datetime], since: tuple[int, ...], until: tuple[int, ...]) -> int:
    begin, end = (datetime(*parts, tzinfo=ZONE) for parts in (since, until))  # type: ignore[arg-type]
    return sum(begin.astimezone(UTC) <= moment < end.astimezone(UTC) for moment in moments)


def test_each_stretch_so_far_beside_as_much_before(
    app: Flask, tenant: Tenant, moments: list[datetime]
) -> None:
    until = (2025, 11, 12, 10, 37, 20)
    expected = {
        SpanKind.DAY: (
            count(moments, (2025, 11, 12), until),
            count(moments, (2025, 11, 11), (2025, 11, 11, 10, 37, 20)),
        ),
        SpanKind.WEEK: (
            count(moments, (2025, 11, 10), until),
            count(moments, (2025, 11, 3), (2025, 11, 5, 10, 37, 20)),
        ),
        SpanKind.MONTH: (
            count(moments, (2025, 11, 1), until),
            count(moments, (2025, 10, 1), (2025, 10, 12, 10, 37, 20)),
        ),
    }
    for _ in range(2):
        found = look(app, tenant)
        assert {s.kind: (s.now.sales, s.before.sales) for s in found.spans} == expected
        assert all(s.now.charged == 2000 * s.now.sales for s in found.spans)
        with app.app_context():
            sum_days(tenant.company_id, NOW)


def test_days_and_hours(app: Flask, tenant: Tenant, moments: list[datetime]) -> None:
    found = look(app, tenant)
    local = [moment.astimezone(ZONE) for moment in moments if moment < NOW]
    today = NOW.astimezone(ZONE).date()
    days = [today - timedelta(days=number) for number in reversed(range(SHOWN_DAYS))]
    assert [(d.day, d.takings.sales) for d in found.days] == [
        (day, sum(moment.date() == day for moment in local)) for day in days
    ]
    weeks = [m for m in local if today - timedelta(days=55) <= m.date() <= today]
    grid = [[0] * 24 for _ in range(7)]
    for moment in weeks:
        grid[moment.weekday()][moment.hour] += 1
    assert found.by_hour == grid


def test_cash_stands_beside_it_and_adds_up_to_the_books(
    app: Flask, tenant: Tenant, moments: list[datetime]
) -> None:
    pick = random.Random(12)
    for number in range(40):
        sold = NOW - timedelta(seconds=pick.randint(-3600, 70 * 86_400))
        values: dict[str, Any] = {"sold_at": sold, "amount": 100 * pick.randint(1, 30)}
        if pick.random() < 0.3:
            values["voided_at"] = sold + timedelta(seconds=pick.randint(0, 20 * 86_400))
        make_voucher(app, tenant, number, **values)
    found = look(app, tenant)
    # Monday was the 10th, and today is the 12th.
    for span, length in zip(found.spans, (1, 3, 12), strict=True):
        assert span.cash == sum((day.cash for day in found.days[-length:]), CashTaken())
    with app.app_context():
        year = year_of(tenant.company_id, (2025, 10))
    whole = look_at_october(app, tenant)
    assert whole.net == sum(line.net for line in year.cash) + year.totals[0].takings.net
    assert whole.cash.vouchers == sum(line.vouchers for line in year.cash) > 0
    assert whole.cash.voided == sum(line.voided for line in year.cash) > 0


def look_at_october(app: Flask, tenant: Tenant) -> SpanTakings:
    """The month as it was in its last moment."""
    end = datetime(2025, 11, 1, tzinfo=ZONE).astimezone(UTC) - timedelta(microseconds=1)
    with app.app_context():
        [found] = overviews(tenant.company_id, end)
    return found.spans[2]


def test_each_currency_stands_alone(app: Flask, tenant: Tenant) -> None:
    with app.app_context():
        assert [each.currency for each in overviews(tenant.company_id)] == ["MXN"]
        make_sale(app, tenant, datetime.now(UTC), "delivered", currency="USD", amount=500)
        found = overviews(tenant.company_id)
        assert [(each.currency, each.spans[0].now.charged) for each in found] == [
            ("MXN", 0),
            ("USD", 500),
        ]
        with pytest.raises(NotFound):
            overviews("EMP_0000000000")


def test_it_asks_twelve_questions(app: Flask, tenant: Tenant, moments: list[datetime]) -> None:
    assert moments
    with recorded_queries(app) as statements:
        look(app, tenant)
    assert len(statements) <= 12
