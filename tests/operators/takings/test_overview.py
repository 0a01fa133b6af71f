"""Test what an operator reads at a glance, against sales counted one by one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.core.database import writing
from portal.core.errors import NotFound
from portal.models import Company
from portal.operators.takings.overview import SHOWN_DAYS, Overview, overviews
from portal.operators.takings.spans import SpanKind
from portal.sales.takings.summing import sum_days
from tests.api.admin.sold import make_sale
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant, make_tenant

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


def test_it_asks_eight_questions(app: Flask, tenant: Tenant, moments: list[datetime]) -> None:
    assert moments
    with recorded_queries(app) as statements:
        look(app, tenant)
    assert len(statements) <= 8
